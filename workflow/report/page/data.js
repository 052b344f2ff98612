// The page's data, and what makes text of numbers.
// Names are shown as text alone and never become part of an address; nothing is fetched.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const SIDES = ["left", "right"];
// Of the images of a photo; objects would put names that are numbers first.
const LABELS = data.labels;

let current = 0; // index of the photo shown
let order = []; // indices of the photos listed, in their order

const scale = () => element.scale.value;
const shown = () => data.photos[current].scales[scale()];

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
const decibels = (value) => `${number(value, 2, true)} dB`;
