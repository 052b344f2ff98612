// One photo at a time, by two of its images, and the list of all photos to choose from.
// Names are shown as text alone and never become part of an address; nothing is fetched.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const element = Object.fromEntries(
  [...document.querySelectorAll("[id]")].map((found) => [found.id, found]),
);
const SIDES = ["left", "right"];
// CSS pixels that an HR pixel may be enlarged to.
const LARGEST = 16;

let current = 0; // index of the photo shown
let order = []; // indices of the photos listed, in their order
// Zoom relative to the whole photo; the point in the stage's middle as shares of the image.
const view = { zoom: 1, x: 0.5, y: 0.5 };

const scale = () => element.scale.value;
const shown = () => data.photos[current].scales[scale()];

// --- text ---

function number(value, digits, signed = false) {
  // An infinite PSNR comes as text, as JSON has no number for it.
  if (value === null) return "–";
  const text = Number.isFinite(Number(value)) ? Math.abs(value).toFixed(digits) : "∞";
  if (value < 0) return `−${text}`;
  return signed && value > 0 ? `+${text}` : text;
}

function score(photo, method, key) {
  const row = data.photos[photo].scales[scale()]?.scores[method];
  const value = row?.[data.columns.findIndex((column) => column.key === key)] ?? null;
  return value === null ? null : Number(value);
}

const gain = (photo, method) => score(photo, method, "gain_rgb_db");

function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function fill(select, values, chosen, label = String) {
  select.replaceChildren(...values.map((value) => new Option(label(value), value)));
  select.value = chosen;
}

// --- the photo shown ---

function describe() {
  const { name } = data.photos[current];
  const pair = SIDES.map((side) => `${side} ${element[side].value}`).join(", ");
  const gains = [...new Set(SIDES.map((side) => element[side].value))]
    .filter((label) => gain(current, label) !== null && label !== data.reference)
    .map((label) => `${label} ${number(gain(current, label), 2, true)} dB over ${data.reference}`);
  const place = order.indexOf(current) + 1;
  const where = place ? `Photo ${place} of ${order.length}` : "Not in the list";
  element.name.textContent = name;
  element.status.textContent = [`${where}, x${scale()}: ${pair}`, ...gains].join("; ");
}

function showImages() {
  for (const side of SIDES) {
    const label = element[side].value;
    const image = element[`${side}-image`];
    image.src = shown().images[label];
    image.alt = `${data.photos[current].name}, ${label}`;
    element[`${side}-label`].textContent = label;
  }
  place();
}

function showScores() {
  element.scores.replaceChildren(
    ...Object.entries(shown().scores).map(([method, values]) => {
      const cells = data.columns.map(({ key, digits }, index) =>
        make("td", { textContent: number(values[index], digits, key === "gain_rgb_db") }),
      );
      const name = make("th", { scope: "row", textContent: method });
      const isShown = SIDES.some((side) => element[side].value === method);
      return make("tr", { className: isShown ? "shown" : "" }, name, ...cells);
    }),
  );
}

