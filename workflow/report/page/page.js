// One photo at a time, by two of its images: what the parts of the page have in common.
"use strict";

const PRELOAD_MS = 250;
const PHONE = "(max-width: 40rem)";

// --- the photo shown ---

function describe() {
  const { name } = data.photos[current];
  const pair = SIDES.map((side) => `${side} ${element[side].value}`).join(", ");
  const gains = [...new Set(SIDES.map((side) => element[side].value))]
    .filter((label) => gain(current, label) !== null && label !== data.reference)
    .map((label) => `${label} ${decibels(gain(current, label))} over ${data.reference}`);
  const place = order.indexOf(current) + 1;
  const where = place ? `Photo ${place} of ${order.length}` : "Not in the list";
  element.name.textContent = name;
  // Photos that no step has enlarged have the scale 1.
  const enlarged = Number(scale()) > 1 ? `, x${scale()}` : "";
  element.status.textContent = [`${where}${enlarged}: ${pair}`, ...gains].join("; ");
}

// The same address again would load the image again.
function setSource(image, source) {
  if (image.getAttribute("src") !== source) image.src = source;
}

function showImages() {
  const { images } = shown();
  for (const side of SIDES) {
    const label = element[side].value;
    const image = element[`${side}-image`];
    setSource(image, images[label]);
    image.alt = `${data.photos[current].name}, ${label}`;
    image.dataset.label = label;
  }
  for (const image of element.stage.querySelectorAll(".truth")) setSource(image, images.HR);
  place();
}

let preloading = null; // timer
let preloaded = []; // images, which the browser keeps decoded as long as they are used

// The other images of the photo, so that methods switch at once.
function preload() {
  clearTimeout(preloading);
  preloading = setTimeout(() => {
    preloaded = Object.values(shown().images).map((src) => make("img", { src }));
    // One that cannot be decoded is seen to be broken on the stage.
    for (const image of preloaded) image.decode().catch(() => {});
  }, PRELOAD_MS);
}

function scoreRow(method, index) {
  const values = shown().scores[method];
  const cells = data.columns.map(({ key, digits }, column) =>
    make("td", { textContent: number(values[column], digits, key === "gain_rgb_db") }),
  );
  const key = index < 9 ? [make("kbd", { textContent: index + 1 }), " "] : [];
  const button = make("button", { type: "button" }, ...key, method);
  press(button, element.right.value === method);
  const sides = SIDES.filter((side) => element[side].value === method);
  const name = make("th", { scope: "row" }, button);
  if (sides.length > 0) name.append(make("small", { textContent: sides.join(", ") }));
  const row = make("tr", { className: sides.length > 0 ? "shown" : "" }, name, ...cells);
  row.addEventListener("click", (event) => {
    switchTo(event.shiftKey ? "left" : "right", method);
    // The table was made anew.
    element.scores.rows[index].querySelector("button").focus({ preventScroll: true });
  });
  return row;
}

function show() {
  showImages();
  element.scores.replaceChildren(...data.methods.map(scoreRow));
  describe();
  showSplit();
}

function open(photo) {
  current = photo;
  show();
  mark();
  preload();
}

function switchTo(side, label) {
  element[side].value = label;
  show();
}

for (const side of SIDES) element[side].addEventListener("change", show);
element.scale.addEventListener("change", () => {
  list();
  // A photo may be missing at a scale.
  open(shown() === undefined ? anyPhoto() : current);
});

// --- keys ---

Object.assign(ANYWHERE, {
  n: () => step(1),
  j: () => step(1),
  p: () => step(-1),
  k: () => step(-1),
  b: () => setBlink(!pressed(element.blink)),
  d: () => setDifference(!pressed(element.difference)),
  l: goToLargest,
  " ": () => hold(true),
});
for (const key of ["b", "d", " "]) ONCE.add(key);

// By the key's place, as Shift makes other signs of digits, and some keyboards need it for them.
data.methods.slice(0, 9).forEach((method, index) => {
  for (const place of ["Digit", "Numpad"]) {
    ANYWHERE[`${place}${index + 1}`] = () => switchTo("right", method);
    WITH_SHIFT[`${place}${index + 1}`] = () => switchTo("left", method);
  }
});

document.addEventListener("keyup", (event) => {
  if (event.key !== " " || !holding) return;
  event.preventDefault();
  hold(false);
});

// --- terms explained, beside the word that was chosen ---

document.addEventListener("click", (event) => {
  const term = event.target.closest("[popovertarget]");
  if (term === null) return;
  const about = element[term.getAttribute("popovertarget")];
  const { left, bottom } = term.getBoundingClientRect();
  about.style.setProperty("--left", `${left}px`);
  about.style.setProperty("--top", `${bottom}px`);
});

function heading({ label, term }) {
  const button = make("button", { type: "button", className: "term", textContent: label });
  button.setAttribute("popovertarget", `about-${term}`);
  return make("th", { scope: "col" }, button);
}

// --- start ---

const best = data.methods.at(-1);
fill(element.scale, data.scales, data.scales[0], (value) => `x${value}`);
fill(element.left, LABELS, data.reference);
fill(element.right, LABELS, best);
fill(element.method, data.methods, best);
fill(element.levels, data.error_scales, data.error_scale, (value) =>
  value < 255 ? `${value} or more` : value,
);
element.scale.parentElement.hidden = data.scales.length === 1;
element.lr.hidden = !LABELS.includes("LR");
element.columns.append(
  make("th", { scope: "col", textContent: "method" }),
  ...data.columns.map(heading),
);
element.fold.open = !matchMedia(PHONE).matches;
restore();
watchSize();
