// EM for a mixture of three Gaussians, one half-step at a time, under its reader's hand. Its Python side: __init__.py.
//
// For tests and the curious the element carries `vaeFigure`: {z, values()} beside what every figure has: `z` is the
// chosen centre and can be set, `values()` gives what is shown: {chosen, theta, q, entries}.
import CONSTANTS from "./constants.json" with { type: "json" };
import { NAMES, SHAPES, componentColours, paintMixture } from "./picture.mjs";
import { base64ToBytes } from "../kit/base64.mjs";
import { createFigure } from "../kit/lifecycle.mjs";
import { createPad } from "../kit/pad.mjs";
import { createRun, isAtRest, nextKind, verdictOf } from "./history.mjs";
import { freshId, node } from "../kit/node.mjs";
import { numberText, stepOf } from "../kit/plane.mjs";
import { paintStaircase } from "./staircase.mjs";
import { unpackPoints } from "./arithmetic.mjs";

const TRAITS = ["start", "q", "weights", "means", "covariances"];
const PAUSES = [420, 160]; // Milliseconds between two half-steps of a run, the first ten and those after.
const MOST = 2000; // Half-steps of one run.
const DECIMALS = 4;
const HINT = "Drag a centre, or choose one and use the arrow keys there: Shift for larger steps.";
const LOOK = `
.vae-em { display: grid; gap: 0.6rem 1.25rem; grid-template-columns: repeat(2, minmax(0, 1fr)); }
.vae-em > div { display: flex; flex-direction: column; gap: 0.6rem; }
.vae-steps { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 0.5rem; }
.vae-who { display: flex; gap: 0.5rem; }
.vae-levels canvas { width: 100%; height: 10.5rem; }
.vae-em button { padding: 0 0.4rem; }
.vae-who button { flex: 1 1 0; white-space: nowrap; }
.vae-em .vae-main { font-weight: 650; border-width: 2px; }
.vae-readings { display: grid; grid-template-columns: auto auto; justify-content: start; column-gap: 0.9em;
  font-size: 0.92em; margin-top: 0.3rem; }
.vae-readings i { display: inline-block; width: 1.4em; vertical-align: 0.25em; margin-right: 0.45em;
  forced-color-adjust: none; }
.vae-live .vae-verdict { font-weight: 600; margin-top: 0.4rem; min-height: 2.8em; }
.vae-live[data-narrow] .vae-em { grid-template-columns: minmax(0, 1fr); }
.vae-live[data-narrow] .vae-levels canvas { height: 8.5rem; }
`;

/** Draws the figure into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  const extent = model.get("extent");
  const run = createRun(unpackPoints(base64ToBytes(model.get("points")), extent), model.get("start"));
  let chosen = 0;
  const tie = tieTo(model, run);
  const act = (what, ...details) => {
    what(...details);
    tie.tell();
    // Not every step changes a value that Python has: to forget an even q is an entry all the same.
    figure.ask();
    figure.stage.say(() => sentence(run));
  };
  const choose = (k) => {
    chosen = k;
    figure.ask();
  };
  const motion = createMotion(run, (kind) => act(run.take, kind), (now) => parts.running(now));
  const { elements, ...parts } = buildParts(extent, { run, motion, act, choose, chosen: () => chosen });
  const figure = createFigure({ model, el, label: "EM for a mixture of three Gaussians", look: LOOK, elements });
  figure.canvas(parts.pad.canvas, (view) => paintMixture(view, extent, run));
  figure.canvas(parts.canvas, (view) => paintStaircase(view, run.entries));
  figure.also(motion.stop);
  return figure.start({
    traits: TRAITS,
    changed: tie.hear,
    write: () => write(parts, run, chosen, figure.colours),
    sentence: () => sentence(run),
    handle: {
      get z() { return [...run.theta.means[chosen]]; },
      set z(value) { act(run.move, chosen, value); },
      values: () => ({ chosen, theta: run.theta, q: run.q, entries: run.entries }),
    },
  });
}

/** Keeps Python's values and the run's the same: {tell, hear}. `hear` is to be called when Python's change. */
function tieTo(model, run) {
  let telling = false;
  return {
    tell() {
      telling = true;
      const { start, q, theta } = run;
      for (const [name, value] of Object.entries({ start, q, ...theta })) model.set(name, value);
      telling = false;
      model.save_changes();
    },
    hear() {
      if (telling) return;
      const [start, q, weights, means, covariances] = TRAITS.map((name) => model.get(name));
      if (start !== run.start) run.restart(start);
      else run.adopt({ weights, means, covariances }, q);
    },
  };
}

/** Takes one half-step after the other until nothing moves: {turn, stop}. */
function createMotion(run, take, running) {
  let timer = 0;
  let taken = 0;
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
    running(false);
  };
  const go = () => {
    take(nextKind(run));
    taken++;
    if (isAtRest(run) || taken >= MOST) stop();
    else timer = setTimeout(go, PAUSES[taken < 10 ? 0 : 1]);
  };
  const jump = () => {
    for (taken = 0; taken < 2 || (!isAtRest(run) && taken < MOST); taken++) take(nextKind(run));
  };
  return {
    stop,
    turn() {
      if (timer) return stop();
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) return jump();
      taken = 0;
      running(true);
      go();
    },
  };
}

