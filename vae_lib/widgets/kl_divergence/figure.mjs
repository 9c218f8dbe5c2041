// The KL divergence of q = N(μ, σ²) and p = N(0, 1): where it comes from along z, and how it lies over (μ, log σ²).
// Its Python side: __init__.py.
//
// For tests and the curious the element carries `vaeFigure`: {z, values()} beside what every figure has: `z` is
// [μ, log σ²] and can be set, `values()` gives what is shown: for each direction its {kl, above, below}.
import CONSTANTS from "./constants.json" with { type: "json" };
import { createFigure, putter } from "../kit/lifecycle.mjs";
import { createPad } from "../kit/pad.mjs";
import { freshId, node } from "../kit/node.mjs";
import { gaussianKl, gaussianKlGradient, signedAreas } from "./arithmetic.mjs";
import { numberText } from "../kit/plane.mjs";
import { paintDensities, paintIntegrand } from "./picture.mjs";
import { paintLandscape } from "./landscape.mjs";
import { sliderRow } from "../kit/slider.mjs";

const EXTENT = CONSTANTS.extent; // Of μ and log σ².
const STEP = 0.1;
const DECIMALS = 3; // Of a number of nats.
const ARROW = 0.5; // The arrow's length for a slope of one nat per unit, in units of the plane.
const LONGEST = 1.5;
const HINT = "Drag the point, or use the arrow keys there: Shift for larger steps, Home for the prior.";
const LOOK = `
.vae-kl { display: grid; grid-template: "pad curves" auto "sliders curves" 1fr / minmax(0, 5fr) minmax(0, 6fr);
  column-gap: 1.25rem; row-gap: 0.35rem; }
.vae-kl > .vae-pad { grid-area: pad; }
.vae-live .vae-kl > .vae-sliders { grid-area: sliders; margin-top: 0; }
.vae-kl > .vae-sliders .vae-slider { grid-template-columns: 3.4em minmax(0, 1fr) 3.4em; }
.vae-kl > .vae-curves { grid-area: curves; display: flex; flex-direction: column; gap: 0.3rem;
  container-type: inline-size; }
.vae-curves canvas { width: 100%; height: 6.4rem; }
.vae-curves canvas:last-child { height: 7.6rem; }
.vae-reading { display: flex; flex-wrap: wrap; gap: 0 0.6em; align-items: baseline; font-size: 0.92em; }
.vae-reading b { font-weight: 650; }
.vae-swatch { display: inline-block; width: 1.1em; height: 0.75em; margin-right: 0.25em; forced-color-adjust: none; }
.vae-live[data-narrow] .vae-kl { grid-template: "pad" "curves" "sliders" / minmax(0, 1fr); }
@container (max-width: 25em) { .vae-reading { font-size: 0.82em; column-gap: 0.4em; } }
@container (max-width: 20em) { .vae-unit { display: none; } }
`;

/** Draws the figure into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  const put = putter(model);
  const moveTo = ([mu, logVar]) => {
    model.set("mu", mu);
    put("log_var", logVar);
  };
  const { elements, ...parts } = buildParts(() => state(model), moveTo);
  const label = "KL divergence of two Gaussians";
  const figure = createFigure({ model, el, label, look: LOOK, elements, compute: () => compute(...state(model)) });
  let forward = true; // Which direction's level lines lie on the plane.
  figure.canvas(parts.pad.canvas, (view, { mu, logVar }) => {
    paintLandscape(view, EXTENT, { forward, mu, logVar, downhill: downhill(forward, mu, logVar) });
  });
  figure.canvas(parts.canvases[0], (view, { mu, logVar }) => paintDensities(view, mu, logVar));
  figure.canvas(parts.canvases[1], (view, { mu, logVar }) => paintIntegrand(view, true, mu, logVar, false));
  figure.canvas(parts.canvases[2], (view, { mu, logVar }) => paintIntegrand(view, false, mu, logVar, true));
  parts.toggle.addEventListener("click", () => {
    forward = !forward;
    parts.toggle.setAttribute("aria-pressed", String(!forward));
    figure.ask();
  });
  return figure.start({
    traits: ["mu", "log_var"],
    write: (shown) => write(parts, shown, figure.colours),
    sentence,
    handle: {
      get z() { return state(model); },
      set z(value) { moveTo(value); },
      values: () => compute(...state(model)).values,
    },
  });
}

function state(model) {
  return [model.get("mu") ?? 0, model.get("log_var") ?? 0];
}

/** q, and for each direction the closed form of its divergence and the areas of its integrand. */
function compute(mu, logVar) {
  const direction = (forward) => ({ kl: gaussianKl(forward, mu, logVar), ...signedAreas(forward, mu, logVar) });
  return { mu, logVar, values: { forward: direction(true), reverse: direction(false) } };
}

