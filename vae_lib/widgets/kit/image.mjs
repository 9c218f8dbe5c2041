// A grey picture, ink on paper in the page's colours. It knows no model.
import { node } from "./node.mjs";

/** [red, green, blue] of "#rrggbb". */
export function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/** A canvas of rows × columns pixels: {element, paint}. `paint(pixels, colours)`: 0 is the surface, 1 the ink. */
export function createImage([rows, columns]) {
  const element = node("canvas", { class: "vae-image", role: "img", width: columns, height: rows });
  const context = element.getContext("2d");
  const data = context.createImageData(columns, rows);
  return {
    element,
    paint(pixels, { surface, ink }) {
      const from = rgb(surface);
      const to = rgb(ink);
      for (let p = 0, k = 0; p < pixels.length; p++) {
        const value = pixels[p];
        data.data[k++] = from[0] + value * (to[0] - from[0]) + 0.5;
        data.data[k++] = from[1] + value * (to[1] - from[1]) + 0.5;
        data.data[k++] = from[2] + value * (to[2] - from[2]) + 0.5;
        data.data[k++] = 255;
      }
      context.putImageData(data, 0, 0);
    },
  };
}