/** The figure's elements, in the order they are read. */
function buildParts(extent, hand) {
  const hintId = freshId("hint");
  const pad = buildPad(extent, hand, hintId);
  const who = NAMES.map((name, k) => pressable({ press: () => hand.choose(k) }));
  const { runs, all } = buildSteps(hand);
  const canvas = node("canvas");
  const readings = node("div", { class: "vae-readings vae-number", "aria-hidden": "true" });
  const verdict = node("p", { class: "vae-verdict vae-number", "aria-hidden": "true" });
  // The levels also stand in the group's label, which a screen reader gets instead of the canvas.
  const levels = node("div", { class: "vae-levels", role: "img" }, canvas, readings, verdict);
  const group = (name, label, children) => node("div", { class: name, role: "group", "aria-label": label }, ...children);
  const choices = group("vae-who", "Which centre the arrow keys move", who);
  const steps = group("vae-steps", "Steps", all);
  const elements = [
    node("div", { class: "vae-em" }, node("div", {}, pad.element, choices), node("div", {}, steps, levels)),
    node("div", { class: "vae-foot" }, node("p", { id: hintId, class: "vae-muted" }, HINT)),
  ];
  const running = (now) => (runs.textContent = now ? "Stop" : "Run");
  return { pad, who, canvas, levels, readings, verdict, running, elements };
}

/** The plane of the points; the hand takes the centre that lies nearest. */
function buildPad(extent, { run, motion, act, choose, chosen }, describedBy) {
  const [left, right, , top] = extent;
  const moved = (mean) => act(run.move, chosen(), mean);
  const pad = createPad({ label: "", describedBy, extent, step: stepOf(extent), radius: 0.026 * (right - left), moved });
  const nearest = (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    motion.stop();
    const box = pad.canvas.getBoundingClientRect();
    const scale = (right - left) / box.width;
    const [x, y] = [left + (event.clientX - box.left) * scale, top - (event.clientY - box.top) * scale];
    const far = run.theta.means.map(([mx, my]) => Math.hypot(mx - x, my - y));
    choose(far.indexOf(Math.min(...far)));
  };
  // Before the pad's own listener, which moves the chosen centre.
  pad.element.addEventListener("pointerdown", nearest, { capture: true });
  return pad;
}

/** The buttons that act on the run: {runs, all}. */
function buildSteps({ run, motion, act }) {
  const acts = (what, detail) => () => {
    motion.stop();
    act(what, detail());
  };
  const takes = (kind) => acts(run.take, () => kind);
  const runs = pressable({ text: "Run", main: true, press: motion.turn });
  const all = [
    pressable({ text: "E step", main: true, press: takes("E") }),
    pressable({ text: "M step", main: true, press: takes("M") }),
    runs,
    pressable({ text: "Forget q", press: takes("forget") }),
    pressable({ text: "Start again", press: acts(run.restart, () => run.start) }),
    pressable({ text: "Other start", press: acts(run.restart, () => (run.start + 1) % CONSTANTS.starts) }),
  ];
  return { runs, all };
}

function pressable({ text = "", main = false, press }) {
  const button = node("button", { type: "button", class: main ? "vae-main" : null }, text);
  button.addEventListener("click", press);
  return button;
}

/** Puts the run's numbers and words where they are read. */
function write({ pad, who, levels, readings, verdict }, run, chosen, colours) {
  const mean = run.theta.means[chosen];
  pad.place([...mean], `x ${numberText(mean[0], 2)}, y ${numberText(mean[1], 2)}`);
  pad.element.setAttribute("aria-label", `Centre of Gaussian ${NAMES[chosen]}`);
  who.forEach((button, k) => placeChoice(button, k, run.theta.weights[k], k === chosen, colours));
  readings.replaceChildren(...readingsOf(run.entries.at(-1), colours));
  verdict.textContent = verdictOf(run);
  levels.setAttribute("aria-label", sentence(run));
}

function placeChoice(button, k, weight, chosen, colours) {
  const shape = node("span", { "aria-hidden": "true" }, SHAPES[k]);
  shape.style.color = chosen ? "inherit" : componentColours(colours)[k];
  button.replaceChildren(shape, ` ${NAMES[k]} ${numberText(100 * weight, 0)} %`);
  button.setAttribute("aria-pressed", String(chosen));
}

function readingsOf({ evidence, bound }, colours) {
  const row = (line, name, value) => {
    const swatch = node("i");
    swatch.style.borderTop = line;
    return [node("span", {}, swatch, name), node("span", {}, numberText(value, DECIMALS))];
  };
  return [
    ...row(`2px dashed ${colours.ink}`, "log p(x), nats per point", evidence),
    ...row(`3px solid ${colours.blue}`, "bound", bound),
    ...row(`6px solid ${colours.vermilion}`, "gap = KL(q ‖ posterior)", Math.max(0, evidence - bound)),
  ];
}

function sentence(run) {
  const { evidence, bound } = run.entries.at(-1);
  const text = (value) => numberText(value, DECIMALS);
  const levels = `log p(x) ${text(evidence)}, bound ${text(bound)}, gap ${text(Math.max(0, evidence - bound))} nats per point`;
  return `${verdictOf(run)} ${levels}.`;
}
