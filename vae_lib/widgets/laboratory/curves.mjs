// The course of a run as curves, as a path of rate and distortion, and its noise as a histogram. It knows no run.
//
// All `paint…` functions take a view: {context, width, height, colours, font}, sizes in CSS pixels; costs are in nats.
import { clearTo, strokeLine, writeAt } from "../kit/marks.mjs";
import { fillDisc } from "../kit/shapes.mjs";
import { numberText, ticksBetween } from "../kit/plane.mjs";

const LEFT = 34; // CSS pixels for the numbers of the upright axis.
const FOOT = 18; // And of the other.
const HEAD = 18; // And for the name of a panel, above it.
const EARLY = 0.04; // The share of a course that need not fit: its first fall would press the rest flat.
const POWERS = [-4, 1]; // Of ten: the σ that the histogram shows.
const BINS = 60;

/** The colours of reconstruction, KL and −ELBO, in that order. */
export function termColours({ blue, vermilion, ink }) {
  return [blue, vermilion, ink];
}

/** Means of `values` in `most` parts of equal length, or fewer: [step, mean] for each part, its middle step. */
export function thinned(values, most) {
  const each = Math.max(1, Math.ceil(values.length / most));
  const points = [];
  for (let from = 0; from < values.length; from += each) {
    const to = Math.min(from + each, values.length);
    let sum = 0;
    for (let k = from; k < to; k++) sum += values[k];
    points.push([(from + to + 1) / 2, sum / (to - from)]);
  }
  return points;
}

/** [least, most] of what is left of lists of points when their first steps are passed over, with some room. */
export function rangeOf(lists, steps) {
  let [least, most] = [Infinity, -Infinity];
  for (const points of lists) {
    points.forEach(([step, value], k) => {
      if ((step < EARLY * steps && k < points.length - 1) || !Number.isFinite(value)) return;
      [least, most] = [Math.min(least, value), Math.max(most, value)];
    });
  }
  if (least > most) return [0, 1];
  const room = Math.max(0.06 * (most - least), 0.25);
  return [least - room, most + room];
}

/** Reconstruction and −ELBO above, the KL below, against steps; `marks` are where β was changed. */
export function paintCourse(view, { history, taken, marks, noise }) {
  const { context, width, height, colours } = view;
  const [blue, vermilion, ink] = termColours(colours);
  clearTo(context, width, height, colours.surface);
  const steps = Math.max(taken, 20);
  const most = Math.max(20, Math.round((width - LEFT) / 2));
  const courses = {
    reconstruction: thinned(history.reconstruction.values, most),
    kl: thinned(history.kl.values, most),
  };
  const sums = courses.reconstruction.map(([step, value], k) => [step, value + courses.kl[k][1]]);
  const held = (name) => history.heldOut.filter((each) => each[name] !== null).map((each) => [each.step, each[name]]);
  const upper = { top: HEAD, bottom: Math.round(0.6 * height) };
  const lower = { top: upper.bottom + HEAD, bottom: height - FOOT };
  const costs = [
    [courses.reconstruction, held("reconstruction"), blue],
    [sums, held("negativeElbo"), ink],
  ];
  paintPanel(view, { ...upper, steps, curves: costs, name: "reconstruction and −ELBO, nats" });
  const kl = [[courses.kl, held("kl"), vermilion]];
  paintPanel(view, { ...lower, steps, curves: kl, name: noise ? "KL, nats" : "no KL without noise", floor: 0 });
  paintMarks(view, marks, steps, lower.bottom);
  const plain = { font: view.font, colour: colours.muted, size: 11 };
  for (const tick of ticksBetween(0, steps, Math.max(3, Math.round(width / 80)))) {
    const x = LEFT + (tick / steps) * (width - LEFT - 6);
    if (x < width - 52) writeAt(context, tick.toLocaleString("en"), [x, height - 7], { ...plain, align: "center" });
  }
  writeAt(context, "step", [width - 2, height - 7], { ...plain, align: "right" });
}

