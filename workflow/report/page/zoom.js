// Zoom and place, the same for both images and for every photo.
"use strict";

// Screen pixels per pixel of the HR image. Whole ones, so that no pixel is wider than the next.
const STEPS = [1, 2, 3, 4, 6, 8, 16];
// Below it the browser interpolates. Squares would be uneven there, or too small to be told apart.
const HARD_FROM = 3;
// Movement of a wheel that makes one step.
const WHEEL_STEP = 60;

// `zoom` is one of STEPS, "fit", or, while fingers pinch, a number between; `x` and `y` are the
// point in the middle of the stage, as shares of the image.
const view = { zoom: "fit", x: 0.5, y: 0.5 };

function fitting() {
  const { width_px: width, height_px: height } = shown();
  const { clientWidth, clientHeight } = element.stage;
  const factor = Math.min(clientWidth / width, clientHeight / height) * devicePixelRatio;
  return factor < HARD_FROM ? factor : Math.min(Math.floor(factor), STEPS.at(-1));
}

const factor = () => (view.zoom === "fit" ? fitting() : view.zoom);

// Width and height of the images in CSS pixels.
function size() {
  const { width_px: width, height_px: height } = shown();
  return [width, height].map((side) => (side * factor()) / devicePixelRatio);
}

// The point in the middle: no gap beside an image that is larger than the stage.
function middle() {
  const [width, height] = size();
  const within = (share, stage, side) => {
    const margin = Math.min(0.5, stage / side / 2);
    return between(share, margin, 1 - margin);
  };
  return [
    within(view.x, element.stage.clientWidth, width),
    within(view.y, element.stage.clientHeight, height),
  ];
}

function place() {
  const [width, height] = size();
  const [x, y] = middle();
  const onScreen = (position) => Math.round(position * devicePixelRatio) / devicePixelRatio;
  const position = {
    left: `${onScreen(element.stage.clientWidth / 2 - x * width)}px`,
    top: `${onScreen(element.stage.clientHeight / 2 - y * height)}px`,
    width: `${width}px`,
    height: `${height}px`,
  };
  for (const image of element.stage.querySelectorAll("img, canvas")) {
    const pixel = factor() * (image.dataset.label === "LR" ? Number(scale()) : 1);
    // One to one as well, or the browser blurs where the stage begins between two screen pixels.
    const hard = (pixel === 1 || pixel >= HARD_FROM) && Number.isInteger(factor());
    Object.assign(image.style, position, { imageRendering: hard ? "pixelated" : "auto" });
  }
  const times = Number(factor().toFixed(2));
  element.zoom.textContent = view.zoom === "fit" ? `fit, ${times}×` : `${times}×`;
  remember();
}

// The point of the images at `x`, `y` (CSS pixels from the stage's middle) stays where it is.
function zoomTo(zoom, x = 0, y = 0) {
  const before = size();
  const [middleX, middleY] = middle();
  view.zoom = zoom;
  const after = size();
  view.x = middleX + x / before[0] - x / after[0];
  view.y = middleY + y / before[1] - y / after[1];
  place();
}

function zoomBy(direction, x = 0, y = 0) {
  const levels = [...STEPS, fitting()].sort((a, b) => a - b);
  const next =
    direction > 0
      ? levels.find((level) => level > factor())
      : levels.findLast((level) => level < factor());
  if (next !== undefined) zoomTo(STEPS.includes(next) ? next : "fit", x, y);
}

// After a pinch: the step that is nearest.
function settle() {
  if (view.zoom === "fit" || STEPS.includes(view.zoom)) return;
  const distance = (level) => Math.abs(Math.log(level / view.zoom));
  const levels = [...STEPS, fitting()].sort((a, b) => distance(a) - distance(b));
  zoomTo(STEPS.includes(levels[0]) ? levels[0] : "fit");
}

function pan(x, y) {
  const [width, height] = size();
  const [middleX, middleY] = middle();
  Object.assign(view, { x: middleX - x / width, y: middleY - y / height });
  place();
}

// --- mouse, fingers and wheel ---

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
  if (event.button !== 0 || event.target.closest("input, select, label")) return;
  element.stage.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, fromMiddle(event));
});
element.stage.addEventListener("pointermove", (event) => {
  if (!pointers.has(event.pointerId)) return;
  const before = grip();
  pointers.set(event.pointerId, fromMiddle(event));
  const after = grip();
  pan(after.x - before.x, after.y - before.y);
  if (before.apart === 0) return;
  const pinched = (factor() * after.apart) / before.apart;
  zoomTo(between(pinched, Math.min(1, fitting()), STEPS.at(-1)), after.x, after.y);
});
for (const end of ["pointerup", "pointercancel"]) {
  element.stage.addEventListener(end, (event) => {
    pointers.delete(event.pointerId);
    settle();
  });
}

let wheeled = 0;
// With Ctrl, as maps do it and touchpads pinch; without, the wheel scrolls the page.
element.stage.addEventListener(
  "wheel",
  (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    wheeled -= event.deltaY;
    if (Math.abs(wheeled) < WHEEL_STEP) return;
    zoomBy(wheeled, ...fromMiddle(event));
    wheeled = 0;
  },
  { passive: false },
);

element.in.addEventListener("click", () => zoomBy(1));
element.out.addEventListener("click", () => zoomBy(-1));
element.fit.addEventListener("click", () => zoomTo("fit"));
element.one.addEventListener("click", () => zoomTo(1));

function watchSize() {
  new ResizeObserver(place).observe(element.stage);
  // The browser's own zoom changes the size of a screen pixel.
  window.addEventListener("resize", place);
}
