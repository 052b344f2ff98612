// The divider between the left and the right image.
"use strict";

function showSplit() {
  const share = element.split.value;
  element.stage.style.setProperty("--split", `${share}%`);
  element.split.setAttribute(
    "aria-valuetext",
    `${share} % ${element.left.value}, ${100 - share} % ${element.right.value}`,
  );
  remember();
}

function moveSplit(by) {
  element.split.value = Number(element.split.value) + by;
  showSplit();
}

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
element.split.addEventListener("input", showSplit);
