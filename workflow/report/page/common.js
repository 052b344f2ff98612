// What every page of the report has: its elements, buttons that stay pressed, light and dark.
"use strict";

const element = Object.fromEntries(
  [...document.querySelectorAll("[id]")].map((found) => [found.id, found]),
);
const between = (value, least, most) => Math.min(Math.max(value, least), most);

function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function fill(select, values, chosen, label = String) {
  select.replaceChildren(...values.map((value) => new Option(label(value), value)));
  select.value = chosen;
}

function press(button, on) {
  button.setAttribute("aria-pressed", on);
}

const pressed = (button) => button.getAttribute("aria-pressed") === "true";

// --- light and dark ---

function setDark(dark) {
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
  press(element.dark, dark);
}

const system = matchMedia("(prefers-color-scheme: dark)");
system.addEventListener("change", () => setDark(system.matches));
element.dark.addEventListener("click", () => setDark(!pressed(element.dark)));
setDark(system.matches);
