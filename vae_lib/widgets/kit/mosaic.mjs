// The plane as a mosaic of what is decoded at each place, made when the browser has nothing else to do.
import { decode } from "./dense.mjs";
import { fillPhotograph, rgb } from "./image.mjs";
import { node } from "./node.mjs";

// Milliseconds: of work between two chances for the browser to do something more urgent, of waiting for an idle moment
// that does not come, and between two looks at what has grown, because painting costs more than decoding.
const SLICE = 6;
const IDLE_WAIT = 50;
const BETWEEN_LOOKS = 150;

/**
 * A mosaic of `tiles` pictures along the shorter side: {canvas, start, stop, tint}. `grown` is called
 * as it grows. Its pixels are ink of the picture's strength on nothing, so that it lies under the codes on any ground;
 * those of a `photograph`, and of three channels, are as they are.
 */
export function createMosaic({ layers, image, photograph, extent, tiles, ink, grown }) {
  const [left, right, bottom, top] = extent;
  const [height, width, channels = 1] = image;
  const asItIs = photograph || channels > 1;
  const shorter = Math.min(right - left, top - bottom);
  const columns = Math.round((tiles * (right - left)) / shorter);
  // As many rows as leave each picture its own shape.
  const rows = Math.max(1, Math.round((tiles * (top - bottom) * width) / (shorter * height)));
  const canvas = node("canvas", { width: columns * width, height: rows * height });
  const context = canvas.getContext("2d");
  const tile = context.createImageData(width, height);
  let next = 0;
  let handle = 0;
  let looked = 0;
  const dip = (colour) => {
    const [red, green, blue] = rgb(colour);
    for (let k = 0; k < tile.data.length; k += 4) {
      tile.data[k] = red;
      tile.data[k + 1] = green;
      tile.data[k + 2] = blue;
    }
  };
  const drawTile = (index) => {
    const column = index % columns;
    const row = Math.floor(index / columns);
    const z1 = left + ((column + 0.5) / columns) * (right - left);
    const z2 = top - ((row + 0.5) / rows) * (top - bottom);
    const pixels = decode(layers, [z1, z2]);
    if (asItIs) fillPhotograph(tile.data, pixels, channels);
    else for (let p = 0; p < pixels.length; p++) tile.data[4 * p + 3] = pixels[p] * 255 + 0.5;
    context.putImageData(tile, column * width, row * height);
  };
  const later = (work) => (handle = globalThis.requestIdleCallback?.(work, { timeout: IDLE_WAIT }) ?? setTimeout(work));
  const slice = () => {
    handle = 0;
    const until = performance.now() + SLICE;
    do drawTile(next++);
    while (next < columns * rows && performance.now() < until);
    const done = next >= columns * rows;
    if (done || performance.now() - looked > BETWEEN_LOOKS) {
      looked = performance.now();
      grown();
    }
    if (!done) later(slice);
  };
  const stop = () => {
    (globalThis.cancelIdleCallback ?? clearTimeout)(handle);
    handle = 0;
  };
  dip(ink);
  return {
    canvas,
    start() {
      if (!handle && next < columns * rows) later(slice);
    },
    stop,
    tint(other) {
      if (asItIs) return;
      dip(other);
      context.globalCompositeOperation = "source-in";
      context.fillStyle = other;
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.globalCompositeOperation = "source-over";
    },
  };
}
