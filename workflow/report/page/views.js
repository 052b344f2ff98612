// What the stage shows of its two images: a half of each, both in turn, their errors, or HR.
"use strict";

const BLINK_MS = 600;
// CSS pixels per pixel at which a region of REGION_PX in gallery.py can be looked at.
const CLOSE = 4;

let blinking = null; // timer
let turn = "left"; // side that blinks
let holding = false; // HR is shown as long as something is held

function showSides() {
  const both = blinking === null ? "both" : turn;
  element.stage.dataset.shown = holding ? "original" : both;
}

function hold(on) {
  holding = on;
  showSides();
}

function setBlink(on) {
  clearInterval(blinking);
  turn = "left";
  const other = () => {
    turn = turn === "left" ? "right" : "left";
    showSides();
  };
  blinking = on ? setInterval(other, BLINK_MS) : null;
  press(element.blink, on);
  showSides();
  remember();
}

function setDifference(on) {
  element.stage.classList.toggle("errors", on);
  element.legend.hidden = !on;
  press(element.difference, on);
  remember();
}

// The filter takes the mean of the channels; the end of the scale becomes 1.
function amplify() {
  const share = 255 / Number(element.levels.value) / 3;
  const mean = `${share} ${share} ${share} 0 0`;
  element.amplifier.setAttribute("values", `${mean} ${mean} ${mean} 0 0 0 1 0`);
  remember();
}

// gallery.py has found the places of all pairs of images, as no script may read a local image.
function placeOfPair() {
  const indices = SIDES.map((side) => LABELS.indexOf(element[side].value));
  const [first, second] = indices.sort((a, b) => a - b);
  if (first === second) return null;
  const before = first * LABELS.length - (first * (first + 1)) / 2;
  return shown().places[before + second - first - 1];
}

function goToLargest() {
  const found = placeOfPair();
  if (found === null) {
    element.status.textContent = "Left and right are the same.";
    return;
  }
  const { width_px: width, height_px: height } = shown();
  Object.assign(view, { x: found[0] / width, y: found[1] / height });
  const close = STEPS.find((zoom) => zoom >= CLOSE * devicePixelRatio) ?? STEPS.at(-1);
  if (factor() < close) view.zoom = close;
  place();
}

element.levels.addEventListener("change", amplify);
element.blink.addEventListener("click", () => setBlink(!pressed(element.blink)));
element.difference.addEventListener("click", () => setDifference(!pressed(element.difference)));
element.largest.addEventListener("click", goToLargest);

element.hold.addEventListener("pointerdown", (event) => {
  element.hold.setPointerCapture(event.pointerId);
  hold(true);
});
for (const end of ["pointerup", "pointercancel", "blur"]) {
  element.hold.addEventListener(end, () => hold(false));
}
// A long press would open a menu on a phone.
element.hold.addEventListener("contextmenu", (event) => event.preventDefault());
window.addEventListener("blur", () => hold(false));
