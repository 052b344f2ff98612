// In a worker: bicubic enlargement, and a network on one tile at a time.
"use strict";

// --- bicubic, in the whole numbers in which Pillow computes it ---

const PRECISION_BITS = 22;
const REACH_PX = 2;
const STRIP_ROWS = 256;

// Keys' kernel, a = -0.5.
function keys(x) {
  const at = Math.abs(x);
  if (at < 1) return (1.5 * at - 2.5) * at * at + 1;
  return at < 2 ? ((-0.5 * at + 2.5) * at - 4) * at + 2 : 0;
}

// For each output pixel, the first input pixel that it is made of, and the weights of all.
function weightsOf(side, scale) {
  return Array.from({ length: side * scale }, (_, index) => {
    const center = (index + 0.5) / scale;
    const first = Math.max(Math.trunc(center - REACH_PX + 0.5), 0);
    const last = Math.min(Math.trunc(center + REACH_PX + 0.5), side);
    const values = Array.from({ length: last - first }, (_, at) => keys(at + first - center + 0.5));
    // What is beyond the border is left out.
    const sum = values.reduce((total, value) => total + value, 0);
    return [first, values.map((value) => Math.round((value / sum) * 2 ** PRECISION_BITS))];
  });
}

// One pixel, made of pixels whose places are `apart` from each other.
function mixed(target, at, source, from, apart, weights) {
  const half = 1 << (PRECISION_BITS - 1);
  for (let channel = 0; channel < 3; channel += 1) {
    let sum = half;
    for (let tap = 0; tap < weights.length; tap += 1) {
      sum += source[from + tap * apart + channel] * weights[tap];
    }
    // A clamped array cuts off what is below 0 or above 255.
    target[at + channel] = sum >> PRECISION_BITS;
  }
}

function bicubic({ pixels, width, height, scale }) {
  const [across, down] = [weightsOf(width, scale), weightsOf(height, scale)];
  const wide = width * scale;
  const rows = new Uint8ClampedArray(wide * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < wide; x += 1) {
      const [first, weights] = across[x];
      mixed(rows, (y * wide + x) * 4, pixels, (y * width + first) * 4, 4, weights);
    }
  }
  for (let top = 0; top < height * scale; top += STRIP_ROWS) {
    const count = Math.min(STRIP_ROWS, height * scale - top);
    const strip = new Uint8ClampedArray(wide * count * 4).fill(255);
    for (let y = 0; y < count; y += 1) {
      const [first, weights] = down[top + y];
      for (let x = 0; x < wide; x += 1) {
        mixed(strip, (y * wide + x) * 4, rows, (first * wide + x) * 4, wide * 4, weights);
      }
    }
    postMessage({ strip: { top, pixels: strip } }, [strip.buffer]);
  }
}

// --- the network ---

// Grey levels by which a GPU may differ from the CPU: roundings, but no other network.
const AGREEMENT = 0.5 / 255;
const PROBE_PX = 32;

let session = null;

async function infer(running, x, rows, columns) {
  const answers = await running.run({ input: new ort.Tensor("float32", x, [1, rows, columns, 3]) });
  const y = await answers.output.getData();
  answers.output.dispose();
  return y;
}

async function open({ program, connection, network, backend, period_px: period }) {
  ort.env.logLevel = "error";
  Object.assign(ort.env.wasm, {
    // More need memory that is shared, which no page from a file may have.
    numThreads: 1,
    wasmBinary: program,
    wasmPaths: { mjs: URL.createObjectURL(new Blob([connection], { type: "text/javascript" })) },
  });
  const start = (name) =>
    ort.InferenceSession.create(network, { executionProviders: [name], logSeverityLevel: 3 });
  session = await start(backend);
  if (backend === "wasm") return;
  // Drivers of GPUs err, and without a word.
  const side = Math.ceil(PROBE_PX / period) * period;
  const x = Float32Array.from({ length: side * side * 3 }, (_, index) => ((index * 89) % 256) / 255);
  const reference = await start("wasm");
  const [expected, answer] = [await infer(reference, x, side, side), await infer(session, x, side, side)];
  await reference.release();
  const agrees = expected.every((value, index) => Math.abs(value - answer[index]) < AGREEMENT);
  if (!agrees) throw new Error("it computes something else than the CPU");
}

async function run({ x, rows, columns, wanted, factor }) {
  const y = await infer(session, x, rows, columns);
  const { top, left, height, width } = wanted;
  const pixels = new Uint8ClampedArray(height * width * 4);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const from = ((top + row) * columns * factor + left + column) * 3;
      const at = (row * width + column) * 4;
      // A clamped array rounds, halves to even, as NumPy does.
      for (let channel = 0; channel < 3; channel += 1) pixels[at + channel] = y[from + channel] * 255;
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

// --- tasks, one after the other ---

const TASKS = { bicubic, open, run };

onmessage = async ({ data }) => {
  try {
    postMessage({ answer: await TASKS[data.task](data) });
  } catch (error) {
    postMessage({ error: String(error?.message ?? error) });
  }
};
