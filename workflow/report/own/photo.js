// A file as pixels, or in one line why it is none; and the script files beside the page.
"use strict";

// Sides that every browser's canvas takes, and pixels for which two canvases take 1 GB.
const MOST_SIDE_PX = 16384;
const MOST_PX = 128e6;
const KNOWN = "JPEG, PNG, WebP, AVIF, GIF or BMP";

// Something that the reader of the page can do something about.
class Refusal extends Error {}

const megapixels = (px) => `${(px / 1e6).toFixed(px < 1e7 ? 1 : 0)} MP`;
const quoted = (name) => `“${name}”`;

// Width and height as they are shown, known before anything is unpacked.
async function sizeOf(file) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await new Promise((loaded, failed) => Object.assign(image, { onload: loaded, onerror: failed }));
  } catch {
    throw new Refusal(
      `${quoted(file.name)} is no picture that this browser can read; choose a ${KNOWN} file.`,
    );
  } finally {
    URL.revokeObjectURL(image.src);
  }
  return [image.naturalWidth, image.naturalHeight];
}

function checkSize({ name, width, height }, scale) {
  const most = Math.max(width, height) * scale;
  const area = width * height * scale ** 2;
  if (most <= MOST_SIDE_PX && area <= MOST_PX) return;
  const limit =
    most > MOST_SIDE_PX
      ? `would be ${most} px wide or high, and browsers show ${MOST_SIDE_PX}`
      : `would have ${megapixels(area)}, and this page takes ${megapixels(MOST_PX)}`;
  throw new Refusal(
    `${quoted(name)} is too large: ${width} × ${height} px (${megapixels(width * height)}); ` +
      `the result at x${scale} ${limit}. In a terminal, superres has no such limit.`,
  );
}

// Upright, in sRGB, on white where it is transparent: bytes of red, green, blue and 255.
async function readPhoto(file, scale) {
  const [width, height] = await sizeOf(file);
  checkSize({ name: file.name, width, height }, scale);
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Refusal(`${quoted(file.name)} is damaged, or of a kind that this browser cannot read.`);
  }
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const read = () => context.getImageData(0, 0, width, height).data;
  let pixels = read();
  let transparent = false;
  for (let alpha = 3; alpha < pixels.length; alpha += 4) transparent ||= pixels[alpha] < 255;
  if (transparent) {
    context.globalCompositeOperation = "destination-over";
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    pixels = read();
  }
  return { name: file.name, width, height, pixels, transparent };
}

// --- files beside the page: scripts, as browsers let no page fetch from a folder ---

const parts = {}; // what the scripts have brought, by their names

function part(name) {
  parts[name] ??= new Promise((done, failed) => {
    const script = make("script", { src: `own/${name}.js` });
    script.onload = () => done(brought[name]);
    script.onerror = () => {
      delete parts[name];
      failed(new Refusal(`own/${name}.js is missing beside this page; copy its whole folder.`));
    };
    document.head.append(script);
  });
  return parts[name];
}

const brought = {};

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

async function unpacked(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}
