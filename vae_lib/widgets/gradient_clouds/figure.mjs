// Two gradients of E[h(μ + σ⊙ε)] for draws ε that stay fixed while μ and σ are dragged. Its Python side:
// __init__.py.
//
// For tests and the curious the element carries `vaeFigure`: {z, values()} beside what every figure has: `z` is μ and
// can be set, `values()` gives what is shown: the exact gradient, and of both clouds {mean, spread, variance}.
import CONSTANTS from "./constants.json" with { type: "json" };
import { INTEGRANDS, followedDraws, gradientClouds, sideFor, summaryOf } from "./arithmetic.mjs";
import { createFigure, putter } from "../kit/lifecycle.mjs";
import { createPad } from "../kit/pad.mjs";
import { fixedDraws } from "../kit/draws.mjs";
import { freshId, node } from "../kit/node.mjs";
import { numberText } from "../kit/plane.mjs";
import { paintCloud, paintSamples, paintedHills } from "./picture.mjs";
import { sliderRow } from "../kit/slider.mjs";

const EXTENT = CONSTANTS.extent; // Of μ.
const STEP = 0.1;
const TRAITS = ["mu", "sigma", "integrand", "parameter", "baseline", "seed"];
const HINT = "Drag μ over the hills of h, or use the arrow keys there: Shift for larger steps, Home for the origin.";
const DIAMOND = "50% 0, 100% 50%, 50% 100%, 0 50%";
const CROSS = "38% 0, 62% 0, 62% 38%, 100% 38%, 100% 62%, 62% 62%, 62% 100%, 38% 100%, 38% 62%, 0 62%, 0 38%, 38% 38%";
const LOOK = `
.vae-clouds { display: grid; gap: 0.6rem 1rem; grid-template: "pad path score" auto "sliders choices choices" auto /
  minmax(0, 4fr) minmax(0, 3fr) minmax(0, 3fr); }
.vae-clouds canvas.vae-cloud { width: 100%; aspect-ratio: 1; border: 1px solid var(--vae-line); border-radius: 0.4rem; }
.vae-clouds .vae-sliders { margin: 0; }
.vae-clouds .vae-heading { margin: 0 0 0.3rem; line-height: 1.3; }
.vae-clouds .vae-heading b { color: var(--vae-ink); display: block; }
.vae-clouds .vae-reading { font-size: 0.85em; padding-top: 0.35rem; }
.vae-clouds .vae-reading span { display: block; }
.vae-clouds .vae-choices { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-content: flex-start; }
.vae-clouds .vae-choice { display: flex; gap: 0.35rem; align-items: center; font-size: 0.92em; }
.vae-clouds .vae-choice button { padding: 0 0.7rem; }
.vae-live .vae-verdict { margin-top: 0.6rem; font-weight: 600; min-height: 1.4em; }
.vae-live .vae-key { display: inline-block; width: 0.75em; height: 0.75em; margin-right: 0.35em; }
.vae-live[data-narrow] .vae-clouds { column-gap: 0.6rem; grid-template: "pad pad" auto "sliders sliders" auto
  "path score" auto "choices choices" auto / minmax(0, 1fr) minmax(0, 1fr); }
.vae-live[data-narrow] .vae-verdict { min-height: 2.8em; }
.vae-live[data-narrow] .vae-reading { font-size: 0.75em; }
`;

