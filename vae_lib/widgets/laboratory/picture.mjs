// The latent plane in training: each digit's q(z|x) as an ellipse of one σ, over the plane decoded. It knows no run.
//
// With one latent the plane has μ across and σ upwards, on a log axis: how far each bar reaches is how high it stands.
import { classMedians } from "../kit/codes.mjs";
import { clearTo, strokeLine, writeAt } from "../kit/marks.mjs";
import { fillDots, strokeEllipse } from "../kit/shapes.mjs";
import { paintAxes, paintMosaic, paintNames, paintPrior, paintTicks } from "../kit/plane_picture.mjs";
import { planeMap } from "../kit/plane.mjs";

const SIDES = [3.5, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000];
const OUTSIDE = 0.02; // The share of digits that the plane may leave out.
const LOG_SIGMA = [-4, 1]; // The powers of ten that the plane of one latent shows.
const DOT = 1.7; // CSS pixels: a smaller ellipse is a dot, so that it can be seen.

/**
 * Half the side of the plane that shows the codes {mu, sigma}: the next of a few sizes when they reach beyond `side`,
 * and a smaller one only when they fill less than half of it, so that the plane does not flicker between two.
 */
export function sideFor({ mu, sigma }, count, side) {
  const reaches = Float32Array.from(
    { length: count },
    (_, k) => Math.abs(mu[k]) + (Number.isFinite(sigma[k]) ? sigma[k] : 0),
  );
  reaches.sort();
  const reach = reaches[Math.max(0, Math.ceil((1 - OUTSIDE) * count) - 1)] ?? 0;
  if (reach <= side && reach >= side / 2.2) return side;
  const least = reach > side ? reach : 1.15 * reach;
  return SIDES.find((each) => each >= least) ?? SIDES.at(-1);
}

/** [left, right, bottom, top] of the plane of that half side. */
export function extentOf(side, latents) {
  return latents === 2 ? [-side, side, -side, side] : [-side, side, ...LOG_SIGMA];
}

/**
 * Paints the plane: `codes` {mu, sigma} of digits with these `labels`, and `chosen`, one of them that stands out. A
 * `view` is {context, width, height, colours, font}; `mosaic` a canvas to lay below, or null; `noise` says whether σ
 * means something.
 */
export function paintCodes(view, { extent, latents, codes, labels, chosen, noise, mosaic }) {
  const { context, width, height, colours } = view;
  const seen = { ...view, map: planeMap(extent, width, height), extent };
  clearTo(context, width, height, colours.surface);
  if (latents === 1) return paintLine(seen, { codes, labels, chosen, noise, mosaic });
  if (mosaic) paintMosaic(seen, mosaic);
  paintAxes(seen);
  paintEllipses(seen, { codes, labels, noise });
  if (noise) paintPrior(seen);
  paintTicks(seen, true);
  paintNames(seen, classMedians(codes.mu.subarray(0, 2 * labels.length), labels));
  if (chosen !== null) ring(seen, codes, chosen, noise);
}

/** Where a digit's ellipse lies, in pixels: its middle, and its half axes. */
function ellipseAt({ map, extent, height }, { mu, sigma }, k, noise) {
  const middle = map.toPixel([mu[2 * k], mu[2 * k + 1]]);
  const down = height / (extent[3] - extent[2]);
  const radii = noise ? [sigma[2 * k] * map.scale, sigma[2 * k + 1] * down] : [0, 0];
  return [middle, radii];
}

/** All ellipses of a class in one path: two hundred paths of their own would cost three times as much. */
function paintEllipses(view, { codes, labels, noise }) {
  const { context, colours } = view;
  const classes = [...new Set(labels)];
  for (const label of classes) {
    const colour = colours.classes[label];
    const dots = [];
    context.beginPath();
    labels.forEach((each, k) => {
      if (each !== label) return;
      const [middle, [across, up]] = ellipseAt(view, codes, k, noise);
      dots.push(middle);
      if (across < DOT && up < DOT) return;
      context.moveTo(middle[0] + across, middle[1]);
      context.ellipse(...middle, across, up, 0, 0, 2 * Math.PI);
    });
    context.fillStyle = `${colour}14`;
    context.fill();
    context.strokeStyle = `${colour}b0`;
    context.lineWidth = 1;
    context.stroke();
    fillDots(context, dots, { radius: DOT, colour, alpha: 0.9 });
  }
}

/** The chosen digit's ellipse in ink, and a cross of hairs where it has shrunk to a dot. */
function ring(view, codes, chosen, noise) {
  const { context, colours } = view;
  const [middle, radii] = ellipseAt(view, codes, chosen, noise);
  const [across, up] = radii.map((each) => Math.max(each, 6));
  strokeEllipse(context, middle, [across, up], { colour: colours.surface, thick: 5 });
  strokeEllipse(context, middle, [across, up], { colour: colours.ink, thick: 2.2 });
}

/** One latent: a bar from μ − σ to μ + σ at the height of σ, and below it what is decoded along the line. */
function paintLine(view, { codes, labels, chosen, noise, mosaic }) {
  const { context, width, height, map, colours, font } = view;
  const name = { font, colour: colours.muted, size: 11, halo: colours.surface };
  const strip = mosaic ? (width * mosaic.height) / mosaic.width : 0;
  for (let power = LOG_SIGMA[0] + 1; power < LOG_SIGMA[1]; power++) {
    const [, y] = map.toPixel([0, power]);
    strokeLine(
      context,
      [
        [0, y],
        [width, y],
      ],
      { colour: colours.line, dash: power ? [] : [4, 3] },
    );
    writeAt(context, power ? `σ = ${10 ** power}` : "σ = 1, the prior", [7, y - 8], name);
  }
  if (mosaic) context.drawImage(mosaic, 0, height - strip, width, strip);
  labels.forEach((label, k) => {
    const at = noise
      ? Math.min(Math.max(Math.log10(codes.sigma[k]), LOG_SIGMA[0] + 0.05), LOG_SIGMA[1])
      : LOG_SIGMA[0] + 1.5;
    const [x, y] = map.toPixel([codes.mu[k], at]);
    const half = noise ? Math.max(codes.sigma[k] * map.scale, DOT) : DOT;
    const strong = k === chosen;
    const colour = strong ? colours.ink : colours.classes[label];
    context.globalAlpha = strong ? 1 : 0.35;
    strokeLine(
      context,
      [
        [x - half, y],
        [x + half, y],
      ],
      { colour, thick: strong ? 3 : 1.4 },
    );
    context.globalAlpha = 1;
    fillDots(context, [[x, y]], { radius: strong ? 4 : 2, colour, alpha: 0.9 });
  });
  const z = { ...name, colour: colours.ink, size: 14, italic: true };
  writeAt(context, "z", [width - 16, height - strip - 12], z);
  writeAt(context, `−${view.extent[1]}`, [7, height - strip - 10], name);
  writeAt(context, `${view.extent[1]}`, [width - 34, height - strip - 10], { ...name, align: "right" });
}
