// A density pushed through a curve: drag the curve's points, and the density of x = g(z) follows, formula and samples.
// Its Python side: __init__.py.
//
// For tests and the curious the element carries `vaeFigure`: {z, values()} beside what every figure has: `z` is the
// chosen point [z, g(z)] and can be set, `values()` gives what is shown: {points, chosen, slope, given, made, others,
// shares}.
import CONSTANTS from "./constants.json" with { type: "json" };
import { createFigure, putter } from "../kit/lifecycle.mjs";
import { createPad } from "../kit/pad.mjs";
import { curveThrough, sharesOf, standardNormal, withPoint } from "./arithmetic.mjs";
import { fixedDraws } from "../kit/draws.mjs";
import { freshId, node } from "../kit/node.mjs";
import { numberText, planeMap } from "../kit/plane.mjs";
import { paintCurve, paintGiven, paintMade } from "./picture.mjs";
import { sliderRow } from "../kit/slider.mjs";

const EXTENT = CONSTANTS.extent; // Of z, then of x.
const BINS = CONSTANTS.bins;
const STEP = 0.1;
const TRAITS = ["points", "chosen", "seed"];
const HINT = "Drag a point, or use the arrow keys on the plane: Shift for larger steps, 1 to 4 to choose a point.";
const LOOK = `
.vae-push { display: grid; gap: 0 0.6rem; grid-template: "pad made" auto "given reading" auto /
  minmax(0, 5fr) minmax(0, 3fr); }
.vae-push > .vae-pad { grid-area: pad; border-radius: 0; }
.vae-push > canvas { width: 100%; height: 100%; }
.vae-push > .vae-given { grid-area: given; height: 6rem; }
.vae-push > .vae-reading { grid-area: reading; align-self: center; font-size: 0.95em; padding: 0.4rem 0; }
.vae-reading span { display: block; min-height: 1.4em; }
.vae-reading b { font-weight: 650; }
.vae-push-controls { display: grid; gap: 0 1.25rem; grid-template-columns: auto minmax(0, 1fr) minmax(0, 1fr);
  align-items: center; margin-top: 0.4rem; }
.vae-live .vae-push-controls .vae-slider { grid-template-columns: 2.2em minmax(0, 1fr) 3.4em; }
.vae-push-choice { display: flex; flex-wrap: wrap; gap: 0.3rem; align-items: center; font-size: 0.92em; }
.vae-live .vae-push-choice button { padding: 0; min-width: 44px; }
.vae-live .vae-foot button { padding: 0 0.8rem; }
.vae-live[data-narrow] .vae-push { grid-template: "pad made" auto "given ." auto "reading reading" auto /
  minmax(0, 5fr) minmax(0, 3fr); }
.vae-live[data-narrow] .vae-push > .vae-given { height: 4.5rem; }
.vae-live[data-narrow] .vae-push-controls { grid-template-columns: minmax(0, 1fr); }
`;

/** Draws the figure into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  const put = putter(model);
  const moveTo = (place) => {
    put("points", withPoint(model.get("points"), model.get("chosen"), place, { gap: CONSTANTS.gap, extent: EXTENT }));
  };
  const { elements, ...parts } = buildParts(model, put, moveTo);
  let values = valuesOf(model);
  const label = "A density pushed through a curve";
  const figure = createFigure({ model, el, label, look: LOOK, elements, compute: () => values });
  figure.canvas(parts.pad.canvas, (view, { points, chosen }) => paintCurve(view, EXTENT, points, chosen));
  figure.canvas(parts.made, (view, { points, shares }) => paintMade(view, EXTENT.slice(2), points, shares.x));
  figure.canvas(parts.given, (view, { shares }) => paintGiven(view, EXTENT.slice(0, 2), shares.z));
  placeControls(parts, values);
  return figure.start({
    traits: TRAITS,
    // At once and not with the paint: another key may come within one frame, for another point.
    changed() {
      values = valuesOf(model);
      placeControls(parts, values);
    },
    write: (shown) => write(parts, shown),
    sentence,
    handle: {
      get z() { return model.get("points")[model.get("chosen")]; },
      set z(value) { moveTo(value); },
      values: () => valuesOf(model),
    },
  });
}

/** What the change of variables says at the chosen point, and the share of the samples in each bin of x. */
function valuesOf(model) {
  const [points, chosen, seed] = TRAITS.map((trait) => model.get(trait));
  const curve = curveThrough(points);
  const [z, x] = points[chosen];
  const slope = curve.slope(z);
  const given = standardNormal(z);
  const others = curve.preimages(x).filter((each) => Math.abs(each - z) > 1e-9);
  const fromOthers = others.reduce((sum, each) => sum + standardNormal(each) / Math.abs(curve.slope(each)), 0);
  const flat = [points[chosen - 1], points[chosen + 1]].some((each) => each?.[1] === x);
  const samples = fixedDraws(CONSTANTS.samples / 2, seed).flat();
  return {
    points, chosen, slope, given, flat, others: others.length, fromOthers,
    made: given / Math.abs(slope) + fromOthers,
    shares: {
      z: sharesOf(samples, EXTENT.slice(0, 2), BINS),
      x: sharesOf(samples.map(curve.at), EXTENT.slice(2), BINS),
    },
  };
}