/** The figure's elements, in the order they are read. */
function buildParts(current, moveTo) {
  const hintId = freshId("hint");
  const pad = createPad({
    label: "Mean and log variance of q",
    describedBy: hintId,
    extent: EXTENT,
    step: STEP,
    radius: 0.12,
    moved: moveTo,
  });
  const names = [["μ", "mean mu of q"], ["log σ²", "log variance of q"]];
  const sliders = names.map(([name, label], axis) => {
    const [min, max] = EXTENT.slice(2 * axis, 2 * axis + 2);
    const moved = (value) => moveTo(current().map((each, k) => (k === axis ? value : each)));
    return sliderRow({ name, label, min, max, step: STEP, moved });
  });
  const readings = [0, 1, 2].map(() => node("div", { class: "vae-reading vae-number" }));
  const canvases = [0, 1, 2].map(() => node("canvas"));
  // The numbers also stand in the group's label, which a screen reader gets instead of canvases and swatches.
  const curves = node("div", { class: "vae-curves", role: "img" });
  readings.forEach((reading, k) => curves.append(reading, canvases[k]));
  const toggle = node("button", { type: "button", "aria-pressed": "false" }, "Lines and arrow of KL(p ‖ q)");
  const hint = node("p", { id: hintId, class: "vae-muted" }, HINT);
  const rows = node("div", { class: "vae-sliders" }, ...sliders.map((each) => each.element));
  const elements = [
    node("div", { class: "vae-kl" }, pad.element, curves, rows),
    node("div", { class: "vae-foot" }, toggle, hint),
  ];
  return { pad, sliders, readings, canvases, curves, toggle, elements };
}

/** Puts the numbers where they are read. */
function write({ pad, sliders, readings, curves }, shown, colours) {
  const { mu, logVar, values } = shown;
  pad.place([mu, logVar], `mu ${numberText(mu, 2)}, log variance ${numberText(logVar, 2)}`);
  sliders.forEach((slider, axis) => slider.place([mu, logVar][axis]));
  readings[0].replaceChildren(...legend(mu, logVar, colours));
  readings[1].replaceChildren(...sum("KL(q ‖ p)", values.forward, colours));
  readings[2].replaceChildren(...sum("KL(p ‖ q)", values.reverse, colours));
  curves.setAttribute("aria-label", sentence(shown));
}

/** A step against the gradient, cut where it would leave the plane's middle far behind. */
function downhill(forward, mu, logVar) {
  const step = gaussianKlGradient(forward, mu, logVar).map((each) => -ARROW * each);
  const length = Math.hypot(...step);
  return length > LONGEST ? step.map((each) => (each * LONGEST) / length) : step;
}

function legend(mu, logVar, colours) {
  const line = (style) => {
    const swatch = node("span", { class: "vae-swatch" });
    swatch.style.cssText = `height: 0; vertical-align: 0.3em; border-top: ${style}`;
    return swatch;
  };
  const q = `q = N(${numberText(mu, 2)}, ${numberText(Math.exp(0.5 * logVar), 2)}²)`;
  return [
    node("span", {}, line(`3px solid ${colours.blue}`), node("b", {}, q)),
    node("span", {}, line(`2px dashed ${colours.ink}`), "p = N(0, 1)"),
  ];
}

/** The number as what lies above the axis less what lies below it. */
function sum(name, { kl, above, below }, colours) {
  const swatch = (background) => {
    const box = node("span", { class: "vae-swatch" });
    box.style.background = background;
    return box;
  };
  const hatched = `repeating-linear-gradient(135deg, ${colours.vermilion} 0 1.6px, transparent 1.6px 3.6px)`;
  return [
    node("b", {}, `${name} = ${numberText(kl, DECIMALS)}`, node("span", { class: "vae-unit" }, " nats")),
    node("span", {}, "= ", swatch(colours.blueArea), numberText(above, DECIMALS)),
    node("span", {}, "− ", swatch(hatched), numberText(below, DECIMALS)),
  ];
}

function sentence({ mu, logVar, values }) {
  const text = (value) => numberText(value, DECIMALS);
  const parts = ({ kl, above, below }) => `${text(kl)} nats, ${text(above)} above the axis less ${text(below)} below it`;
  const q = `q has mean ${numberText(mu, 2)} and standard deviation ${numberText(Math.exp(0.5 * logVar), 2)}`;
  return `${q}. KL of q to p: ${parts(values.forward)}. KL of p to q: ${parts(values.reverse)}.`;
}
