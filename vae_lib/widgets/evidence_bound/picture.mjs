// The densities over z, and the two bars beside them, as pictures. It knows no reader and no kernel.
//
// A view is {context, width, height, colours, font}, sizes in CSS pixels.
import CONSTANTS from "./constants.json" with { type: "json" };
import { fillUnder, hatchInside } from "../kit/areas.mjs";
import { logLikelihood, logPrior } from "./arithmetic.mjs";
import { numberText, planeMap } from "../kit/plane.mjs";
import { strokeArrow, strokeLine, writeAt } from "../kit/marks.mjs";

const LOWEST = CONSTANTS.lowest; // Nats at the foot of the bars.
const HEAD = 24; // Room over the bars for the number of log p(x), and under them for their names.
const FOOT = 20;

/** The true posterior as an area, the prior dashed, q as a line, over the z of `extent`. */
export function paintPosterior(view, extent, { mu, sigma, x }, evidence) {
  const { context, width, height, colours, font } = view;
  const map = planeMap(extent, width, height);
  const curve = (logDensity) =>
    // A point every half pixel: a narrow hump must not fall between two.
    Array.from({ length: Math.round(2 * width) + 1 }, (_, i) => {
      const z = extent[0] + ((extent[1] - extent[0]) * i) / Math.round(2 * width);
      return map.toPixel([z, Math.exp(logDensity(z))]);
    });
  const posterior = curve((z) => logPrior(z) + logLikelihood(z, x) - evidence);
  const q = curve((z) => logPrior((z - mu) / sigma) - Math.log(sigma));
  const [, axis] = map.toPixel([0, 0]);
  fillUnder(context, posterior, axis, colours.inkArea);
  fillUnder(context, q, axis, colours.blueWash);
  strokeLine(context, curve(logPrior), { colour: colours.muted, thick: 1.5, dash: [6, 4] });
  strokeLine(context, posterior, { colour: colours.ink, thick: 1.5 });
  strokeLine(context, q, { colour: colours.blue, thick: 2.5 });
  strokeLine(context, [[0, axis], [width, axis]], { colour: colours.muted });
  for (let z = Math.ceil(extent[0]) + 1; z < extent[1] - 1; z++) {
    const [at] = map.toPixel([z, 0]);
    strokeLine(context, [[at, axis], [at, axis + 4]], { colour: colours.muted });
    writeAt(context, numberText(z, 0), [at, axis + 12], { font, colour: colours.muted, align: "center" });
  }
  writeAt(context, "z", [width - 10, axis + 12], { font, colour: colours.ink, italic: true, align: "right" });
  paintLegend(view);
}

function paintLegend({ context, colours, font }) {
  const lines = [
    ["true posterior p(z|x)", { colour: colours.ink, thick: 1.5 }],
    ["prior p(z)", { colour: colours.muted, thick: 1.5, dash: [6, 4] }],
    ["q(z)", { colour: colours.blue, thick: 2.5 }],
  ];
  lines.forEach(([text, line], k) => {
    const y = 16 + 18 * k;
    strokeLine(context, [[10, y], [34, y]], line);
    writeAt(context, text, [40, y], { font, colour: colours.ink, halo: colours.surface });
  });
}

/** The bar of log p(x), which q cannot move, and beside it ELBO and gap, which share it. */
export function paintBars(view, { evidence, bound }) {
  const { context, width, height, colours, font } = view;
  const y = (nats) => HEAD + ((height - HEAD - FOOT) * Math.max(nats, LOWEST)) / LOWEST;
  const [bottom, top] = [y(LOWEST), y(evidence)];
  for (let nats = LOWEST; nats <= 0; nats += 2) {
    strokeLine(context, [[24, y(nats)], [width, y(nats)]], { colour: colours.line });
    writeAt(context, numberText(nats, 0), [20, y(nats)], { font, colour: colours.muted, align: "right" });
  }
  const side = (width - 24 - 18) / 2;
  const [left, right] = [30, 30 + side + 8];
  fillBox(context, [left, top, side, bottom - top], colours.inkArea, colours.ink);
  fillBox(context, [right, y(bound), side, bottom - y(bound)], colours.blueWash, colours.blue);
  hatchBox(context, [right, top, side, y(bound) - top], colours.vermilion);
  strokeLine(context, [[left - 4, top], [width, top]], { colour: colours.ink, thick: 2 });
  const word = { font, colour: colours.ink, align: "center" };
  writeAt(context, numberText(evidence, 2), [left + side / 2, top - 9], word);
  writeAt(context, "log p", [left + side / 2, bottom + 11], word);
  writeAt(context, "ELBO", [right + side / 2, bottom + 11], { ...word, colour: colours.blue });
  if (y(bound) - top > 20) {
    writeAt(context, "KL", [right + side / 2, (top + y(bound)) / 2], { ...word, halo: colours.surface });
  }
  if (bound >= LOWEST) return;
  // The ELBO lies under the picture's foot.
  const middle = right + side / 2;
  strokeArrow(context, [middle, bottom - 26], [middle, bottom - 2], { colour: colours.blue });
}

function fillBox(context, [x, y, width, height], fill, edge) {
  context.fillStyle = fill;
  context.fillRect(x, y, width, height);
  context.strokeStyle = edge;
  context.lineWidth = 1.5;
  context.strokeRect(x, y, width, height);
}

function hatchBox(context, [x, y, width, height], colour) {
  if (height <= 0) return;
  context.beginPath();
  context.rect(x, y, width, height);
  hatchInside(context, [x, y, width, height], { colour, thick: 2, gap: 6 });
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.strokeRect(x, y, width, height);
}