/** Draws the figure into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  const put = putter(model);
  const { elements, ...parts } = buildParts(model, put);
  const values = () => compute(model).values;
  const label = "Two gradients of one mean";
  const figure = createFigure({ model, el, label, look: LOOK, elements, compute: () => compute(model) });
  const hillsUnder = createHills(model);
  figure.canvas(parts.pad.canvas, (view, { z, followed }) => {
    paintSamples(view, EXTENT, { hills: hillsUnder(view), z, followed, mu: model.get("mu"), sigma: model.get("sigma") });
  });
  ["pathwise", "score"].forEach((name, k) => {
    figure.canvas(parts.clouds[k], (view, shown) => {
      paintCloud(view, shown.side, { ...shown, cloud: shown[name], ...shown.values[name] });
    });
  });
  return figure.start({
    traits: TRAITS,
    write: (shown) => write(model, parts, shown.values, figure.colours),
    sentence: (shown) => sentence(shown.values),
    handle: {
      get z() { return model.get("mu"); },
      set z(value) { put("mu", value); },
      values,
    },
  });
}

/** The figure's elements, in the order they are read. */
function buildParts(model, put) {
  const hintId = freshId("hint");
  const at = (element, area) => {
    element.style.gridArea = area;
    return element;
  };
  const moved = (mu) => put("mu", mu);
  const pad = createPad({ label: "Mean mu", describedBy: hintId, extent: EXTENT, step: STEP, radius: 0.15, moved });
  const sliders = [0, 1].map((axis) => {
    const [min, max] = CONSTANTS.sigma;
    const name = node("span", {}, "σ", node("sub", {}, String(axis + 1)));
    const slid = (value) => put("sigma", model.get("sigma").map((each, k) => (k === axis ? value : each)));
    return sliderRow({ name, label: `sigma ${axis + 1}`, min, max, step: STEP, moved: slid });
  });
  const rows = node("div", { class: "vae-sliders" }, ...sliders.map((each) => each.element));
  const heading = node("div", { class: "vae-heading" }, node("b", {}, "Samples"), "z = μ + σ⊙ε over the hills of h");
  const headings = [0, 1].map(() => node("div", { class: "vae-heading" }));
  const clouds = [0, 1].map(() => node("canvas", { class: "vae-cloud", role: "img" }));
  const readings = [0, 1].map(() => node("div", { class: "vae-reading vae-number" }));
  const buttons = buildButtons(model, put);
  const figure = node(
    "div",
    { class: "vae-clouds" },
    at(node("div", {}, heading, pad.element), "pad"),
    at(rows, "sliders"),
    ...["path", "score"].map((area, k) => at(node("div", {}, headings[k], clouds[k], readings[k]), area)),
    at(buttons.element, "choices"),
  );
  const verdict = node("p", { class: "vae-verdict vae-number" });
  const foot = node("div", { class: "vae-foot" }, node("p", { id: hintId, class: "vae-muted" }, HINT));
  const elements = [figure, verdict, foot];
  return { pad, sliders, headings, clouds, readings, buttons, verdict, elements };
}

/** The rows of buttons: {element, place}. */
function buildButtons(model, put) {
  const choice = (label, trait, options) => {
    const buttons = Object.entries(options).map(([value, text]) => {
      const button = node("button", { type: "button", "data-value": value }, text);
      button.addEventListener("click", () => put(trait, value));
      return button;
    });
    const element = node("div", { class: "vae-choice", role: "group", "aria-label": label }, label, ...buttons);
    const place = () => buttons.forEach((each) => each.setAttribute("aria-pressed", each.dataset.value === model.get(trait)));
    return { element, place };
  };
  const f = choice("h is a", "integrand", { bowl: "bowl", wave: "wave", cliff: "cliff" });
  const inWhat = choice("gradient in", "parameter", { mu: "μ", sigma: "σ" });
  const baseline = node("button", { type: "button" }, "Baseline");
  baseline.addEventListener("click", () => put("baseline", !model.get("baseline")));
  const again = node("button", { type: "button" }, "New draws ε");
  again.addEventListener("click", () => put("seed", model.get("seed") + 1));
  const rest = node("div", { class: "vae-choice" }, baseline, again);
  return {
    element: node("div", { class: "vae-choices" }, f.element, inWhat.element, rest),
    place() {
      f.place();
      inWhat.place();
      baseline.setAttribute("aria-pressed", String(model.get("baseline")));
    },
  };
}

