// The plane as a mosaic of what a run decodes at each place, filled a few tiles at a time while its weights move.
// It knows no codes.
import { node } from "../kit/node.mjs";
import { rgb } from "../kit/image.mjs";

const ACROSS = 14; // Tiles.
const AT_ONCE = 4;

/** A mosaic {canvas, whole, stale, dip, fill} of pictures of `side` pixels, over the plane of so many latents. */
export function createGround(side, latents) {
  const rows = latents === 2 ? ACROSS : 1;
  const total = ACROSS * rows;
  const canvas = node("canvas", { width: ACROSS * side, height: rows * side });
  const context = canvas.getContext("2d");
  const tile = context.createImageData(side, side);
  let [next, left] = [0, total];
  const placeOf = (index, [from, to, bottom, top]) => {
    const [column, row] = [index % ACROSS, Math.floor(index / ACROSS)];
    return [from + ((column + 0.5) / ACROSS) * (to - from), top - ((row + 0.5) / rows) * (top - bottom)];
  };
  return {
    canvas,
    get whole() {
      return left === 0;
    },
    /** Says that all tiles are old. */
    stale: () => (left = total),
    /** Paints in this ink from now on. */
    dip(ink) {
      const colour = rgb(ink);
      for (let k = 0; k < tile.data.length; k++) if (k % 4 < 3) tile.data[k] = colour[k % 4];
      left = total;
    },
    /** Decodes old tiles until the page's clock says `until`, some at least, and goes on where it stopped. */
    fill(decoder, extent, label, until) {
      do {
        const some = Array.from({ length: Math.min(AT_ONCE, left) }, (_, k) => (next + k) % total);
        decoder.pictures(
          some.map((index) => placeOf(index, extent)),
          () => label,
          (k, pixels) => {
            for (let p = 0; p < pixels.length; p++) tile.data[4 * p + 3] = pixels[p] * 255 + 0.5;
            context.putImageData(tile, (some[k] % ACROSS) * side, Math.floor(some[k] / ACROSS) * side);
          },
        );
        next = (next + some.length) % total;
        left -= some.length;
      } while (left && performance.now() < until);
    },
  };
}