function show() {
  showImages();
  showScores();
  describe();
  showSplit();
  for (const button of element.list.querySelectorAll("button")) {
    if (Number(button.dataset.photo) === current) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

function open(photo) {
  current = photo;
  Object.assign(view, { zoom: 1, x: 0.5, y: 0.5 });
  show();
}

function step(by) {
  if (order.length === 0) return;
  const at = order.indexOf(current);
  const next = at < 0 ? 0 : (at + by + order.length) % order.length;
  open(order[next]);
  // Where the list does not scroll by itself, the page would, away from the images.
  if (element.list.scrollHeight > element.list.clientHeight) {
    buttons[current].scrollIntoView({ block: "nearest" });
  }
}

function showSplit() {
  const share = element.split.value;
  element.stage.style.setProperty("--split", `${share}%`);
  element.split.setAttribute(
    "aria-valuetext",
    `${share} % ${element.left.value}, ${100 - share} % ${element.right.value}`,
  );
}

// --- zoom and pan, one for both images ---

function geometry() {
  const { width_px: width, height_px: height } = shown();
  const { clientWidth, clientHeight } = element.stage;
  const fit = Math.min(clientWidth / width, clientHeight / height);
  const largest = Math.max(1, LARGEST / fit);
  view.zoom = Math.min(Math.max(view.zoom, 1), largest);
  const factor = fit * view.zoom;
  return { clientWidth, clientHeight, factor, width: width * factor, height: height * factor };
}

function place() {
  const { clientWidth, clientHeight, factor, width, height } = geometry();
  // No gap beside an image that is larger than the stage; a smaller one stays in the middle.
  const within = (middle, stage, side) => {
    const margin = Math.min(0.5, stage / side / 2);
    return Math.min(Math.max(middle, margin), 1 - margin);
  };
  view.x = within(view.x, clientWidth, width);
  view.y = within(view.y, clientHeight, height);
  for (const side of SIDES) {
    // Enlarged pixels stay squares, so that nothing is compared but what the methods made.
    const pixel = factor * (element[side].value === "LR" ? Number(scale()) : 1);
    Object.assign(element[`${side}-image`].style, {
      left: `${clientWidth / 2 - view.x * width}px`,
      top: `${clientHeight / 2 - view.y * height}px`,
      width: `${width}px`,
      height: `${height}px`,
      imageRendering: pixel >= 1 ? "pixelated" : "auto",
    });
  }
  element.zoom.textContent = `${Math.round(100 * factor)} %`;
}

function pan(x, y) {
  const { width, height } = geometry();
  view.x -= x / width;
  view.y -= y / height;
  place();
}

// The point of the images at `x`, `y` (CSS pixels from the stage's middle) stays where it is.
function zoom(by, x = 0, y = 0) {
  const before = geometry();
  view.zoom *= by;
  const after = geometry();
  view.x += x / before.width - x / after.width;
  view.y += y / before.height - y / after.height;
  place();
}

function fromMiddle({ clientX, clientY }) {
  const box = element.stage.getBoundingClientRect();
  return [clientX - box.left - box.width / 2, clientY - box.top - box.height / 2];
}

const pointers = new Map();

// The middle of all fingers and how far apart they are: one finger pans, two pinch as well.
function grip() {
  const points = [...pointers.values()];
  const mean = (axis) => points.reduce((sum, at) => sum + at[axis], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const apart = Math.hypot(...points.map((at) => Math.hypot(at[0] - x, at[1] - y)));
  return { x, y, apart };
}

element.stage.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  element.stage.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, fromMiddle(event));
});
element.stage.addEventListener("pointermove", (event) => {
  if (!pointers.has(event.pointerId)) return;
  const before = grip();
  pointers.set(event.pointerId, fromMiddle(event));
  const after = grip();
  pan(after.x - before.x, after.y - before.y);
  if (before.apart > 0) zoom(after.apart / before.apart, after.x, after.y);
});
for (const end of ["pointerup", "pointercancel"]) {
  element.stage.addEventListener(end, (event) => pointers.delete(event.pointerId));
}
// With Ctrl, as maps do it and touchpads pinch; without, the wheel scrolls the page.
element.stage.addEventListener(
  "wheel",
  (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 300), ...fromMiddle(event));
  },
  { passive: false },
);

element.divider.addEventListener("pointerdown", (event) => {
  event.stopPropagation();
  element.divider.setPointerCapture(event.pointerId);
});
element.divider.addEventListener("pointermove", (event) => {
  if (!element.divider.hasPointerCapture(event.pointerId)) return;
  const box = element.stage.getBoundingClientRect();
  element.split.value = (100 * (event.clientX - box.left)) / box.width;
  showSplit();
});

const ZOOM_STEP = 1.25;
element.in.addEventListener("click", () => zoom(ZOOM_STEP));
element.out.addEventListener("click", () => zoom(1 / ZOOM_STEP));
element.fit.addEventListener("click", () => zoom(0));
element.previous.addEventListener("click", () => step(-1));
element.next.addEventListener("click", () => step(1));
element.split.addEventListener("input", showSplit);
new ResizeObserver(place).observe(element.stage);

