// A picture: grey as ink on paper in the page's colours, or as it is, grey or in colour. It knows no model.
import { node } from "./node.mjs";

/** [red, green, blue] of "#rrggbb". */
export function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/**
 * A canvas of rows × columns pixels: {element, paint}. `paint(pixels, colours)`: 0 is the surface, 1 the ink; of a
 * `photograph`, which a picture of three channels always is, 0 is black and 1 white.
 */
export function createImage([rows, columns, channels = 1], { photograph = false } = {}) {
  const element = node("canvas", { class: "vae-image", role: "img", width: columns, height: rows });
  if (rows !== columns) element.style.aspectRatio = `${columns} / ${rows}`;
  const context = element.getContext("2d");
  const data = context.createImageData(columns, rows);
  return {
    element,
    paint(pixels, { surface, ink }) {
      if (photograph || channels > 1) {
        fillPhotograph(data.data, pixels, channels);
      } else {
        const from = rgb(surface);
        const to = rgb(ink);
        for (let p = 0, k = 0; p < pixels.length; p++) {
          const value = pixels[p];
          data.data[k++] = from[0] + value * (to[0] - from[0]) + 0.5;
          data.data[k++] = from[1] + value * (to[1] - from[1]) + 0.5;
          data.data[k++] = from[2] + value * (to[2] - from[2]) + 0.5;
          data.data[k++] = 255;
        }
      }
      context.putImageData(data, 0, 0);
    },
  };
}

/** Writes a picture of one or three channels, each a plane of its own, into the bytes of an ImageData. */
export function fillPhotograph(bytes, pixels, channels) {
  const size = pixels.length / channels;
  const [green, blue] = channels === 3 ? [size, 2 * size] : [0, 0];
  for (let p = 0, k = 0; p < size; p++) {
    bytes[k++] = pixels[p] * 255 + 0.5;
    bytes[k++] = pixels[p + green] * 255 + 0.5;
    bytes[k++] = pixels[p + blue] * 255 + 0.5;
    bytes[k++] = 255;
  }
}
