// A photo through a network: cut into tiles for workers, with the result of the whole photo.
"use strict";

// Of a network's features per tile, and its side: small enough to show that it goes on.
const FEATURES_BYTES = 64e6;
const MOST_TILE_PX = 384;
const MOST_WORKERS = 4;

const BACKENDS = { webgpu: "WebGPU", wasm: "WebAssembly" };

// A worker, and what it was asked.
class Helper {
  constructor(source) {
    const address = URL.createObjectURL(new Blob(source, { type: "text/javascript" }));
    this.worker = new Worker(address);
    URL.revokeObjectURL(address);
  }

  ask(task, values, onStrip) {
    return new Promise((done, failed) => {
      this.worker.onmessage = ({ data }) => {
        if (data.strip !== undefined) onStrip(data.strip);
        else if (data.error !== undefined) failed(new Error(data.error));
        else done(data.answer);
      };
      this.worker.onerror = (event) => {
        event.preventDefault();
        failed(new Error(event.message || "the worker could not start"));
      };
      this.worker.postMessage({ task, ...values });
    });
  }
}

// Along one side: pieces of the same size, as a GPU prepares itself for each size anew. The halo
// is inside the image, where there is more than one piece.
function pieces(length, most, { halo_px: halo, period_px: period }) {
  if (length <= most) return [{ first: 0, last: length, read: 0, size: length }];
  const count = Math.ceil(length / (most - 2 * halo));
  const step = Math.ceil(length / count / period) * period;
  const size = Math.min(step + 2 * halo, length);
  return Array.from({ length: Math.ceil(length / step) }, (_, index) => {
    const first = index * step;
    const read = between(first - halo, 0, length - size);
    return { first, last: Math.min(first + step, length), read, size };
  });
}

// In pixels of the network's input, whose sides are multiples of its period.
function tilesOf(photo, network) {
  const { period_px: period, halo_px: halo, factor, scale } = network;
  const side = Math.min(MOST_TILE_PX, Math.sqrt(FEATURES_BYTES / network.feature_bytes_per_px));
  const most = Math.max(Math.floor(side / period) * period, 2 * halo + period);
  const [rows, columns] = [photo.height, photo.width].map((px) =>
    pieces(Math.ceil((px * scale) / factor / period) * period, most, network),
  );
  return rows.flatMap((row) => columns.map((column) => ({ row, column })));
}

// A tile of the photo, enlarged by repeating pixels where the network wants it, and beyond the
// right and lower edge by repeating the last ones.
function inputOf({ row, column }, photo, { factor, scale }) {
  const enlargement = scale / factor;
  const at = (px, side) => Math.min(Math.floor(px / enlargement), side - 1);
  const x = new Float32Array(row.size * column.size * 3);
  let index = 0;
  for (let y = row.read; y < row.read + row.size; y += 1) {
    const from = at(y, photo.height) * photo.width;
    for (let z = column.read; z < column.read + column.size; z += 1) {
      const pixel = (from + at(z, photo.width)) * 4;
      for (let channel = 0; channel < 3; channel += 1) {
        x[index] = photo.pixels[pixel + channel] / 255;
        index += 1;
      }
    }
  }
  return x;
}

function taskOf(tile, photo, network) {
  const { factor } = network;
  const { row, column } = tile;
  return {
    x: inputOf(tile, photo, network),
    rows: row.size,
    columns: column.size,
    factor,
    wanted: {
      top: (row.first - row.read) * factor,
      left: (column.first - column.read) * factor,
      height: (row.last - row.first) * factor,
      width: (column.last - column.first) * factor,
    },
  };
}

async function hasGpu() {
  const adapter = await navigator.gpu?.requestAdapter();
  // One that only pretends to be a GPU is slower than WebAssembly.
  return Boolean(adapter) && !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter);
}

// What is tried in turn: [backend, workers].
async function attempts(backend, count) {
  const workers = Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 1, count);
  const processor = [...new Set([workers, 1])].map((each) => ["wasm", each]);
  const gpu = backend === "webgpu" || (backend === "auto" && (await hasGpu()));
  return gpu ? [["webgpu", 1], ...processor] : processor;
}

// One photo through one network, until it is finished or stopped.
class Job {
  constructor(photo, network) {
    Object.assign(this, { photo, network, helpers: [], stopped: false });
  }

  helper() {
    if (this.stopped) throw new Error("stopped");
    const helper = new Helper([this.runtime.library, "\n", this.runtime.worker]);
    this.helpers.push(helper);
    return helper;
  }

  // What a stopped worker was asked is never answered.
  stop() {
    this.stopped = true;
    this.release();
  }

  release() {
    for (const { worker } of this.helpers) worker.terminate();
    this.helpers = [];
  }

  async bicubic(onStrip) {
    const { pixels, width, height } = this.photo;
    const { scale } = this.network;
    await this.helper().ask("bicubic", { pixels, width, height, scale }, onStrip);
    this.release();
  }

  // Calls `onTile` with every tile's pixels and its place in the result; what failed on one
  // backend goes on with the next.
  async run(backend, onTile) {
    const left = tilesOf(this.photo, this.network);
    const failures = [];
    for (const [name, workers] of await attempts(backend, left.length)) {
      try {
        await this.runOn(name, workers, left, onTile);
        return { backend: name, workers, failures };
      } catch (error) {
        failures.push(`${BACKENDS[name]} failed: ${error.message.replace(/\.?$/, ".")}`);
        this.release();
      }
    }
    throw new Refusal(`The network could not run here. ${failures.at(-1)}`);
  }

  async runOn(backend, workers, left, onTile) {
    const helpers = Array.from({ length: workers }, () => this.helper());
    const { program, connection } = this.runtime;
    const { factor, period_px } = this.network;
    const opening = { program, connection, network: this.content, backend, period_px };
    const work = async (helper) => {
      await helper.ask("open", opening);
      while (left.length > 0) {
        const tile = left.shift();
        try {
          const pixels = await helper.ask("run", taskOf(tile, this.photo, this.network));
          const { row, column } = tile;
          const width = (column.last - column.first) * factor;
          onTile(pixels, column.first * factor, row.first * factor, width);
        } catch (error) {
          left.unshift(tile);
          throw error;
        }
      }
    };
    const ends = await Promise.allSettled(helpers.map(work));
    const failed = ends.find(({ status }) => status === "rejected");
    if (failed !== undefined && left.length > 0) throw failed.reason;
    this.release();
  }
}
