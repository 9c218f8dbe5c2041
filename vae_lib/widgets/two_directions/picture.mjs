// The target with both fits, and the plane on which the reverse fit is found. It knows no reader and no kernel.
//
// A view is {context, width, height, colours, font}, sizes in CSS pixels.
import CONSTANTS from "./constants.json" with { type: "json" };
import { fillDisc } from "../kit/shapes.mjs";
import { fillUnder } from "../kit/areas.mjs";
import { levelSegments } from "../kit/level_lines.mjs";
import { logTarget } from "./arithmetic.mjs";
import { numberText, planeMap } from "../kit/plane.mjs";
import { paintGaussianScales } from "../kit/gaussian_plane.mjs";
import { strokeLine, writeAt } from "../kit/marks.mjs";

export const SPAN = CONSTANTS.span; // The x of the densities.
const FOOT = 18;
const DEVIATIONS = { "σ = ½": 0.5, "σ = 1": 1, "σ = 2": 2, "σ = 4": 4 };

/** The target as a filled shape, the forward fit dashed, the reverse fit as a line, all other valleys thin. */
export function paintFits(view, target, { forward, reverse, valleys }) {
  const { context, width, height, colours, font } = view;
  const bell = ([mu, logVar]) => (x) => Math.exp(-0.5 * ((x - mu) ** 2 * Math.exp(-logVar) + logVar + Math.log(2 * Math.PI)));
  const curves = [(x) => Math.exp(logTarget(target, x).log), ...[forward, reverse, ...valleys].map(bell)];
  const peaks = [target.left, target.right, ...[forward, reverse].map(([mu]) => mu)];
  const highest = Math.max(...peaks.map((x) => Math.max(...curves.slice(0, 3).map((curve) => curve(x)))));
  const map = planeMap([...SPAN, 0, 1.12 * highest], width, height - FOOT);
  const points = (curve) =>
    Array.from({ length: 401 }, (_, i) => {
      const x = SPAN[0] + ((SPAN[1] - SPAN[0]) * i) / 400;
      return map.toPixel([x, curve(x)]);
    });
  const [shape, wide, found, ...others] = curves.map(points);
  fillUnder(context, shape, height - FOOT, colours.line);
  strokeLine(context, shape, { colour: colours.muted });
  for (const other of others) strokeLine(context, other, { colour: colours.blue, thick: 1, dash: [2, 3] });
  strokeLine(context, wide, { colour: colours.vermilion, thick: 2.5, dash: [8, 4] });
  strokeLine(context, found, { colour: colours.blue, thick: 2.5 });
  strokeLine(context, [[0, height - FOOT], [width, height - FOOT]], { colour: colours.muted });
  for (let x = SPAN[0] + 1; x < SPAN[1]; x++) {
    const [at] = map.toPixel([x, 0]);
    strokeLine(context, [[at, height - FOOT], [at, height - FOOT + 3]], { colour: colours.muted });
    if (x % 2 === 0) writeAt(context, numberText(x, 0), [at, height - 8], { font, colour: colours.muted, align: "center" });
  }
  writeAt(context, "x", [width - 4, height - 9], { font, colour: colours.ink, italic: true, align: "right" });
}

/** The segments of all lines of equal value, as shares of the plane: x from the left, y from the top. */
export function contours(landscape) {
  const [columns, rows] = [landscape[0].length - 1, landscape.length - 1];
  const place = ([i, j]) => [i / columns, 1 - j / rows];
  return CONSTANTS.levels.flatMap((level) => levelSegments(landscape, level).map(([from, to]) => [place(from), place(to)]));
}

/**
 * Lines of equal KL(q ‖ p), as `contours` gives them, its valleys, the forward fit as a cross, and the path from the
 * start to the reverse fit.
 */
export function paintPlane(view, extent, lines, { forward, valleys, path }) {
  const { context, width, height, colours } = view;
  const map = planeMap(extent, width, height);
  // A path through all segments of a level is one stroke: a stroke for each would take too long.
  context.strokeStyle = colours.muted;
  context.lineWidth = 1;
  context.beginPath();
  for (const [from, to] of lines) {
    context.moveTo(from[0] * width, from[1] * height);
    context.lineTo(to[0] * width, to[1] * height);
  }
  context.stroke();
  paintGaussianScales(view, map, extent, DEVIATIONS);
  for (const valley of valleys) fillDisc(context, map.toPixel(valley), 4, colours.surface, colours.blue, 2);
  const line = path.map(map.toPixel);
  strokeLine(context, line, { colour: colours.surface, thick: 6 });
  strokeLine(context, line, { colour: colours.blue, thick: 3 });
  fillDisc(context, line.at(-1), 6, colours.blue, colours.blue, 2);
  const [x, y] = map.toPixel(forward);
  for (const [thick, colour] of [[6, colours.surface], [3, colours.vermilion]]) {
    strokeLine(context, [[x - 7, y - 7], [x + 7, y + 7]], { colour, thick });
    strokeLine(context, [[x - 7, y + 7], [x + 7, y - 7]], { colour, thick });
  }
}