/** One panel of curves: training thin, held out thick. */
function paintPanel({ context, width, colours, font }, { top, bottom, steps, curves, name, floor }) {
  const [least, most] = rangeOf(
    curves.flatMap(([thin, thick]) => [thin, thick]),
    steps,
  );
  const [from, to] = [floor ?? least, most];
  const place = ([step, value]) => [
    LEFT + (step / steps) * (width - LEFT - 6),
    bottom - ((value - from) / (to - from)) * (bottom - top),
  ];
  const plain = { font, colour: colours.muted, size: 11 };
  for (const tick of ticksBetween(from, to, Math.max(2, Math.round((bottom - top) / 30)))) {
    const [, y] = place([0, tick]);
    strokeLine(
      context,
      [
        [LEFT, y],
        [width - 6, y],
      ],
      { colour: colours.line },
    );
    if (y > top + 3 && y < bottom + 3)
      writeAt(context, numberText(tick, to - from < 4 ? 1 : 0), [LEFT - 5, y], { ...plain, align: "right" });
  }
  context.save();
  context.beginPath();
  context.rect(LEFT, top, width - LEFT, bottom - top);
  context.clip();
  for (const [thin, thick, colour] of curves) {
    if (thin.some(([, value]) => Number.isFinite(value)))
      strokeLine(context, thin.map(place), { colour: `${colour}80`, thick: 1 });
    strokeLine(context, thick.map(place), { colour, thick: 2.4 });
    if (thick.length) fillDisc(context, place(thick.at(-1)), 3.2, colour, colours.surface);
  }
  context.restore();
  writeAt(context, name, [LEFT, top - 9], plain);
}

/** A hairline for each change of β after the start. */
function paintMarks({ context, width, colours, font }, marks, steps, bottom) {
  const plain = { font, colour: colours.ink, size: 11, halo: colours.surface };
  marks.slice(-8).forEach(({ step, beta }) => {
    if (step === 0) return;
    const x = LEFT + (step / steps) * (width - LEFT - 6);
    strokeLine(
      context,
      [
        [x, HEAD],
        [x, bottom],
      ],
      { colour: colours.muted, dash: [3, 3] },
    );
    writeAt(context, `β ${beta}`, [Math.min(x + 4, width - 40), HEAD + 9], plain);
  });
}

/** Rate (the KL) across and distortion (the reconstruction) upwards, held out, moment after moment; a slope of −β. */
export function paintRates(view, { history, beta }) {
  const { context, width, height, colours, font } = view;
  clearTo(context, width, height, colours.surface);
  const plain = { font, colour: colours.muted, size: 11 };
  const moments = history.heldOut.filter((each) => each.kl !== null);
  const points = moments.map((each) => [each.kl, each.reconstruction]);
  const few = points.slice(Math.min(4, points.length - 1));
  const [, right] = rangeOf([few.map(([rate]) => [1, rate])], 0);
  const [low, high] = rangeOf([few.map(([, distortion]) => [1, distortion])], 0);
  const bottom = height - FOOT;
  const place = ([rate, distortion]) => [
    LEFT + (rate / right) * (width - LEFT - 8),
    bottom - ((distortion - low) / (high - low)) * (bottom - 4),
  ];
  for (const tick of ticksBetween(low, high, 6)) {
    const [, y] = place([0, tick]);
    strokeLine(
      context,
      [
        [LEFT, y],
        [width - 6, y],
      ],
      { colour: colours.line },
    );
    if (y > 8 && y < bottom)
      writeAt(context, numberText(tick, high - low < 4 ? 1 : 0), [LEFT - 5, y], { ...plain, align: "right" });
  }
  for (const tick of ticksBetween(0, right, 6)) {
    const [x] = place([tick, low]);
    if (x < width - 90)
      writeAt(context, numberText(tick, right < 4 ? 1 : 0), [x, height - 7], { ...plain, align: "center" });
  }
  writeAt(context, "rate: KL, nats", [width - 4, height - 7], { ...plain, align: "right" });
  writeAt(context, "distortion: reconstruction, nats", [width - 8, 12], {
    ...plain,
    align: "right",
    halo: colours.surface,
  });
  if (!points.length) return;
  context.save();
  context.beginPath();
  context.rect(LEFT, 0, width - LEFT, bottom);
  context.clip();
  const [rate, distortion] = points.at(-1);
  const tangent = [0, right].map((x) => place([x, distortion - beta * (x - rate)]));
  strokeLine(context, tangent, { colour: colours.vermilion, dash: [5, 4] });
  strokeLine(context, points.map(place), { colour: `${colours.blue}66`, thick: 1.4 });
  points.forEach((point) => fillDisc(context, place(point), 2.2, colours.blue));
  fillDisc(context, place(points.at(-1)), 5, colours.ink, colours.surface);
  context.restore();
  writeAt(context, `slope −β = ${numberText(-beta, beta < 10 && beta % 1 ? 2 : 0)}`, [LEFT + 6, bottom - 10], {
    ...plain,
    colour: colours.vermilion,
    halo: colours.surface,
  });
}

