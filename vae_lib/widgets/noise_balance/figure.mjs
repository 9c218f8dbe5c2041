// The noise of one coordinate between two pulls: a point on the curve of its cost. Its Python side: noise_balance.py.
//
// For tests and the curious the element carries `vaeFigure`: {frames, firstPaintAt, z, values()}. `frames` counts the
// paints, `firstPaintAt` is the page's clock at the first, `z` is log σ and can be set, `values()` gives what is shown:
// {sigma, rest, costs, pulls}, `rest` as the σ of the balance.
import { PULL_COLOURS, paintCloud, paintNoise } from "./picture.mjs";
import { createStage } from "../kit/stage.mjs";
import { createTrack } from "../kit/track.mjs";
import { freshId, node } from "../kit/node.mjs";
import { noiseAfter, noiseCosts, noisePulls, restingNoise } from "./arithmetic.mjs";
import { numberText } from "../kit/plane.mjs";
import { oncePerFrame, sharpCanvas } from "../kit/canvas.mjs";
import { sliderRow } from "../kit/slider.mjs";

const RANGE = [Math.log(0.02), Math.log(4)]; // Of log σ; weight, variance and σ have the bounds of noise_balance.py.
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
  const sync = () => model.save_changes();
  const change = (trait, value) => {
    model.set(trait, value);
    sync();
  };
  const moveTo = (logSigma) => change("sigma", Math.exp(logSigma));
  const parts = buildParts(change, (logSigma) => {
    fall.stop();
    moveTo(logSigma);
  });
  const stage = createStage(el, { label: "The noise of one coordinate between two pulls", themed: () => picture.ask() });
  stage.body.append(node("style", {}, LOOK), ...parts.elements);
  const fall = createFall(() => state(model), moveTo, parts.release);
  const picture = startPicture({ model, stage, parts });
  parts.release.addEventListener("click", fall.turn);
  parts.toggle.addEventListener("click", () => change("kl", !state(model).kl));
  el.vaeFigure = {
    get frames() { return picture.frames; },
    get firstPaintAt() { return picture.firstPaintAt; },
    get z() { return state(model).logSigma; },
    set z(value) { moveTo(value); },
    values: () => valuesOf(state(model)),
  };
  return () => {
    fall.stop();
    picture.stop();
    stage.dispose();
    delete el.vaeFigure;
  };
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
function buildParts(change, moved) {
  const hintId = freshId("hint");
  const [min, max] = RANGE;
  const track = createTrack({ label: "Log sigma", describedBy: hintId, min, max, step: STEP, home: 0, moved });
  const row = (name, label, bounds, trait) => sliderRow({ name, label, ...bounds, moved: (value) => change(trait, value) });
  const sliders = {
    weight: row("‖w‖", "norm of the decoder's column w", { min: 0, max: 5, step: 0.1 }, "weight"),
    variance: row("s²", "variance of the decoder's likelihood", { min: 0.05, max: 4, step: 0.05 }, "variance"),
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

/** Keeps the picture and the numbers with the state: {frames, ask, stop}. */
function startPicture({ model, stage, parts }) {
  const { track, sliders, pulls, verdict, cloud, toggle } = parts;
  const font = getComputedStyle(stage.root).fontFamily;
  const colours = () => ({ ...stage.colours, ...PULL_COLOURS[stage.root.dataset.theme] });
  const painted = (canvas, paint) =>
    sharpCanvas(canvas, (context, width, height) => {
      context.clearRect(0, 0, width, height);
      paint({ context, width, height, colours: colours(), font }, state(model));
    });
  const all = [
    painted(track.canvas, (view, { logSigma, ...balance }) => paintNoise(view, RANGE, balance, logSigma)),
    painted(cloud, (view, { logSigma }) => paintCloud(view, Math.exp(logSigma))),
  ];
  const picture = { frames: 0, firstPaintAt: 0 };
  const paint = () => {
    const now = state(model);
    all.forEach((each) => each.repaint());
    track.place(now.logSigma, sentence(now));
    sliders.weight.place(now.weight);
    sliders.variance.place(now.variance);
    pulls.replaceChildren(...pullRows(now, colours()));
    verdict.textContent = verdictOf(now);
    toggle.setAttribute("aria-pressed", String(now.kl));
    picture.frames++;
    picture.firstPaintAt ||= performance.now();
  };
  picture.ask = oncePerFrame(paint);
  const changed = () => {
    picture.ask();
    stage.say(() => sentence(state(model)));
  };
  for (const name of TRAITS) model.on(`change:${name}`, changed);
  picture.stop = () => {
    for (const name of TRAITS) model.off(`change:${name}`, changed);
    picture.ask.cancel();
    all.forEach((each) => each.dispose());
  };
  paint();
  return picture;
}

function pullRows(now, colours) {
  const { pulls } = valuesOf(now);
  const row = (name, key, style, colour = colours[key]) => {
    const swatch = node("i");
    swatch.style.borderTop = `3px ${style} ${colour}`;
    return [swatch, node("span", {}, name), node("span", { class: "vae-number" }, pullText(pulls[key]))];
  };
  const rows = row("reconstruction", "reconstruction", now.kl ? "dashed" : "solid");
  if (now.kl) rows.push(...row("KL", "kl", "dotted"), ...row("both", "total", "solid", colours.ink));
  return rows;
}

/** A pull as an arrow and its size; without an arrow where it rounds to nothing. */
function pullText(pull) {
  const size = numberText(Math.abs(pull), 2);
  if (Number(size) === 0) return size;
  return pull < 0 ? `← ${size}` : `${size} →`;
}

function verdictOf(now) {
  const { pulls, rest } = valuesOf(now);
  if (rest === null) return "Nothing pulls: any σ will do.";
  if (Math.abs(pulls.total) < 5e-3 && now.kl) return "In balance.";
  const way = pulls.total < 0 ? "shrinks" : "grows";
  return now.kl ? `The noise ${way} towards ${numberText(rest, 3)}.` : `The noise ${way}, and never stops.`;
}

function sentence(now) {
  const { sigma, pulls } = valuesOf(now);
  const text = (pull) => `${numberText(Math.abs(pull), 2)} ${pull < 0 ? "down" : "up"}`;
  const kl = now.kl ? `, the KL ${text(pulls.kl)}` : ", no KL";
  return `Sigma ${numberText(sigma, 3)}: the reconstruction pulls ${text(pulls.reconstruction)}${kl}. ${verdictOf(now)}`;
}
