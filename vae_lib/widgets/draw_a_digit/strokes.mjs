// Turns strokes of a pen into a picture as MNIST's digits are: scaled, centred, antialiased. It knows no page, no model.
//
// A stroke is a list of points [x, y] on a square sheet, each from 0 to 1, y downwards. strokes.py does the same, and
// says where the numbers come from.
import CONSTANTS from "./constants.json" with { type: "json" };

const SIDE = CONSTANTS.side;
const PEN = CONSTANTS.pen;
const CENTRE = CONSTANTS.centre;

/** The pixels of the picture, row by row, 0 for paper and 1 for ink; all paper where there is no stroke. */
export function renderStrokes(strokes) {
  const lines = strokes.filter((stroke) => stroke.length);
  if (!lines.length) return new Float32Array(SIDE * SIDE);
  const { scale, middle } = fitted(lines.flat());
  const place = (line) => line.map((point) => point.map((value, axis) => (value - middle[axis]) * scale + CENTRE));
  const placed = lines.map(place);
  // Where the ink's centre of mass lies is known only once there is ink.
  const mass = centreOfMass(ink(placed));
  return ink(placed.map((line) => line.map((point) => point.map((value, axis) => value + CENTRE - mass[axis]))));
}

/** How the pen's lines fit into the box: {scale, middle}. */
function fitted(points) {
  const spans = [0, 1].map((axis) => {
    const values = points.map((point) => point[axis]);
    return [Math.min(...values), Math.max(...values)];
  });
  const longest = Math.max(...spans.map(([low, high]) => high - low), CONSTANTS.least);
  return { scale: (CONSTANTS.box - 2 * PEN) / longest, middle: spans.map(([low, high]) => (low + high) / 2) };
}

/** The mean place [x, y] of the ink, where the picture's first pixel reaches from 0 to 1. */
export function centreOfMass(pixels) {
  let [total, across, down] = [0, 0, 0];
  pixels.forEach((value, k) => {
    total += value;
    across += value * ((k % SIDE) + 0.5);
    down += value * (Math.floor(k / SIDE) + 0.5);
  });
  return [across / total, down / total];
}

/** How much of each pixel the pen covers: its edge is a ramp one pixel wide around the pen's radius. */
function ink(lines) {
  const pixels = new Float32Array(SIDE * SIDE);
  for (const line of lines) {
    const last = Math.max(line.length - 1, 1);
    for (let k = 0; k < last; k++) cover(pixels, line[k], line[k + 1] ?? line[k]);
  }
  return pixels;
}

/** Lays one segment of the pen's way over the pixels it reaches. */
function cover(pixels, [x0, y0], [x1, y1]) {
  const reach = PEN + 0.5;
  const first = (a, b) => Math.max(0, Math.floor(Math.min(a, b) - reach - 0.5));
  const last = (a, b) => Math.min(SIDE - 1, Math.ceil(Math.max(a, b) + reach));
  const [dx, dy] = [x1 - x0, y1 - y0];
  const square = Math.max(dx * dx + dy * dy, 1e-12);
  const right = last(x0, x1);
  const bottom = last(y0, y1);
  for (let row = first(y0, y1); row <= bottom; row++) {
    for (let column = first(x0, x1); column <= right; column++) {
      const [px, py] = [column + 0.5 - x0, row + 0.5 - y0];
      const share = Math.min(Math.max((px * dx + py * dy) / square, 0), 1);
      const value = reach - Math.hypot(px - share * dx, py - share * dy);
      const k = row * SIDE + column;
      if (value > pixels[k]) pixels[k] = Math.min(value, 1);
    }
  }
}
