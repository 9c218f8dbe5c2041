// The simplex of three classes with its draws, on a canvas. It knows no reader and no kernel.
import { planeMap } from "../kit/plane.mjs";
import { clearTo, strokeLine, writeAt } from "../kit/marks.mjs";
import { strokeCross } from "../kit/shapes.mjs";
import { toTriangle } from "./arithmetic.mjs";

const CORNERS = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
const SIZE = 2.6; // CSS pixels of a draw's mark, from its middle.
const RING = 26; // CSS pixels of the radius of a ring that stands for all draws.
const MIDDLE = 19; // CSS pixels of an arm of the mean's cross, longer than the pad's ring is wide.

/** The colours of the three classes. A class is also told by the shape of its marks. */
export function classColours({ blue, vermilion, magenta }) {
  return [blue, vermilion, magenta];
}

/** The triangle, every draw in the mark of the class it wins for, a ring at each corner for its wins, and the mean. */
export function paintSimplex({ context, width, height, colours, font }, extent, { points, winners, won, mean }) {
  const map = planeMap(extent, width, height);
  const at = (shares) => map.toPixel(toTriangle(shares));
  const classes = classColours(colours);
  clearTo(context, width, height, colours.surface);
  const corners = CORNERS.map(at);
  strokeLine(context, [...corners, corners[0]], { colour: colours.muted, thick: 1.2 });
  const rings = won.map((count) => RING * Math.sqrt(count / points.length));
  corners.forEach(([x, y], k) => {
    context.beginPath();
    context.arc(x, y, rings[k], 0, 2 * Math.PI);
    context.strokeStyle = classes[k];
    context.lineWidth = 2;
    context.stroke();
  });
  context.globalAlpha = 0.6;
  points.forEach((point, i) => mark(context, winners[i], at(point), SIZE, classes[winners[i]]));
  context.globalAlpha = 1;
  strokeCross(context, at(mean), MIDDLE, { colour: colours.ink, rim: colours.surface, thick: 2.5, halo: 5 });
  const places = [[corners[0], 1], [corners[1], 1], [corners[2], -1]];
  places.forEach(([[left, top], below], k) => {
    const words = { font, colour: colours.ink, size: 13, align: "center", halo: colours.surface };
    writeAt(context, `class ${k + 1}: ${won[k]}`, [left, top + below * (RING + 5)], words);
  });
}

/** A disc for class 1, a square for class 2, a triangle for class 3. */
export function mark(context, kind, [x, y], size, colour) {
  context.fillStyle = colour;
  context.beginPath();
  if (kind === 0) context.arc(x, y, size, 0, 2 * Math.PI);
  else if (kind === 1) context.rect(x - 0.9 * size, y - 0.9 * size, 1.8 * size, 1.8 * size);
  else {
    context.moveTo(x, y - 1.3 * size);
    context.lineTo(x + 1.2 * size, y + 0.9 * size);
    context.lineTo(x - 1.2 * size, y + 0.9 * size);
  }
  context.fill();
}
