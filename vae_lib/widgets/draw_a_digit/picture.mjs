// A posterior on the latent plane, and a drawing's error and KL among those of held-out digits, as pictures. It knows
// no model and no reader.
import { planeMap } from "../kit/plane.mjs";
import { clearTo, strokeLine, writeAt } from "../kit/marks.mjs";
import { paintPlane } from "../kit/plane_picture.mjs";

const LEAST_SEEN = 2.5; // CSS pixels: a smaller ellipse would not be seen.
const EVERY = 5; // Of the percentiles: one by one their density is ragged.

/** Paints the plane and, where something is drawn, the posterior on it, in the colour of the class it is read as. */
export function paintCode({ context, width, height, colours, font }, extent, { label, mu, logVar }) {
  const ground = { extent, codes: [], labels: null, medians: [], prior: true, mosaic: null };
  paintPlane(context, width, height, { ...ground, colours, font });
  if (mu) paintPosterior(context, planeMap(extent, width, height), mu, logVar, colours.classes[label]);
}

/** Paints the ellipses of one and two standard deviations of q = N(mu, exp(logVar)). */
function paintPosterior(context, map, mu, logVar, colour) {
  const [x, y] = map.toPixel(mu);
  for (const deviations of [2, 1]) {
    const [across, up] = logVar.map((each) => Math.max(LEAST_SEEN * deviations, deviations * Math.exp(0.5 * each) * map.scale));
    context.beginPath();
    context.ellipse(x, y, across, up, 0, 0, 2 * Math.PI);
    context.globalAlpha = 0.25;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.stroke();
  }
}

/**
 * Paints where a value lies among `quantiles` at equal steps of probability: their density as a hill, and a line at the
 * value, with an arrow's head at the edge where it lies beyond.
 */
export function paintAmong({ context, width, height, colours, font }, quantiles, value) {
  const [foot, head] = [height - 15, 4];
  const least = Math.min(0, quantiles[0]);
  // Room for values as far again beyond the largest as that is from the median.
  const most = quantiles[quantiles.length - 1] * 1.25;
  const x = (each) => 2 + ((Math.min(each, most) - least) / (most - least)) * (width - 8);
  clearTo(context, width, height, colours.surface);
  const some = quantiles.filter((_, k) => k % EVERY === 0);
  const density = some.slice(1).map((each, k) => 1 / Math.max(each - some[k], 1e-9));
  const highest = Math.max(...density);
  context.fillStyle = colours.line;
  density.forEach((each, k) => {
    const up = (each / highest) * (foot - head);
    context.fillRect(x(some[k]), foot - up, x(some[k + 1]) - x(some[k]) + 0.5, up);
  });
  strokeLine(context, [[0, foot + 0.5], [width, foot + 0.5]], { colour: colours.muted });
  const style = { font, size: 11, colour: colours.muted };
  for (const [name, percent] of [["half", 50], ["99 %", 99]]) {
    const at = x(quantiles[Math.round((percent / 100) * (quantiles.length - 1))]);
    strokeLine(context, [[at, foot], [at, foot + 4]], { colour: colours.muted });
    writeAt(context, name, [at, height - 5], { ...style, align: "center" });
  }
  if (value === null) return;
  const at = x(value);
  strokeLine(context, [[at, head - 4], [at, foot]], { colour: colours.ink, thick: 3 });
  if (value > most) strokeLine(context, [[at - 6, head + 2], [at + 3, head + 8], [at - 6, head + 14]], { colour: colours.ink, thick: 3 });
}