/** A function that gives the hills of h under a view, painted anew only for another h, size or colour. */
function createHills(model) {
  let [key, canvas] = ["", null];
  return ({ width, height, colours }) => {
    const name = model.get("integrand");
    const wanted = [name, colours.surface, width, height].join();
    if (wanted !== key) [key, canvas] = [wanted, paintedHills(INTEGRANDS[name].value, EXTENT, width, height, colours)];
    return canvas;
  };
}

/** The clouds of the state, the side they share, and what is said of them. */
function compute(model) {
  const [mu, sigma, integrand, parameter, baseline, seed] = TRAITS.map((name) => model.get(name));
  const draws = fixedDraws(CONSTANTS.draws, seed);
  const clouds = gradientClouds({ draws, mu, sigma, integrand, parameter, baseline });
  const values = { exact: clouds.exact, pathwise: summaryOf(clouds.pathwise), score: summaryOf(clouds.score) };
  const side = sideFor([clouds.pathwise, clouds.score], clouds.exact);
  return { ...clouds, values, side, followed: followedDraws(draws) };
}

/** Puts the numbers where they are read. */
function write(model, { pad, sliders, headings, clouds, readings, buttons, verdict }, values, colours) {
  const mu = model.get("mu");
  pad.place(mu, `mu ${mu.map((each) => numberText(each, 2)).join(", ")}`);
  sliders.forEach((slider, axis) => slider.place(model.get("sigma")[axis]));
  buttons.place();
  const symbol = { mu: "μ", sigma: "σ" }[model.get("parameter")];
  const formulas = [`∇ h(μ + σ⊙ε)`, `${model.get("baseline") ? "(h(z) − b)" : "h(z)"} ∇ log q(z)`];
  ["Pathwise", "Score function"].forEach((name, k) => {
    headings[k].replaceChildren(node("b", {}, name), `${formulas[k]}, in ${symbol}`);
  });
  ["pathwise", "score"].forEach((name, k) => {
    const { mean, spread } = values[name];
    readings[k].replaceChildren(
      node("span", {}, key(colours.blue, DIAMOND), `mean ${pairText(mean)}`),
      node("span", {}, key(colours.vermilion, CROSS), `exact ${pairText(values.exact)}`),
      node("span", {}, `deviation ${pairText(spread)}`),
    );
    const what = `${CONSTANTS.draws} ${["pathwise", "score-function"][k]} gradients`;
    clouds[k].setAttribute("aria-label", `${what}: mean ${pairText(mean)}, deviation ${pairText(spread)}`);
  });
  verdict.textContent = judgement(values);
}

/** A swatch of that colour; the shape tells it too. */
function key(colour, shape) {
  const swatch = node("i", { class: "vae-key" });
  swatch.style.cssText = `background: ${colour}; clip-path: polygon(${shape})`;
  return swatch;
}

function judgement({ exact, pathwise, score }) {
  if (pathwise.variance === 0) {
    const wrong = exact.some((each) => Math.abs(each) > 5e-3);
    return `h is flat wherever it has a slope: every pathwise gradient is 0${wrong ? ", and the exact one is not" : ""}.`;
  }
  const ratio = score.variance / pathwise.variance;
  if (ratio > 0.95 && ratio < 1.05) return "Both gradients have about the same variance.";
  const times = ratio < 1 ? 1 / ratio : ratio;
  const [more, less] = ratio < 1 ? ["pathwise", "score-function"] : ["score-function", "pathwise"];
  return `The ${more} gradients have ${numberText(times, times < 10 ? 1 : 0)} times the variance of the ${less} ones.`;
}

function sentence(values) {
  const { exact, pathwise, score } = values;
  const means = `Exact gradient ${pairText(exact)}, pathwise mean ${pairText(pathwise.mean)}, score-function mean`;
  return `${means} ${pairText(score.mean)}. ${judgement(values)}`;
}

function pairText(pair) {
  return `(${pair.map((each) => numberText(each, Math.abs(each) < 99.995 ? 2 : 0)).join(", ")})`;
}
