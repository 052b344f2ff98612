// A bar per photo listed: its gain, in the order of the list.
"use strict";

const CHART_HEIGHT = 100;
const LABEL = 16; // height of a label, in the same unit
// With more photos, gaps would be thinner than a pixel.
const GAPS_UP_TO = 120;

const svg = element.chart.querySelector("svg");

function drawChart() {
  const gains = order.map((photo) => gain(photo, element.method.value));
  const finite = gains.filter((value) => value !== null && Number.isFinite(value));
  const highest = Math.max(0, ...finite);
  const lowest = Math.min(0, ...finite);
  const range = highest - lowest || 1;
  const y = (value) => (CHART_HEIGHT * (highest - between(value, lowest, highest))) / range;
  const width = order.length > GAPS_UP_TO ? 1 : 0.8;
  const bars = (chosen) =>
    gains
      .map((value, at) => (chosen(value) ? `M${at} ${y(0)}V${y(value)}h${width}V${y(0)}z` : ""))
      .join("");
  svg.setAttribute("viewBox", `0 0 ${Math.max(order.length, 1)} ${CHART_HEIGHT}`);
  svg.querySelector(".won").setAttribute("d", bars((value) => value > 0));
  svg.querySelector(".lost").setAttribute("d", bars((value) => value < 0));
  const zero = { x2: order.length, y1: y(0), y2: y(0) };
  for (const [name, value] of Object.entries(zero)) element.zero.setAttribute(name, value);
  element.highest.textContent = highest > 0 ? decibels(highest) : "";
  element.lowest.textContent = lowest < 0 ? decibels(lowest) : "";
  element.origin.style.top = `${y(0)}%`;
  // Its line says as much where two labels would overlap.
  const near = (end) => end !== 0 && Math.abs(y(end) - y(0)) < LABEL;
  element.origin.hidden = near(highest) || near(lowest);
  element.chart.setAttribute("aria-valuemax", Math.max(order.length, 1));
  markInChart();
}

const inChart = (photo) =>
  `${data.photos[photo].name}: ${decibels(gain(photo, element.method.value))}`;

function markInChart() {
  const at = order.indexOf(current);
  element.mark.hidden = at < 0;
  element.mark.style.left = `${(100 * (at + 0.5)) / Math.max(order.length, 1)}%`;
  element.chart.setAttribute("aria-valuenow", Math.max(at + 1, 1));
  element.chart.setAttribute("aria-valuetext", at < 0 ? "not in the list" : inChart(current));
  element.hint.textContent = at < 0 ? "" : inChart(current);
}

function placeAt(event) {
  const box = svg.getBoundingClientRect();
  const at = Math.floor((order.length * (event.clientX - box.left)) / box.width);
  return between(at, 0, order.length - 1);
}

element.chart.addEventListener("click", (event) => openAt(placeAt(event)));
element.chart.addEventListener("pointermove", (event) => {
  if (order.length > 0) element.hint.textContent = inChart(order[placeAt(event)]);
});
element.chart.addEventListener("pointerleave", markInChart);

const IN_CHART = {
  ArrowLeft: () => step(-1),
  ArrowDown: () => step(-1),
  ArrowRight: () => step(1),
  ArrowUp: () => step(1),
  Home: () => openAt(0),
  End: () => openAt(-1),
};
element.chart.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (!Object.hasOwn(IN_CHART, event.key)) return;
  event.preventDefault();
  event.stopPropagation();
  IN_CHART[event.key]();
});
