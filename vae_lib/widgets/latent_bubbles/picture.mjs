// Bubbles on the latent plane, and how they grew and moved in training, as pictures. It knows no model and no reader.
import CONSTANTS from "./constants.json" with { type: "json" };
import { classMedians } from "../kit/codes.mjs";
import { numberText, planeMap, spread, ticksBetween } from "../kit/plane.mjs";
import { clearTo, strokeLine, writeAt } from "../kit/marks.mjs";
import { fillDisc, strokeEllipse } from "../kit/shapes.mjs";

const NAME = 9; // CSS pixels, as all sizes here: the radius of the disc that bears a class's name.
const STRAYED = 16; // A name that would have to stand farther than this from its class is left out.
const LEAST = 1.4; // The smallest bubble that is still seen,
const LEAST_FOLLOWED = 4.5; // and the smallest that is found again.
const INK_AREA = 24; // Every bubble gets the same ink, as every density has the same mass: large ones are pale.
const CHART = { left: 44, right: 10, top: 12, bottom: 20 };
const DECADES = CONSTANTS.decades; // What the chart's axis shows, as powers of ten.

/** Paints the bubbles {mu, sigma}, one of them followed along `path`, on a square that reaches from −half to half. */
export function paintBubbles(view, half, { bubbles, labels, digit, path }) {
  const { context, width, height, colours } = view;
  const extent = [-half, half, -half, half];
  const map = planeMap(extent, width, height);
  const colour = (k) => colours.classes[labels[k] % colours.classes.length];
  clearTo(context, width, height, colours.surface);
  paintRings(view, map);
  for (let i = 0; i < labels.length; i++) {
    // A prime stride through the digits: in their own order the last class would lie on top of all others.
    const k = (i * 7919) % labels.length;
    paintBubble(context, map, bubbles, k, { fill: colour(k), thick: 1.2 });
  }
  strokeLine(context, path.map(map.toPixel), { colour: colours.ink, thick: 1, dash: [2, 2] });
  const followed = { fill: colour(digit), edge: colours.ink, thick: 2.2, least: LEAST_FOLLOWED };
  paintBubble(context, map, bubbles, digit, followed);
  paintAxes(view, map, half);
  paintNames(view, map, bubbles, labels);
}

function paintBubble(context, map, { mu, sigma }, k, { fill, edge = fill, thick, least = LEAST }) {
  const centre = map.toPixel([mu[2 * k], mu[2 * k + 1]]);
  const [across, down] = [0, 1].map((axis) => Math.max(least, map.scale * sigma[2 * k + axis]));
  context.beginPath();
  context.ellipse(...centre, across, down, 0, 0, 2 * Math.PI);
  context.globalAlpha = Math.min(0.25, INK_AREA / (across * down));
  context.fillStyle = fill;
  context.fill();
  context.globalAlpha = 1;
  strokeEllipse(context, centre, [across, down], { colour: edge, thick });
}

function paintRings({ context, width, colours, font }, map) {
  const [x, y] = map.toPixel([0, 0]);
  for (const radius of [1, 2, 3].map((each) => each * map.scale)) {
    strokeEllipse(context, [x, y], [radius, radius], { colour: colours.muted, thick: 1, dash: [4, 3] });
  }
  const top = y - 3 * map.scale - 9;
  const style = { font, colour: colours.muted, align: "center", halo: colours.surface };
  writeAt(context, "prior N(0, I)", [Math.min(x, width - 40), top], style);
}

function paintAxes({ context, width, height, colours, font }, map, half) {
  const style = { font, colour: colours.muted, size: 11, align: "center", halo: colours.surface };
  for (const tick of ticksBetween(-half, half, 7)) {
    const [x, y] = map.toPixel([tick, tick]);
    const text = numberText(tick, Number.isInteger(tick) ? 0 : 1);
    if (x > 20 && x < width - 30) writeAt(context, text, [x, height - 9], style);
    if (y > 30 && y < height - 22) writeAt(context, text, [11, y], style);
  }
  writeAt(context, "z₁", [width - 14, height - 10], { ...style, colour: colours.ink, size: 14, italic: true });
  writeAt(context, "z₂", [14, 13], { ...style, colour: colours.ink, size: 14, italic: true });
}

/** The number of each class where the middle of its bubbles lies; none where most classes lie on one another. */
function paintNames({ context, width, height, colours, font }, map, { mu }, labels) {
  const medians = classMedians(mu, labels);
  const middles = medians.map(({ at }) => map.toPixel(at));
  const places = spread(middles, 2 * NAME);
  const near = places.map(([x, y], k) => Math.hypot(x - middles[k][0], y - middles[k][1]) <= STRAYED);
  if (2 * near.filter(Boolean).length < near.length) return;
  medians.forEach(({ label }, k) => {
    const [x, y] = places[k];
    if (!near[k] || x < NAME || y < NAME || x > width - NAME || y > height - NAME) return;
    fillDisc(context, [x, y], NAME - 1.5, colours.surface, colours.classes[label % colours.classes.length], 2);
    writeAt(context, String(label), [x, y], { font, colour: colours.ink, size: 11, align: "center" });
  });
}

/** Paints how size and spread ran over the steps, both on one logarithmic axis, with a mark at frame `now`. */
export function paintCourse(view, { steps, sigma, spread: distance, now }) {
  const { context, width, height, colours, font } = view;
  const inner = width - CHART.left - CHART.right;
  const x = (k) => CHART.left + (inner * k) / (steps.length - 1);
  const [low, high] = DECADES;
  const y = (value) => {
    const share = (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low);
    return height - CHART.bottom - share * (height - CHART.top - CHART.bottom);
  };
  paintGrid(view, { steps, x, y });
  const line = (values) => Array.from(values, (value, k) => [x(k), y(value)]);
  strokeLine(context, line(distance), { colour: colours.ink, thick: 2, dash: [6, 3] });
  strokeLine(context, line(sigma), { colour: colours.focus, thick: 2.5 });
  strokeLine(context, [[x(now), CHART.top - 6], [x(now), height - CHART.bottom]], { colour: colours.muted });
  for (const [values, colour] of [[distance, colours.ink], [sigma, colours.focus]]) {
    fillDisc(context, [x(now), y(values[now])], 4, colour);
  }
}

function paintGrid({ context, width, height, colours, font }, { steps, x, y }) {
  const style = { font, colour: colours.muted, size: 11 };
  for (let power = DECADES[0]; power <= DECADES[1]; power++) {
    const at = y(10 ** power);
    const colour = power === 0 ? colours.muted : colours.line;
    strokeLine(context, [[CHART.left, at], [width - CHART.right, at]], { colour, dash: power === 0 ? [4, 3] : [] });
    writeAt(context, String(10 ** power), [CHART.left - 5, at], { ...style, align: "right" });
  }
  steps.forEach((step, k) => {
    const power = Math.log10(step);
    if (step && !Number.isInteger(power)) return;
    const text = step === 0 ? "0" : step < 1000 ? String(step) : `${step / 1000}k`;
    const align = k === steps.length - 1 ? "right" : "center";
    if (step !== 1) writeAt(context, text, [x(k), height - 9], { ...style, align });
  });
}
