// One's own photo, upscaled in the browser: choices, progress, result and download.
"use strict";

const { networks } = JSON.parse(document.getElementById("data").textContent);

let job = null; // what runs
let last = null; // the job whose images are on the stage
let asked = 0; // how many files were given, as the last one counts
let timer = null; // shows the time left

const chosen = () => {
  const [name, factor] = [element.network.value, Number(element.scale.value)];
  return networks.find(({ method, scale }) => method === name && scale === factor);
};
// What zoom.js and split.js want of a page: the size of the images, and to hear of changes.
const shown = () => {
  const { width, height } = element["left-image"];
  return { width_px: width, height_px: height };
};
const remember = () => {};

function say(text, problem = false) {
  element.status.textContent = text;
  element.status.classList.toggle("problem", problem);
}

// --- progress ---

function duration(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  return whole < 90 ? `${whole} s` : `${Math.round(whole / 60)} min`;
}

function showProgress(share, text) {
  element.work.hidden = false;
  if (share === null) element.progress.removeAttribute("value");
  else element.progress.value = share;
  element.state.textContent = text;
}

// --- one photo ---

function stop() {
  job?.stop();
  job = null;
  clearInterval(timer);
  element.work.hidden = true;
}

function prepareStage({ photo, network }) {
  for (const side of ["left", "right"]) {
    const canvas = element[`${side}-image`];
    canvas.width = photo.width * network.scale;
    canvas.height = photo.height * network.scale;
    const label = side === "left" ? "bicubic" : network.method;
    canvas.setAttribute("aria-label", `${photo.name}, ${label}`);
  }
  element.name.textContent = photo.name;
  element.right.value = network.method;
  element.notes.textContent = "";
  element.download.disabled = true;
  element.result.hidden = false;
  document.body.classList.add("filled");
  Object.assign(view, { zoom: "fit", x: 0.5, y: 0.5 });
  place();
  showSplit();
}

const contextOf = (side) => element[`${side}-image`].getContext("2d", { willReadFrequently: true });

async function enlarge(running) {
  const { photo, network } = running;
  showProgress(null, "Bicubic");
  await running.bicubic(({ top, pixels }) => {
    const strip = new ImageData(pixels, photo.width * network.scale);
    for (const side of ["left", "right"]) contextOf(side).putImageData(strip, 0, top);
  });
  const started = performance.now();
  const all = tilesOf(photo, network).length;
  let done = 0;
  let first = null; // when the first tile was finished, as the start takes its own time
  let finish = null; // when the last one will be
  const tell = () => {
    const left = finish && `, ${duration((finish - performance.now()) / 1000)} left`;
    const percent = `${Math.floor((100 * done) / all)} %${left ?? ""}`;
    showProgress(done ? done / all : null, done ? percent : "Starting the network");
  };
  tell();
  timer = setInterval(tell, 500);
  const end = await running.run(element.backend.value, (pixels, left, top, width) => {
    contextOf("right").putImageData(new ImageData(pixels, width), left, top);
    const now = performance.now();
    done += 1;
    first ??= now;
    if (done > 1) finish = now + ((now - first) / (done - 1)) * (all - done);
    tell();
  });
  return { ...end, seconds: (performance.now() - started) / 1000 };
}

function showEnd({ photo, network }, { backend, workers, failures, seconds }) {
  const [width, height] = [photo.width, photo.height].map((side) => side * network.scale);
  const where = workers > 1 ? `${BACKENDS[backend]} in ${workers} workers` : BACKENDS[backend];
  say(
    `Finished: ${width} × ${height} px by ${network.method}, on ${where}, in ` +
      `${seconds.toFixed(1)} s.`,
  );
  const white = photo.transparent ? ["Transparent parts are on white."] : [];
  element.notes.textContent = [
    ...failures,
    ...white,
    "The PNG is in sRGB and has the pixels alone, nothing of where and when the photo was taken.",
  ].join(" ");
  element.download.disabled = false;
}

