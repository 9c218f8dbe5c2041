// The noise of one coordinate between two pulls: a point on the curve of its cost. Its Python side: __init__.py.
//
// For tests and the curious the element carries `vaeFigure`: {z, values()} beside what every figure has: `z` is log σ
// and can be set, `values()` gives what is shown: {sigma, rest, costs, pulls}, `rest` as the σ of the balance.
import CONSTANTS from "./constants.json" with { type: "json" };
import { createFigure, putter } from "../kit/lifecycle.mjs";
import { createTrack } from "../kit/track.mjs";
import { freshId, node } from "../kit/node.mjs";
import { noiseAfter, noiseCosts, noisePulls, restingNoise } from "./arithmetic.mjs";
import { numberText } from "../kit/plane.mjs";
import { paintCloud, paintNoise } from "./picture.mjs";
import { sliderRow } from "../kit/slider.mjs";

const RANGE = CONSTANTS.sigma.map(Math.log); // Of log σ.
const STEP = 0.05;
const TRAITS = ["weight", "variance", "sigma", "kl"];
const NEAR = 1e-3; // Of log σ: nearer than this the point has arrived.
const HINT = "Drag the point, or use the arrow keys there: Shift for larger steps, Home for σ = 1.";
const LOOK = `
.vae-noise .vae-pad { aspect-ratio: 4 / 3; }
.vae-noise .vae-slider { grid-template-columns: 2.6em minmax(0, 1fr) 3.4em; }
.vae-noise .vae-side > canvas { width: 100%; height: 4.6rem; flex: none; }
.vae-pulls { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 0.3rem 0.6em; align-items: center;
  margin: 0.2rem 0 0.3rem; font-size: 0.95em; }
.vae-pulls i { display: block; width: 1.6em; border-top: 3px solid; forced-color-adjust: none; }
.vae-pulls .vae-number { text-align: right; white-space: nowrap; }
.vae-verdict { font-weight: 600; padding-bottom: 0.5rem !important; }
.vae-live[data-narrow] .vae-noise .vae-side { display: flex; }
.vae-live[data-narrow] .vae-noise .vae-side > :first-child:nth-last-child(n) { max-width: none; justify-self: auto; }
`;

/** Draws the figure into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  const put = putter(model);
  const moveTo = (logSigma) => put("sigma", Math.exp(logSigma));
  const { elements, ...parts } = buildParts(put, (logSigma) => {
    fall.stop();
    moveTo(logSigma);
  });
  const compute = () => ({ ...state(model), ...valuesOf(state(model)) });
  const label = "The noise of one coordinate between two pulls";
  const figure = createFigure({ model, el, label, look: LOOK, elements, compute });
  const fall = createFall(() => state(model), moveTo, parts.release);
  parts.release.addEventListener("click", fall.turn);
  parts.toggle.addEventListener("click", () => put("kl", !model.get("kl")));
  figure.also(fall.stop);
  figure.canvas(parts.track.canvas, (view, shown) => paintNoise(view, RANGE, shown, shown.logSigma));
  figure.canvas(parts.cloud, (view, { sigma }) => paintCloud(view, sigma));
  return figure.start({
    traits: TRAITS,
    write: (shown) => write(parts, shown, figure.colours),
    sentence,
    handle: {
      get z() { return state(model).logSigma; },
      set z(value) { moveTo(value); },
      values: () => valuesOf(state(model)),
    },
  });
}

function state(model) {
  const [weight, variance, sigma, kl] = TRAITS.map((trait) => model.get(trait));
  return { weight, variance, kl, logSigma: Math.log(sigma) };
}

function valuesOf({ logSigma, ...balance }) {
  const rest = restingNoise(balance);
  return {
    sigma: Math.exp(logSigma),
    rest: rest === null ? null : Math.exp(rest),
    costs: noiseCosts(balance, logSigma),
    pulls: noisePulls(balance, logSigma),
  };
}

/** The figure's elements, in the order they are read. */
function buildParts(put, moved) {
  const hintId = freshId("hint");
  const [min, max] = RANGE;
  const track = createTrack({ label: "Log sigma", describedBy: hintId, min, max, step: STEP, home: 0, moved });
  const row = (name, label, trait, step) => {
    const [least, most] = CONSTANTS[trait];
    return sliderRow({ name, label, min: least, max: most, step, moved: (value) => put(trait, value) });
  };
  const sliders = {
    weight: row("‖w‖", "norm of the decoder's column w", "weight", 0.1),
    variance: row("s²", "variance of the decoder's likelihood", "variance", 0.05),
  };
  // Read aloud as the status sentence, so the table is for the eye.
  const pulls = node("div", { class: "vae-pulls", "aria-hidden": "true" });
  const verdict = node("p", { class: "vae-verdict", "aria-hidden": "true" });
  const cloud = node("canvas", { "aria-hidden": "true" });
  const toggle = node("button", { type: "button" }, "With the KL");
  const release = node("button", { type: "button" }, "Let go");
  const rows = node("div", { class: "vae-sliders" }, ...Object.values(sliders).map((each) => each.element));
  const heading = node("p", { class: "vae-heading" }, "Pulls on log σ, in nats per unit");
  const side = node("div", { class: "vae-side" }, heading, pulls, verdict, cloud, rows);
  const hint = node("p", { id: hintId, class: "vae-muted" }, HINT);
  const elements = [
    node("div", { class: "vae-columns vae-noise" }, track.element, side),
    node("div", { class: "vae-foot" }, release, toggle, hint),
  ];
  return { track, sliders, pulls, verdict, cloud, toggle, release, elements };
}

