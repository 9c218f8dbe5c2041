// Pictures of a curve g, of the density that it is given and of the one it makes. It knows no reader and no kernel.
//
// A view is {context, width, height, colours, font}, sizes in CSS pixels; `extent` is [left, right, bottom, top], the
// first two for z, the others for x.
import CONSTANTS from "./constants.json" with { type: "json" };
import { SIXTEENTHS, curveThrough, pushedDensity, standardNormal } from "./arithmetic.mjs";
import { fillDisc } from "../kit/shapes.mjs";
import { numberText, planeMap } from "../kit/plane.mjs";
import { strokeLine, writeAt } from "../kit/marks.mjs";

const SCALES = CONSTANTS.scales; // What the longest bar of the density of x may stand for.
const MARGIN = 0.9; // The share of the picture that the scale fills.

/** Paints g with its points, and where it leads the borders of 16 equally probable parts of z. */
export function paintCurve(view, extent, points, selected) {
  const { context, width, height, colours, font } = view;
  const map = planeMap(extent, width, height);
  const curve = curveThrough(points);
  paintGrid(view, map, extent);
  for (const z of SIXTEENTHS) {
    const corner = map.toPixel([z, curve.at(z)]);
    strokeLine(context, [[corner[0], height], corner, [width, corner[1]]], { colour: `${colours.blue}66` });
  }
  const line = Array.from({ length: Math.round(width) + 1 }, (_, x) => {
    const [z] = map.toPlane([x, 0]);
    return map.toPixel([z, curve.at(z)]);
  });
  strokeLine(context, line, { colour: colours.ink, thick: 2.5 });
  points.forEach((point, k) => {
    const [x, y] = map.toPixel(point);
    if (k !== selected) fillDisc(context, [x, y], 7, colours.surface, colours.ink, 2);
    const text = { font, colour: colours.ink, halo: colours.surface, size: 13, align: "center" };
    writeAt(context, String(k + 1), [x - 13, y - 13], text);
  });
}

function paintGrid({ context, width, height, colours, font }, map, [left, right, bottom, top]) {
  const plain = { font, colour: colours.muted, halo: colours.surface };
  for (let tick = Math.ceil(left); tick <= right; tick++) {
    const [x] = map.toPixel([tick, 0]);
    strokeLine(context, [[x, 0], [x, height]], { colour: colours.line });
  }
  for (let tick = Math.ceil(bottom); tick <= top; tick++) {
    const [, y] = map.toPixel([0, tick]);
    strokeLine(context, [[0, y], [width, y]], { colour: colours.line });
    // Not where the axis has its name.
    if (tick < top - 0.5) writeAt(context, numberText(tick, 0), [5, y - 8], plain);
  }
  writeAt(context, "x = g(z)", [5, 12], { font, colour: colours.ink, size: 14, italic: true, halo: colours.surface });
}

/** Paints p(z), under the curve: the shares of the samples as bars, the formula as a line. */
export function paintGiven(view, [left, right], shares) {
  const { context, width, height, colours, font } = view;
  const foot = height - 18;
  const map = planeMap([left, right, 0, 0.55], width, foot);
  const step = (right - left) / shares.bins.length;
  context.fillStyle = colours.amberArea;
  shares.bins.forEach((share, k) => {
    const [x, y] = map.toPixel([left + k * step, share / step]);
    context.fillRect(x, y, step * map.scale - 1, foot - y);
  });
  const line = Array.from({ length: Math.round(width) + 1 }, (_, x) => {
    const [z] = map.toPlane([x, 0]);
    return map.toPixel([z, standardNormal(z)]);
  });
  strokeLine(context, line, { colour: colours.blue, thick: 2.5 });
  strokeLine(context, [[0, foot], [width, foot]], { colour: colours.muted });
  for (let tick = Math.ceil(left); tick <= right; tick++) {
    const [x] = map.toPixel([tick, 0]);
    strokeLine(context, [[x, foot], [x, foot + 4]], { colour: colours.muted });
    writeAt(context, numberText(tick, 0), [x, height - 7], { font, colour: colours.muted, align: "center" });
  }
  writeAt(context, "p(z)", [5, 12], { font, colour: colours.blue, size: 14, italic: true });
}

/** The scale on which the longest bar, and at least a half, has room. */
export function barScale(shares, step) {
  const longest = Math.max(...shares.bins) / step;
  return SCALES.find((scale) => longest <= scale) ?? longest;
}

/** Paints p(x), lying on its side beside the curve. Where the formula leaves the picture, it is cut. */
export function paintMade(view, [bottom, top], points, shares) {
  const { context, width, height, colours, font } = view;
  const step = (top - bottom) / shares.bins.length;
  const scale = barScale(shares, step);
  const map = planeMap([0, scale / MARGIN, bottom, top], width, height);
  const curve = curveThrough(points);
  context.fillStyle = colours.amberArea;
  shares.bins.forEach((share, k) => {
    const [x, y] = map.toPixel([share / step, bottom + (k + 1) * step]);
    context.fillRect(0, y, x, (step / (top - bottom)) * height - 1);
  });
  const line = Array.from({ length: Math.round(2 * height) + 1 }, (_, k) => {
    // A little off the round numbers, on which points stand, where the density may be infinite.
    const [, x] = map.toPlane([0, k / 2 + 0.013]);
    return map.toPixel([Math.min(pushedDensity(curve, x), 2 * scale), x]);
  });
  strokeLine(context, line, { colour: colours.blue, thick: 2.5 });
  strokeLine(context, [[0, 0], [0, height]], { colour: colours.muted, thick: 2 });
  const [end] = map.toPixel([scale, 0]);
  strokeLine(context, [[end, height], [end, height - 6]], { colour: colours.muted });
  const plain = { font, colour: colours.muted, halo: colours.surface, align: "center" };
  writeAt(context, String(scale), [end, height - 14], plain);
  writeAt(context, "p(x)", [8, 12], { font, colour: colours.blue, size: 14, italic: true, halo: colours.surface });
}