/** How many of latent j's noises lie in each of the histogram's parts, on a log axis. */
export function paintNoise(view, { counts, predicted, approximate, noise }) {
  const { context, width, height, colours, font } = view;
  clearTo(context, width, height, colours.surface);
  const plain = { font, colour: colours.muted, size: 11 };
  const rows = Math.max(counts.length, 1);
  const tall = (height - FOOT) / rows;
  const across = (power) => ((power - POWERS[0]) / (POWERS[1] - POWERS[0])) * width;
  for (let power = POWERS[0]; power <= POWERS[1]; power++) {
    const x = across(power);
    strokeLine(
      context,
      [
        [x, 0],
        [x, height - FOOT],
      ],
      { colour: colours.line, dash: power ? [] : [4, 3] },
    );
    const align = power === POWERS[0] ? "left" : power === POWERS[1] ? "right" : "center";
    writeAt(context, power < -3 ? "10⁻⁴" : String(10 ** power), [x, height - 7], { ...plain, align });
  }
  if (!noise)
    return writeAt(context, "No noise: z = μ(x)", [width / 2, (height - FOOT) / 2], {
      ...plain,
      size: 13,
      align: "center",
      halo: colours.surface,
    });
  counts.forEach((bars, j) => {
    const bottom = (j + 1) * tall;
    const most = Math.max(...bars, 1);
    context.fillStyle = colours.blue;
    bars.forEach((count, k) => {
      const high = (count / most) * (tall - 20);
      if (count) context.fillRect((k / BINS) * width, bottom - high, width / BINS - 0.5, high);
    });
    strokeLine(
      context,
      [
        [0, bottom],
        [width, bottom],
      ],
      { colour: colours.muted },
    );
    writeAt(context, counts.length > 1 ? `σ${"₁₂"[j]}` : "σ", [5, bottom - tall + 12], {
      ...plain,
      size: 13,
      colour: colours.ink,
      italic: true,
      halo: colours.surface,
    });
    if (predicted[j] === null) return;
    const x = across(Math.min(Math.max(Math.log10(predicted[j]), POWERS[0]), POWERS[1]));
    strokeLine(
      context,
      [
        [x, bottom - tall + 18],
        [x, bottom],
      ],
      { colour: colours.vermilion, thick: 2.4 },
    );
    const align = x > width - 70 ? "right" : "center";
    writeAt(context, approximate ? "approximation" : "predicted", [x, bottom - tall + 10], {
      ...plain,
      colour: colours.vermilion,
      halo: colours.surface,
      align,
    });
  });
}

/** The powers of ten and the parts of the histogram, for `noiseHistogram`. */
export function noiseBins() {
  return { least: POWERS[0], most: POWERS[1], bins: BINS };
}