/** Lets the point follow gradient flow, in a time that runs faster and faster: {turn, stop}. */
function createFall(current, moveTo, button) {
  let frame = 0;
  let began = 0;
  let last = 0;
  const stop = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    button.textContent = "Let go";
  };
  const arrived = ({ logSigma, ...balance }) => {
    const rest = restingNoise(balance);
    return rest === null || Math.abs(logSigma - Math.max(rest, RANGE[0])) < NEAR;
  };
  const fall = (now) => {
    const { logSigma, ...balance } = current();
    const time = (Math.min(now - last, 50) / 1000) * 0.5 * Math.exp((now - began) / 1000);
    last = now;
    moveTo(Math.max(noiseAfter(balance, logSigma, time), RANGE[0]));
    if (arrived(current())) stop();
    else frame = requestAnimationFrame(fall);
  };
  const jump = () => {
    const { logSigma, ...balance } = current();
    moveTo(Math.max(restingNoise(balance) ?? logSigma, RANGE[0]));
  };
  return {
    stop,
    turn() {
      if (frame) return stop();
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) return jump();
      button.textContent = "Stop";
      began = last = performance.now();
      frame = requestAnimationFrame(fall);
    },
  };
}

/** Puts the numbers where they are read. */
function write({ track, sliders, pulls, verdict, toggle }, shown, colours) {
  track.place(shown.logSigma, sentence(shown));
  sliders.weight.place(shown.weight);
  sliders.variance.place(shown.variance);
  pulls.replaceChildren(...pullRows(shown, colours));
  verdict.textContent = verdictOf(shown);
  toggle.setAttribute("aria-pressed", String(shown.kl));
}

function pullRows({ pulls, kl }, colours) {
  const row = (name, key, style, colour) => {
    const swatch = node("i");
    swatch.style.borderTop = `3px ${style} ${colour}`;
    return [swatch, node("span", {}, name), node("span", { class: "vae-number" }, pullText(pulls[key]))];
  };
  const rows = row("reconstruction", "reconstruction", kl ? "dashed" : "solid", colours.vermilion);
  if (kl) rows.push(...row("KL", "kl", "dotted", colours.blue), ...row("both", "total", "solid", colours.ink));
  return rows;
}

/** A pull as an arrow and its size; without an arrow where it rounds to nothing. */
function pullText(pull) {
  const size = numberText(Math.abs(pull), 2);
  if (Number(size) === 0) return size;
  return pull < 0 ? `← ${size}` : `${size} →`;
}

function verdictOf({ pulls, rest, kl }) {
  if (rest === null) return "Nothing pulls: any σ will do.";
  if (Math.abs(pulls.total) < 5e-3 && kl) return "In balance.";
  const way = pulls.total < 0 ? "shrinks" : "grows";
  return kl ? `The noise ${way} towards ${numberText(rest, 3)}.` : `The noise ${way}, and never stops.`;
}

function sentence(shown) {
  const { sigma, pulls } = shown;
  const text = (pull) => `${numberText(Math.abs(pull), 2)} ${pull < 0 ? "down" : "up"}`;
  const kl = shown.kl ? `, the KL ${text(pulls.kl)}` : ", no KL";
  return `Sigma ${numberText(sigma, 3)}: the reconstruction pulls ${text(pulls.reconstruction)}${kl}. ${verdictOf(shown)}`;
}
