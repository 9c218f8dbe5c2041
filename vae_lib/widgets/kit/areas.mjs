// Areas under lines, filled or hatched, on a canvas, in CSS pixels. It knows nothing of what they stand for.
import { strokeLine } from "./marks.mjs";

/** Makes the area between points [x, y] from left to right and a level floor the context's path. */
export function traceUnder(context, points, floor) {
  context.beginPath();
  context.moveTo(points[0][0], floor);
  for (const point of points) context.lineTo(...point);
  context.lineTo(points.at(-1)[0], floor);
}

/** Fills the area between points, from left to right, and a level floor. */
export function fillUnder(context, points, floor, colour) {
  traceUnder(context, points, floor);
  context.fillStyle = colour;
  context.fill();
}

/** Slanted lines over the box [x, y, width, height], as far as it lies inside the context's path. */
export function hatchInside(context, [x, y, width, height], { colour, thick, gap }) {
  context.save();
  context.clip();
  for (let from = x - height; from < x + width; from += gap) {
    strokeLine(context, [[from, y + height], [from + height, y]], { colour, thick });
  }
  context.restore();
}
