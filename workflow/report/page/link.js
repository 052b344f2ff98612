// The state of the page in the fragment of its address, so that a link shows the same.
"use strict";

// Browsers refuse an address that changes too often.
const REMEMBER_MS = 400;
const FIELDS = "scale left right split levels method order outcome least text".split(" ");
const TOGGLES = { blink: setBlink, difference: setDifference };

let waiting = null; // timer
let opened = false; // whether the page shows its first photo, so that there is a state

function fragment() {
  const state = new URLSearchParams({ photo: data.photos[current].name });
  for (const id of FIELDS) {
    if (element[id].value !== "") state.set(id, element[id].value);
  }
  for (const id of Object.keys(TOGGLES)) if (pressed(element[id])) state.set(id, "on");
  if (view.zoom !== "fit") {
    state.set("zoom", view.zoom);
    middle().forEach((share, axis) => state.set("xy"[axis], share.toFixed(6)));
  }
  return `#${state}`;
}

function write() {
  clearTimeout(waiting);
  history.replaceState(null, "", fragment());
}

function remember() {
  clearTimeout(waiting);
  if (opened) waiting = setTimeout(write, REMEMBER_MS);
}

// A select takes only what it offers, and an input only what it can hold.
function choose(control, value) {
  const options = [...(control.options ?? [])].map((option) => option.value);
  if (options.length === 0 || options.includes(value)) control.value = value;
}

function photoOf(state) {
  const named = data.photos.findIndex(({ name }) => name === state.get("photo"));
  return data.photos[named]?.scales[scale()] === undefined ? anyPhoto() : named;
}

function restore() {
  const state = new URLSearchParams(location.hash.slice(1));
  for (const id of FIELDS) if (state.has(id)) choose(element[id], state.get(id));
  element.filters.open ||= element.least.value !== "" || element.outcome.value !== "any";
  const zoom = Number(state.get("zoom"));
  const share = (name) => between(Number(state.get(name) ?? 0.5) || 0, 0, 1);
  Object.assign(view, { zoom: STEPS.includes(zoom) ? zoom : "fit", x: share("x"), y: share("y") });
  opened = false;
  list();
  open(photoOf(state));
  scrollToCurrent();
  amplify();
  for (const [id, set] of Object.entries(TOGGLES)) set(state.get(id) === "on");
  opened = true;
}

async function copyLink() {
  write();
  try {
    await navigator.clipboard.writeText(location.href);
    element.copy.textContent = "Copied";
    setTimeout(() => (element.copy.textContent = "Copy link"), 2000);
  } catch {
    window.prompt("Copy this link:", location.href);
  }
}

element.copy.addEventListener("click", copyLink);
window.addEventListener("hashchange", restore);