// --- keys ---

const ANYWHERE = {
  "+": () => zoom(ZOOM_STEP),
  "=": () => zoom(ZOOM_STEP),
  "-": () => zoom(1 / ZOOM_STEP),
  0: () => zoom(0),
  n: () => step(1),
  j: () => step(1),
  p: () => step(-1),
  k: () => step(-1),
};
const PAN_PX = 60;
const ON_STAGE = {
  ArrowLeft: () => pan(PAN_PX, 0),
  ArrowRight: () => pan(-PAN_PX, 0),
  ArrowUp: () => pan(0, PAN_PX),
  ArrowDown: () => pan(0, -PAN_PX),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("select, input:not([type=range])");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = event.target === element.stage ? { ...ANYWHERE, ...ON_STAGE } : ANYWHERE;
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});

// --- the list ---

const buttons = data.photos.map(({ name, thumbnail, thumbnail_px: [width, height] }, photo) => {
  const button = make(
    "button",
    { type: "button" },
    make("img", { loading: "lazy", alt: name, width, height, src: thumbnail }),
    make("span", { ariaHidden: "true", textContent: name, title: name }),
    make("span", { className: "gain" }),
  );
  button.dataset.photo = photo;
  button.addEventListener("click", () => {
    open(photo);
    element.name.scrollIntoView({ block: "nearest" });
  });
  return button;
});
const items = buttons.map((button) => make("li", {}, button));

function passes(photo) {
  const value = gain(photo, element.method.value);
  const least = element.least.valueAsNumber;
  return (
    data.photos[photo].scales[scale()] !== undefined &&
    data.photos[photo].name.toLowerCase().includes(element.text.value.toLowerCase()) &&
    (Number.isNaN(least) || value >= least) &&
    (element.outcome.value !== "won" || value > 0) &&
    (element.outcome.value !== "lost" || value < 0)
  );
}

function list() {
  const method = element.method.value;
  const [by, direction] = element.order.value.split("-");
  const photos = [...data.photos.keys()];
  if (by !== "name") {
    const key = by === "gain" ? "gain_rgb_db" : "psnr_rgb_db";
    const value = (photo) => score(photo, method, key) ?? -Infinity;
    const sign = direction === "up" ? 1 : -1;
    // Infinities have no difference.
    photos.sort((a, b) => sign * ((value(a) > value(b)) - (value(a) < value(b))));
  }
  order = photos.filter(passes);
  element.list.replaceChildren(...order.map((photo) => items[photo]));
  for (const photo of order) {
    const value = gain(photo, method);
    const text = buttons[photo].querySelector(".gain");
    text.textContent = `${number(value, 2, true)} dB`;
    text.classList.toggle("lost", value < 0);
  }
  element.count.textContent = `${order.length} of ${data.photos.length}`;
  describe();
}

element.choice.addEventListener("input", list);
element.choice.addEventListener("submit", (event) => event.preventDefault());
for (const side of SIDES) element[side].addEventListener("change", show);
element.scale.addEventListener("change", () => {
  list();
  // A photo may be missing at a scale.
  if (shown() === undefined) current = order[0];
  show();
});

// --- light and dark ---

function setDark(dark) {
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
  element.dark.setAttribute("aria-pressed", dark);
}

const system = matchMedia("(prefers-color-scheme: dark)");
system.addEventListener("change", () => setDark(system.matches));
element.dark.addEventListener("click", () =>
  setDark(element.dark.getAttribute("aria-pressed") !== "true"),
);

// --- start ---

setDark(system.matches);
const best = data.methods.at(-1);
fill(element.scale, data.scales, data.scales[0], (value) => `x${value}`);
fill(element.left, ["LR", ...data.methods, "HR"], data.reference);
fill(element.right, ["LR", ...data.methods, "HR"], best);
fill(element.method, data.methods, best);
element.scale.parentElement.hidden = data.scales.length === 1;
element.columns.append(
  make("th", { scope: "col", textContent: "method" }),
  ...data.columns.map(({ label }) => make("th", { scope: "col", textContent: label })),
);
list();
open(order[0]);