function explain(error) {
  const known = error instanceof Refusal;
  say(known ? error.message : `Something went wrong: ${error.message}`, true);
}

async function begin(photo, note) {
  stop();
  const mine = new Job(photo, chosen());
  job = mine;
  last = mine;
  prepareStage(mine);
  say(`${note}${quoted(photo.name)} by ${mine.network.method} at x${mine.network.scale}`);
  try {
    showProgress(null, "Loading the network");
    const [runtime, content] = await Promise.all([openRuntime(), part(mine.network.part)]);
    Object.assign(mine, { runtime, content: bytesOf(content) });
    const end = await enlarge(mine);
    if (mine.stopped) return;
    stop();
    showEnd(mine, end);
  } catch (error) {
    if (mine.stopped) return;
    stop();
    explain(error);
  }
}

let runtime = null; // what all jobs use, unpacked once

function openRuntime() {
  runtime ??= part("runtime").then(async ({ program, ...scripts }) => ({
    ...scripts,
    program: await unpacked(bytesOf(program)),
  }));
  runtime.catch(() => (runtime = null));
  return runtime;
}

// What runs goes on until it is certain that the file is a photo.
async function take(files) {
  asked += 1;
  const mine = asked;
  try {
    if (files.length === 0) throw new Refusal("That is no file. Choose, drop or paste a photo.");
    say(`Reading ${quoted(files[0].name)}`);
    const photo = await readPhoto(files[0], chosen().scale);
    if (mine !== asked) return;
    const others = files.length > 1 ? `Only the first of ${files.length} files is taken. ` : "";
    begin(photo, others + (job ? `${quoted(job.photo.name)} was stopped. ` : ""));
  } catch (error) {
    if (mine === asked) explain(error);
  }
}

// --- choices ---

function fillScales() {
  const scales = networks.filter(({ method }) => method === element.network.value);
  const before = element.scale.value;
  const offered = scales.map(({ scale }) => scale);
  const kept = offered.includes(Number(before)) ? before : offered[0];
  fill(element.scale, offered, kept, (value) => `x${value}`);
}

function chooseAgain() {
  fillScales();
  if (last === null) return;
  try {
    checkSize(last.photo, chosen().scale);
    begin(last.photo, "");
  } catch (error) {
    explain(error);
  }
}

element.network.addEventListener("change", chooseAgain);
element.scale.addEventListener("change", chooseAgain);
element.backend.addEventListener("change", chooseAgain);

// --- a photo comes by the button, by a drop or from the clipboard ---

element.drop.addEventListener("click", () => element.file.click());
element.file.addEventListener("change", () => {
  take([...element.file.files]);
  // The same file may be chosen again.
  element.file.value = "";
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dragging");
});
document.addEventListener("dragleave", ({ relatedTarget }) => {
  if (relatedTarget === null) document.body.classList.remove("dragging");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dragging");
  take([...event.dataTransfer.files]);
});
document.addEventListener("paste", ({ clipboardData }) => {
  if (clipboardData.files.length > 0) take([...clipboardData.files]);
});

element.cancel.addEventListener("click", () => {
  stop();
  say(`${quoted(last.photo.name)} was cancelled; what is finished is shown.`);
  element.drop.focus();
});

// --- download ---

const nameOf = ({ photo, network }) =>
  `${photo.name.replace(/\.[^.]*$/, "")}_x${network.scale}.png`;

element.download.addEventListener("click", async () => {
  const finished = last;
  element.download.disabled = true;
  const blob = await new Promise((done) => element["right-image"].toBlob(done, "image/png"));
  element.download.disabled = job !== null;
  if (blob === null) {
    say("The browser could not write the PNG; close other tabs and try again.", true);
    return;
  }
  const link = make("a", { href: URL.createObjectURL(blob), download: nameOf(finished) });
  link.click();
  // The browser has begun to save by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
});

// --- start ---

fill(element.network, [...new Set(networks.map(({ method }) => method))], networks.at(-1).method);
fillScales();
watchSize();
