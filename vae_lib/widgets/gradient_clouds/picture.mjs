// Three square pictures: the samples on the hills of h, and two clouds of gradients. It knows no reader and no kernel.
//
// All `paint…` functions take a view: {context, width, height, colours, font}, sizes in CSS pixels.
import { numberText, planeMap, ticksBetween } from "../kit/plane.mjs";
import { rgb } from "../kit/image.mjs";
import { clearTo, strokeArrow, strokeLine, writeAt } from "../kit/marks.mjs";
import { fillDiamond, fillDisc, fillDots, strokeCross, strokeEllipse } from "../kit/shapes.mjs";

const DOT = 1.9;
const LARGE = 4;
const BANDS = 9; // Steps of grey from the lowest to the highest h.
const FINE = 2; // CSS pixels of the hills.

/** The hills of h as a canvas of bands, to be laid under the samples. */
export function paintedHills(f, extent, width, height, { surface, hill }) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height].map((each) => Math.max(1, Math.round(each / FINE)));
  const map = planeMap(extent, canvas.width, canvas.height);
  const values = [];
  for (let y = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++) values.push(f(map.toPlane([x + 0.5, y + 0.5])));
  }
  const least = values.reduce((a, b) => Math.min(a, b));
  const range = values.reduce((a, b) => Math.max(a, b)) - least;
  const [from, to] = [rgb(surface), rgb(hill)];
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  values.forEach((value, i) => {
    const share = Math.min(Math.floor((BANDS * (value - least)) / range), BANDS - 1) / (BANDS - 1);
    for (let k = 0; k < 3; k++) image.data[4 * i + k] = from[k] + share * (to[k] - from[k]) + 0.5;
    image.data[4 * i + 3] = 255;
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

/** The samples over the hills, an ellipse of one σ, and for the followed draws the way σ⊙ε from μ. */
export function paintSamples(view, extent, { hills, z, followed, mu, sigma }) {
  const { context, width, height, colours, font } = view;
  const map = planeMap(extent, width, height);
  context.drawImage(hills, 0, 0, width, height);
  ticks(view, map, extent);
  deviation(view, map, mu, sigma);
  fillDots(context, z.map(map.toPixel), { radius: DOT, colour: colours.ink });
  const start = map.toPixel(mu);
  followed.forEach((i, k) => {
    strokeLine(context, [start, map.toPixel(z[i])], { colour: colours.traces[k], thick: 2 });
    fillDisc(context, map.toPixel(z[i]), LARGE, colours.traces[k], colours.surface);
  });
  const name = { font, colour: colours.ink, size: 14, italic: true, halo: colours.surface };
  writeAt(context, "z₁", [width - 22, height - 11], name);
  writeAt(context, "z₂", [7, 12], name);
}

/** A cloud of gradients on a square of half side `side`: its mean with one deviation around it, and the exact gradient. */
export function paintCloud(view, side, { cloud, followed, mean, spread, exact }) {
  const { context, width, height, colours, font } = view;
  const extent = [-side, side, -side, side];
  const map = planeMap(extent, width, height);
  clearTo(context, width, height, colours.surface);
  const [x, y] = map.toPixel([0, 0]).map((each) => Math.round(each) + 0.5);
  strokeLine(context, [[x, 0], [x, height]], { colour: colours.line });
  strokeLine(context, [[0, y], [width, y]], { colour: colours.line });
  fillDots(context, cloud.map(map.toPixel), { radius: DOT, colour: colours.ink });
  followed.forEach((i, k) => fillDisc(context, map.toPixel(cloud[i]), LARGE, colours.traces[k], colours.surface));
  deviation(view, map, mean, spread, colours.blue);
  strokeArrow(context, [x, y], map.toPixel(exact), { colour: colours.vermilion, thick: 2.5, head: 9 });
  strokeCross(context, map.toPixel(exact), 8, { colour: colours.vermilion, rim: colours.surface });
  fillDiamond(context, map.toPixel(mean), 6, colours.blue, colours.surface);
  const plain = { font, colour: colours.muted, size: 11, halo: colours.surface };
  writeAt(context, sideText(side), [width - 4, y - 8], { ...plain, align: "right" });
  writeAt(context, sideText(-side), [4, y - 8], plain);
  const outside = cloud.filter((point) => point.some((each) => Math.abs(each) > side)).length;
  if (outside) writeAt(context, `${outside} outside`, [width - 4, height - 9], { ...plain, align: "right" });
}

function sideText(side) {
  return numberText(side, Math.max(0, -Math.floor(Math.log10(Math.abs(side)) + 1e-9)));
}

function ticks({ context, width, height, colours, font }, map, extent) {
  const plain = { font, colour: colours.muted, size: 11, halo: colours.surface };
  for (const tick of ticksBetween(extent[0], extent[1], 7)) {
    const [x] = map.toPixel([tick, 0]);
    if (x > 14 && x < width - 30) writeAt(context, numberText(tick, 0), [x, height - 9], { ...plain, align: "center" });
  }
  for (const tick of ticksBetween(extent[2], extent[3], 7)) {
    const [, y] = map.toPixel([0, tick]);
    if (y > 26 && y < height - 22) writeAt(context, numberText(tick, 0), [7, y], plain);
  }
}

function deviation({ context, colours }, map, centre, radii, colour = colours.ink) {
  const [x, y] = map.toPixel(centre);
  const [right, top] = map.toPixel(centre.map((each, k) => each + radii[k]));
  strokeEllipse(context, [x, y], [right - x, y - top], { colour, dash: [5, 3] });
}
