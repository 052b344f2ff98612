// Keys that work wherever the focus is; a page adds its own to those of the stage.
"use strict";

const PAN_PX = 60;

// By the key's place (`code`) or by its sign.
const ANYWHERE = {
  "+": () => zoomBy(1),
  "=": () => zoomBy(1),
  "-": () => zoomBy(-1),
  0: () => zoomTo("fit"),
  o: () => zoomTo(1),
  ArrowLeft: () => moveSplit(-1),
  ArrowRight: () => moveSplit(1),
};
const WITH_SHIFT = {
  "+": () => zoomBy(1),
  ArrowLeft: () => pan(PAN_PX, 0),
  ArrowRight: () => pan(-PAN_PX, 0),
  ArrowUp: () => pan(0, PAN_PX),
  ArrowDown: () => pan(0, -PAN_PX),
};
// While they are held down, keys repeat, and the images would flash.
const ONCE = new Set();

function actionOf({ code, key, shiftKey }) {
  const keys = shiftKey ? WITH_SHIFT : ANYWHERE;
  return keys[[code, key].find((name) => Object.hasOwn(keys, name))];
}

// Whether the control in focus needs the key itself.
let pointed = true; // the pointer was used last, so Space is not for the button it clicked
function isOwn({ target, key, shiftKey }) {
  const sideways = key === "ArrowLeft" || key === "ArrowRight";
  if (target.matches("select")) return !sideways && !(shiftKey && key.startsWith("Arrow"));
  if (target.matches("input:not([type=range], [type=checkbox])")) return true;
  return key === " " && !pointed && target.matches("button:not(#hold), summary, input");
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Tab") pointed = false;
  if (event.ctrlKey || event.metaKey || event.altKey || isOwn(event)) return;
  if (event.key.length === 1 && !element.shortcuts.checked) return;
  const action = actionOf(event);
  if (action === undefined) return;
  event.preventDefault();
  if (!event.repeat || !ONCE.has(event.key)) action();
});
document.addEventListener("pointerdown", () => (pointed = true));
// What was chosen with the pointer leaves the keys to the page.
document.addEventListener("change", ({ target }) => {
  if (pointed && target.matches("select")) target.blur();
});
