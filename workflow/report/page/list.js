// The list of all photos: sorted, filtered, and the way from one to the next.
"use strict";

const OUTLINE_PX = 4;

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

function sorted(photos) {
  const [by, direction] = element.order.value.split("-");
  if (by === "name") return photos;
  const key = by === "gain" ? "gain_rgb_db" : "psnr_rgb_db";
  const value = (photo) => score(photo, element.method.value, key) ?? -Infinity;
  const sign = direction === "up" ? 1 : -1;
  // Infinities have no difference.
  return photos.sort((a, b) => sign * ((value(a) > value(b)) - (value(a) < value(b))));
}

function list() {
  order = sorted([...data.photos.keys()]).filter(passes);
  element.list.replaceChildren(...order.map((photo) => items[photo]));
  for (const photo of order) {
    const value = gain(photo, element.method.value);
    const text = buttons[photo].querySelector(".gain");
    text.textContent = decibels(value);
    text.classList.toggle("lost", value < 0);
  }
  element.count.textContent = `${order.length} of ${data.photos.length}`;
  drawChart();
  describe();
  remember();
}

// The first one listed, or at least one that has the scale.
const anyPhoto = () =>
  order[0] ?? data.photos.findIndex((photo) => photo.scales[scale()] !== undefined);

// Mark the photo shown.
function mark() {
  element.list.querySelector("[aria-current]")?.removeAttribute("aria-current");
  buttons[current].setAttribute("aria-current", "true");
  markInChart();
}

// The list alone: scrollIntoView would move the page as well, away from the images.
function scrollToCurrent() {
  if (!buttons[current].isConnected) return;
  const listed = element.list.getBoundingClientRect();
  const { top, bottom } = buttons[current].getBoundingClientRect();
  const above = listed.top + OUTLINE_PX - top;
  const below = bottom + OUTLINE_PX - listed.bottom;
  if (above > 0) element.list.scrollTop -= above;
  if (below > 0) element.list.scrollTop += below;
}

// The photo at a place in the list; past its end, the first again.
function openAt(place) {
  if (order.length === 0) return;
  open(order[(place + order.length) % order.length]);
  scrollToCurrent();
}

function step(by) {
  const at = order.indexOf(current);
  openAt(at < 0 ? 0 : at + by);
}

element.choice.addEventListener("input", list);
element.choice.addEventListener("submit", (event) => event.preventDefault());
element.previous.addEventListener("click", () => step(-1));
element.next.addEventListener("click", () => step(1));
