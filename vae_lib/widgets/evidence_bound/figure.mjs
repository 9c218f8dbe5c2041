// A Gaussian q over a posterior that is none, and the two bars: log p(x), and the ELBO with its gap. Its Python side:
// evidence_bound.py.
//
// For tests and the curious the element carries `vaeFigure`: {frames, firstPaintAt, z, values()}. `frames` counts the
// paints, `firstPaintAt` is the page's clock at the first, `z` is [mu, height of q] and can be set, `values()` gives
// what is shown: {mu, sigma, x, evidence, reconstruction, kl, bound, gap}.
import { BOUND_COLOURS, paintBars, paintPosterior } from "./picture.mjs";
import { boundParts, climbed, logEvidence, steepness } from "./arithmetic.mjs";
import { createPad } from "../kit/pad.mjs";
import { createStage } from "../kit/stage.mjs";
import { freshId, node } from "../kit/node.mjs";
import { numberText } from "../kit/plane.mjs";
import { oncePerFrame, sharpCanvas } from "../kit/canvas.mjs";
import { sliderRow } from "../kit/slider.mjs";

const LIMITS = { mu: [-3, 3], sigma: [0.15, 2], x: [-0.5, 2.5] }; // As in evidence_bound.py.
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
  const sync = () => model.save_changes();
  const change = (values) => {
    for (const [name, value] of Object.entries(values)) {
      const [low, high] = LIMITS[name];
      model.set(name, Math.min(Math.max(value, low), high));
    }
    sync();
  };
  const byHand = (values) => {
    climb.stop();
    change(values);
  };
  const parts = buildParts(byHand);
  const stage = createStage(el, { label: "The ELBO and its gap", themed: () => picture.ask() });
  stage.body.append(node("style", {}, LOOK), ...parts.elements);
  const climb = createClimb(() => state(model), change, parts.run);
  const picture = startPicture({ model, stage, parts });
  parts.run.addEventListener("click", climb.turn);
  el.vaeFigure = {
    get frames() { return picture.frames; },
    get firstPaintAt() { return picture.firstPaintAt; },
    get z() { return placeOf(state(model)); },
    set z(place) { byHand(qAt(place)); },
    values: () => ({ ...state(model), ...boundParts(state(model)) }),
  };
  return () => {
    climb.stop();
    picture.stop();
    stage.dispose();
    delete el.vaeFigure;
  };
}

function state(model) {
  return { mu: model.get("mu"), sigma: model.get("sigma"), x: model.get("x") };
}

/** The top of q on the plane of z and density. */
function placeOf({ mu, sigma }) {
  return [mu, PEAK / sigma];
}

/** The q whose top is there, or the widest where that is no top at all. */
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

/** Keeps pictures and numbers with the state: {frames, firstPaintAt, ask, stop}. */
function startPicture({ model, stage, parts }) {
  const { pad, bars, sums, sliders } = parts;
  const font = getComputedStyle(stage.root).fontFamily;
  let shown = { ...state(model), ...boundParts(state(model)) };
  const colours = () => ({ ...stage.colours, ...BOUND_COLOURS[stage.root.dataset.theme] });
  const painted = (canvas, paint) =>
    sharpCanvas(canvas, (context, width, height) => {
      context.clearRect(0, 0, width, height);
      paint({ context, width, height, colours: colours(), font }, shown);
    });
  const all = [
    painted(pad.canvas, (view, now) => paintPosterior(view, EXTENT, now, now.evidence)),
    painted(bars, paintBars),
  ];
  const picture = { frames: 0, firstPaintAt: 0 };
  const paint = () => {
    const now = state(model);
    // The evidence is another one only for another x.
    shown = { ...now, ...boundParts(now, now.x === shown.x ? shown.evidence : logEvidence(now.x)) };
    all.forEach((each) => each.repaint());
    pad.place(placeOf(now), `mean ${numberText(now.mu, 2)}, standard deviation ${numberText(now.sigma, 3)}`);
    for (const [name, slider] of Object.entries(sliders)) slider.place(now[name]);
    sums.replaceChildren(...sumRows(shown, colours()));
    bars.setAttribute("aria-label", sentence(shown));
    picture.frames++;
    picture.firstPaintAt ||= performance.now();
  };
  picture.ask = oncePerFrame(paint);
  const changed = () => {
    picture.ask();
    stage.say(() => sentence(shown));
  };
  for (const name of Object.keys(LIMITS)) model.on(`change:${name}`, changed);
  picture.stop = () => {
    for (const name of Object.keys(LIMITS)) model.off(`change:${name}`, changed);
    picture.ask.cancel();
    all.forEach((each) => each.dispose());
  };
  paint();
  return picture;
}

function sumRows({ evidence, bound, gap, reconstruction, kl, ...now }, colours) {
  const text = (value) => numberText(value, 3);
  const swatch = (edge, background) => {
    const box = node("i");
    box.style.cssText = `border-color: ${edge}; background: ${background}`;
    return box;
  };
  const hatched = `repeating-linear-gradient(135deg, ${colours.gap} 0 1.6px, transparent 1.6px 3.6px)`;
  return [
    node(
      "span",
      {},
      node("b", {}, swatch(colours.ink, colours.posterior), `log p(x) = ${text(evidence)}`),
      node("span", {}, "= ", swatch(colours.q, colours.wash), `ELBO ${text(bound)}`),
      node("span", {}, "+ ", swatch(colours.gap, hatched), `KL(q ‖ p(z|x)) ${text(gap)}`),
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
