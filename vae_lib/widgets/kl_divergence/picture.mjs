// Pictures of two densities and of the divergence's integrand. It knows no reader and no kernel.
//
// A view is {context, width, height, colours, font}, sizes in CSS pixels.
import { gaussianDensity, klIntegrand } from "./arithmetic.mjs";
import { numberText, planeMap } from "../kit/plane.mjs";
import { fillUnder, hatchInside, traceUnder } from "../kit/areas.mjs";
import { strokeLine, writeAt } from "../kit/marks.mjs";

const SHOWN = [-8, 8]; // The z that the pictures reach over, all the same.
const HIGHEST_DENSITY = 1;
const BELOW = 0.3; // The share of an integrand's scale that is shown under the axis.
const FOOT = 18; // Room for the numbers under the lowest picture.

/** The least of 0.5, 1, 2, 5, 10, 20 … that holds `highest`, and `lowest` within what is shown under the axis. */
export function scaleFor(highest, lowest) {
  const least = Math.max(highest, -lowest / BELOW, 0.5) * (1 - 1e-9);
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((times) => times * power >= least) ?? 10);
}

/** q as a line, p as a dashed one. Where q leaves the picture at the top, its height is written. */
export function paintDensities(view, mu, logVar) {
  const { context, width, height, colours, font } = view;
  const map = planeMap([...SHOWN, 0, HIGHEST_DENSITY], width, height - 4);
  paintAxis(view, map);
  const curve = (m, l) => curvePoints(map, width, (z) => gaussianDensity(z, m, l));
  strokeLine(context, curve(0, 0), { colour: colours.ink, thick: 1.5, dash: [6, 4] });
  strokeLine(context, curve(mu, logVar), { colour: colours.blue, thick: 2.5 });
  const peak = gaussianDensity(mu, mu, logVar);
  if (peak <= HIGHEST_DENSITY) return;
  const [x] = map.toPixel([mu, 0]);
  writeAt(context, `↑ ${numberText(peak, 1)}`, [x + 12, 9], { font, colour: colours.blue });
}

/** The integrand of one direction, filled above the axis and hatched below; the square has the area of one nat. */
export function paintIntegrand(view, forward, mu, logVar, numbered) {
  const { context, width, height, colours, font } = view;
  const at = (z) => klIntegrand(forward, z, mu, logVar);
  const heights = curvePoints(planeMap([...SHOWN, -1, 0], width, 1), width, at).map(([, y]) => -y);
  const scale = scaleFor(Math.max(...heights), Math.min(...heights));
  const map = planeMap([...SHOWN, -BELOW * scale, 1.15 * scale], width, height - (numbered ? FOOT : 0));
  const points = curvePoints(map, width, at);
  const [, axis] = map.toPixel([0, 0]);
  const [, top] = map.toPixel([0, scale]);
  fillUnder(context, points.map(([x, y]) => [x, Math.min(y, axis)]), axis, colours.blueArea);
  traceUnder(context, points.map(([x, y]) => [x, Math.max(y, axis)]), axis);
  hatchInside(context, [0, axis, width, height], { colour: colours.vermilion, thick: 1.6, gap: 5 });
  paintAxis(view, map, numbered);
  strokeLine(context, points, { colour: colours.ink, thick: 1.5 });
  const name = forward ? "q log(q/p)" : "p log(p/q)";
  writeAt(context, name, [5, axis + 12], { font, colour: colours.ink, italic: true, halo: colours.surface });
  strokeLine(context, [[0, top], [5, top]], { colour: colours.muted });
  writeAt(context, String(scale), [8, top], { font, colour: colours.muted });
  // One unit of z times one of height, drawn as the square of that area, whatever the scale.
  const side = Math.sqrt(map.scale * ((axis - top) / scale));
  context.strokeStyle = colours.muted;
  context.lineWidth = 1;
  context.strokeRect(width - side - 1.5, top + 0.5, side, side);
  writeAt(context, "1 nat", [width - side - 6, top + 6], { font, colour: colours.muted, align: "right" });
}

function paintAxis({ context, width, height, colours, font }, map, numbered) {
  const [, y] = map.toPixel([0, 0]);
  strokeLine(context, [[0, y], [width, y]], { colour: colours.muted });
  for (let z = SHOWN[0] + 2; z < SHOWN[1]; z += 2) {
    const [x] = map.toPixel([z, 0]);
    strokeLine(context, [[x, y - 3], [x, y + 3]], { colour: colours.muted });
    if (numbered) writeAt(context, numberText(z, 0), [x, height - 8], { font, colour: colours.muted, align: "center" });
  }
  if (numbered) writeAt(context, "z", [width - 4, height - 9], { font, colour: colours.ink, italic: true, align: "right" });
}

/** The curve of f in pixels, a point every half pixel: a needle must not fall between two. */
function curvePoints(map, width, f) {
  const count = Math.max(2, Math.round(2 * width));
  const [from, to] = SHOWN;
  return Array.from({ length: count + 1 }, (_, i) => {
    const z = from + ((to - from) * i) / count;
    return map.toPixel([z, f(z)]);
  });
}
