// A Gaussian q over a posterior that is not Gaussian, and two bars: log p(x), and the ELBO with its gap. Its Python side:
// __init__.py.
//
// For tests and the curious the element carries `vaeFigure`: {z, values()} beside what every figure has: `z` is
// [mu, height of q] and can be set, `values()` gives what is shown: {mu, sigma, x, evidence, reconstruction, kl, bound,
// gap}.
import CONSTANTS from "./constants.json" with { type: "json" };
import { boundParts, climbed, logEvidence, steepness } from "./arithmetic.mjs";
import { createFigure } from "../kit/lifecycle.mjs";
import { createPad } from "../kit/pad.mjs";
import { freshId, node } from "../kit/node.mjs";
import { numberText } from "../kit/plane.mjs";
import { paintBars, paintPosterior } from "./picture.mjs";
import { sliderRow } from "../kit/slider.mjs";

const LIMITS = CONSTANTS.limits;
const EXTENT = [-3.2, 3.2, -0.28, 2.8]; // z, and the height of a density.
const PEAK = 1 / Math.sqrt(2 * Math.PI); // The height of a Gaussian with sigma = 1.
const STEP = 0.05;
const LEVEL = 2e-4; // Steepness at which q has arrived.
const HASTE = 1.2; // The climb runs in a time that goes faster and faster, so that no ridge holds it up for long.
const HINT = "Drag the top of q: sideways its mean, upwards narrower. Arrow keys do the same, Home leads to the prior.";
const LOOK = `
.vae-bound { display: grid; grid-template-columns: minmax(0, 1fr) 9.5rem; gap: 0.75rem 1rem; }
.vae-bound .vae-pad { aspect-ratio: 5 / 3; }
.vae-bars { position: relative; }
.vae-bars canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
.vae-bound > .vae-sums, .vae-bound > .vae-sliders { grid-column: 1 / -1; }
.vae-sums { display: grid; gap: 0.15rem; font-size: 0.95em; }
.vae-sums > span { display: flex; flex-wrap: wrap; gap: 0 0.5em; align-items: baseline; }
.vae-sums i { display: inline-block; width: 1em; height: 0.75em; margin-right: 0.3em; font-style: normal;
  border: 1.5px solid; forced-color-adjust: none; }
.vae-verdict { font-weight: 600; min-height: 1.4em; }
.vae-bound > .vae-sliders { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); column-gap: 1.25rem; }
.vae-live .vae-bound .vae-slider { grid-template-columns: 1.1em minmax(0, 1fr) 4em; }
.vae-live[data-narrow] .vae-bound { grid-template-columns: minmax(0, 1fr) 6.4rem; column-gap: 0.5rem; }
.vae-live[data-narrow] .vae-bound .vae-pad { aspect-ratio: 5 / 6; }
.vae-live[data-narrow] .vae-bound > .vae-sliders { grid-template-columns: minmax(0, 1fr); }
.vae-live[data-narrow] .vae-sums { font-size: 0.86em; }
`;

/** Draws the figure into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  const change = (values) => {
    for (const [name, value] of Object.entries(values)) {
      const [low, high] = LIMITS[name];
      model.set(name, Math.min(Math.max(value, low), high));
    }
    model.save_changes();
  };
  const byHand = (values) => {
    climb.stop();
    change(values);
  };
  const { elements, ...parts } = buildParts(byHand);
  const compute = createReckoning(model);
  const figure = createFigure({ model, el, label: "The ELBO and its gap", look: LOOK, elements, compute });
  const climb = createClimb(() => state(model), change, parts.run);
  parts.run.addEventListener("click", climb.turn);
  figure.also(climb.stop);
  figure.canvas(parts.pad.canvas, (view, shown) => paintPosterior(view, EXTENT, shown, shown.evidence));
  figure.canvas(parts.bars, paintBars);
  return figure.start({
    traits: Object.keys(LIMITS),
    write: (shown) => write(parts, shown, figure.colours),
    sentence,
    handle: {
      get z() { return placeOf(state(model)); },
      set z(place) { byHand(qAt(place)); },
      values: compute,
    },
  });
}

/** A function that gives the state with its numbers; the evidence is reckoned anew only for another x. */
function createReckoning(model) {
  let [seen, evidence] = [null, 0];
  return () => {
    const now = state(model);
    if (now.x !== seen) [seen, evidence] = [now.x, logEvidence(now.x)];
    return { ...now, ...boundParts(now, evidence) };
  };
}

function state(model) {
  return { mu: model.get("mu"), sigma: model.get("sigma"), x: model.get("x") };
}

/** The top of q on the plane of z and density. */
function placeOf({ mu, sigma }) {
  return [mu, PEAK / sigma];
}

/** The q whose top is there; the widest where the point is not above the axis. */
function qAt([mu, height]) {
  return { mu, sigma: height > 0 ? PEAK / height : LIMITS.sigma[1] };
}