/** The figure's elements, in the order they are read. */
function buildParts(model, put, moveTo) {
  const hintId = freshId("hint");
  const pad = createPad({
    label: "Chosen point of g",
    describedBy: hintId,
    extent: EXTENT,
    step: STEP,
    radius: 0.13,
    moved: moveTo,
  });
  letPadChoose(pad.element, model, put);
  const made = node("canvas", { role: "img" });
  const given = node("canvas", { class: "vae-given", "aria-hidden": "true" });
  // Said as the status sentence, so the lines are for the eye.
  const reading = node("div", { class: "vae-reading vae-number", "aria-hidden": "true" });
  const choices = model.get("points").map((_, k) => {
    const button = node("button", { type: "button", "aria-label": `Point ${k + 1}` }, String(k + 1));
    button.addEventListener("click", () => put("chosen", k));
    return button;
  });
  const choice = node("div", { class: "vae-push-choice", role: "group", "aria-label": "Point" }, "Point", ...choices);
  const sliders = ["z", "x"].map((name, axis) => {
    const [min, max] = EXTENT.slice(2 * axis, 2 * axis + 2);
    const current = () => model.get("points")[model.get("chosen")];
    const moved = (value) => moveTo(current().map((each, k) => (k === axis ? value : each)));
    return sliderRow({ name, label: `${name} of the chosen point`, min, max, step: STEP, moved });
  });
  const shapes = Object.entries(CONSTANTS.shapes).map(([name, points]) => {
    const button = node("button", { type: "button" }, name);
    button.addEventListener("click", () => put("points", points));
    return button;
  });
  const again = node("button", { type: "button" }, "New samples");
  again.addEventListener("click", () => put("seed", model.get("seed") + 1));
  const hint = node("p", { id: hintId, class: "vae-muted" }, HINT);
  const elements = [
    node("div", { class: "vae-push" }, pad.element, made, given, reading),
    node("div", { class: "vae-push-controls" }, choice, ...sliders.map((each) => each.element)),
    node("div", { class: "vae-foot" }, ...shapes, again, hint),
  ];
  return { pad, made, given, reading, choices, sliders, elements };
}

/** Has the pointer take the point nearest to it, and the keys 1 to 4 the point of that number. */
function letPadChoose(pad, model, put) {
  const nearest = (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    const box = pad.getBoundingClientRect();
    const { toPixel } = planeMap(EXTENT, box.width, box.height);
    const away = model.get("points").map((point) => {
      const [x, y] = toPixel(point);
      return Math.hypot(event.clientX - box.left - x, event.clientY - box.top - y);
    });
    put("chosen", away.indexOf(Math.min(...away)));
  };
  // Before the pad itself hears of it and moves the chosen point there.
  pad.addEventListener("pointerdown", nearest, { capture: true });
  pad.addEventListener("keydown", (event) => {
    const chosen = Number(event.key) - 1;
    if (event.altKey || event.ctrlKey || event.metaKey || !model.get("points")[chosen]) return;
    put("chosen", chosen);
  });
}

/** Puts the pad, the sliders and the buttons where the chosen point is. */
function placeControls({ pad, choices, sliders }, { points, chosen, slope }) {
  const point = points[chosen];
  pad.place(point, `point ${chosen + 1}: ${placeText(point)}, slope ${numberText(slope, 2)}`);
  sliders.forEach((slider, axis) => slider.place(point[axis]));
  choices.forEach((button, k) => button.setAttribute("aria-pressed", String(k === chosen)));
}

/** Puts the numbers where they are read. */
function write({ reading, made }, values) {
  reading.replaceChildren(...linesOf(values).map((line) => node("span", {}, line)));
  made.setAttribute("aria-label", sharesText(values.shares.x));
}

function placeText([z, x]) {
  return `z ${numberText(z, 2)}, x ${numberText(x, 2)}`;
}

/** The change of variables at the chosen point, in numbers and in words. */
function linesOf({ chosen, slope, given, others, fromOthers, made, flat }) {
  const text = (value) => numberText(value, 3);
  const size = Math.abs(slope);
  const name = `At point ${chosen + 1}, p(x) = p(z) / |g′(z)|`;
  if (flat) return [name, `= ${text(given)} / 0`, "g is flat: a whole interval of z", "lands on one x."];
  if (size === 0) return [name, `= ${text(given)} / 0`, "g turns here: p(x) grows", "without bound."];
  const way = size > 1 ? "g stretches: x is rarer than z." : size < 1 ? "g squeezes: x is more likely." : "g keeps lengths.";
  const fraction = `= ${text(given)} / ${numberText(size, 2)}`;
  if (!others) return [name, `${fraction} = ${text(made)}`, way];
  const more = `${text(fromOthers)} from ${others === 1 ? "another z" : `${others} other z`}.`;
  return [name, `${fraction} + ${text(fromOthers)} = ${text(made)}`, way, more];
}

function sharesText({ below, bins, above }) {
  const width = (EXTENT[3] - EXTENT[2]) / BINS;
  const parts = [`below −2 ${percent(below + shareOf(bins, EXTENT[2], -2, width))}`];
  for (let x = -2; x < 2; x++) {
    parts.push(`from ${numberText(x, 0)} to ${numberText(x + 1, 0)} ${percent(shareOf(bins, x, x + 1, width))}`);
  }
  parts.push(`above 2 ${percent(above + shareOf(bins, 2, EXTENT[3], width))}`);
  return `Of the samples x lie ${parts.join(", ")}.`;
}

function shareOf(bins, from, to, width) {
  const [first, end] = [from, to].map((x) => Math.round((x - EXTENT[2]) / width));
  return bins.slice(first, end).reduce((sum, each) => sum + each, 0);
}

function percent(share) {
  return `${Math.round(100 * share)} %`;
}

function sentence(values) {
  const point = values.points[values.chosen];
  const density = Number.isFinite(values.made) && !values.flat ? numberText(values.made, 3) : "without bound";
  const slope = `slope of g ${numberText(values.slope, 2)}, p of z ${numberText(values.given, 3)}`;
  return `Point ${values.chosen + 1}: ${placeText(point)}, ${slope}, p of x ${density}. ${sharesText(values.shares.x)}`;
}