/** The figure's elements, in the order they are read. */
function buildParts(byHand) {
  const hintId = freshId("hint");
  const pad = createPad({
    label: "Mean and width of q",
    describedBy: hintId,
    extent: EXTENT,
    step: STEP,
    radius: 0.11,
    home: [0, PEAK],
    moved: (place) => byHand(qAt(place)),
  });
  // The style gives it another shape than the plane's, whose units differ across and up.
  pad.element.style.aspectRatio = "";
  const row = (name, label, trait) => {
    const [min, max] = LIMITS[trait];
    return sliderRow({ name, label, min, max, step: STEP, moved: (value) => byHand({ [trait]: value }) });
  };
  const sliders = {
    mu: row("μ", "mean mu of q", "mu"),
    sigma: row("σ", "standard deviation sigma of q", "sigma"),
    x: row("x", "x, what was seen", "x"),
  };
  const bars = node("canvas", { role: "img" });
  // The numbers also stand in the bars' label, which a screen reader gets instead.
  const sums = node("div", { class: "vae-sums vae-number", "aria-hidden": "true" });
  const run = node("button", { type: "button" }, "Climb");
  const rows = node("div", { class: "vae-sliders" }, ...Object.values(sliders).map((each) => each.element));
  const hint = node("p", { id: hintId, class: "vae-muted" }, HINT);
  const elements = [
    node("div", { class: "vae-bound" }, pad.element, node("div", { class: "vae-bars" }, bars), sums, rows),
    node("div", { class: "vae-foot" }, run, hint),
  ];
  return { pad, bars, sums, sliders, run, elements };
}

/** Lets q follow the natural gradient of its ELBO to the nearest top: {turn, stop}. */
function createClimb(current, change, button) {
  let frame = 0;
  let began = 0;
  let last = 0;
  const stop = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    button.textContent = "Climb";
  };
  /** Whether q has nowhere to go on. */
  const advance = (time) => {
    const here = current();
    let next = here;
    for (let left = time; left > 0; left -= 0.2) next = climbed(next, Math.min(left, 0.2), LIMITS);
    change({ mu: next.mu, sigma: next.sigma });
    return steepness(next) < LEVEL || (next.mu === here.mu && next.sigma === here.sigma);
  };
  const step = (now) => {
    const time = (Math.min(now - last, 50) / 1000) * Math.exp((HASTE * (now - began)) / 1000);
    last = now;
    if (advance(Math.max(Math.min(time, 4), 1e-3))) stop();
    else frame = requestAnimationFrame(step);
  };
  return {
    stop,
    turn() {
      if (frame) return stop();
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
        for (let i = 0; i < 100 && !advance(4); i++);
        return;
      }
      button.textContent = "Stop";
      began = last = performance.now();
      frame = requestAnimationFrame(step);
    },
  };
}

/** Puts the numbers where they are read. */
function write({ pad, bars, sums, sliders }, shown, colours) {
  const { mu, sigma } = shown;
  pad.place(placeOf(shown), `mean ${numberText(mu, 2)}, standard deviation ${numberText(sigma, 3)}`);
  for (const [name, slider] of Object.entries(sliders)) slider.place(shown[name]);
  sums.replaceChildren(...sumRows(shown, colours));
  bars.setAttribute("aria-label", sentence(shown));
}

function sumRows({ evidence, bound, gap, reconstruction, kl, ...now }, colours) {
  const text = (value) => numberText(value, 3);
  const swatch = (edge, background) => {
    const box = node("i");
    box.style.cssText = `border-color: ${edge}; background: ${background}`;
    return box;
  };
  const hatched = `repeating-linear-gradient(135deg, ${colours.vermilion} 0 1.6px, transparent 1.6px 3.6px)`;
  return [
    node(
      "span",
      {},
      node("b", {}, swatch(colours.ink, colours.inkArea), `log p(x) = ${text(evidence)}`),
      node("span", {}, "= ", swatch(colours.blue, colours.blueWash), `ELBO ${text(bound)}`),
      node("span", {}, "+ ", swatch(colours.vermilion, hatched), `KL(q ‖ p(z|x)) ${text(gap)}`),
    ),
    node("span", {}, `ELBO = reconstruction ${text(reconstruction)} − KL(q ‖ p(z)) ${text(kl)}`),
    node("span", { class: "vae-verdict" }, verdictOf(now, gap)),
  ];
}

function verdictOf(now, gap) {
  if (steepness(now) >= 5e-3) return "";
  return `At a top: no small step gains. The gap is ${numberText(gap, 3)} nats.`;
}

function sentence({ mu, sigma, x, evidence, bound, gap, reconstruction, kl }) {
  const text = (value) => numberText(value, 3);
  return [
    `q has mean ${numberText(mu, 2)} and standard deviation ${text(sigma)}, x is ${numberText(x, 2)}.`,
    `Log p of x ${text(evidence)} nats: ELBO ${text(bound)}, gap ${text(gap)}.`,
    `The ELBO is reconstruction ${text(reconstruction)} less KL ${text(kl)} to the prior.`,
    verdictOf({ mu, sigma, x }, gap),
  ].join(" ").trim();
}
