// Two humps and one Gaussian, fitted in both directions of KL; the reverse fit from a start that is dragged. Its Python
// side: two_directions.py.
//
// For tests and the curious the element carries `vaeFigure`: {frames, firstPaintAt, z, values()}. `frames` counts the
// paints, `firstPaintAt` is the page's clock at the first, `z` is the start [μ, log σ²] and can be set, `values()` gives
// what is shown: {forward, reverse, valleys}, each fit as {mu, logVar, forward, reverse} with both divergences.
import { DIRECTION_COLOURS, SPAN, contours, paintFits, paintPlane } from "./picture.mjs";
import { createPad } from "../kit/pad.mjs";
import { createStage } from "../kit/stage.mjs";
import {
  forwardDivergence,
  momentsOf,
  reverseDivergence,
  reverseLandscape,
  reversePath,
  reverseValleys,
} from "./arithmetic.mjs";
import { freshId, node } from "../kit/node.mjs";
import { numberText, roundTo } from "../kit/plane.mjs";
import { oncePerFrame, sharpCanvas } from "../kit/canvas.mjs";
import { sliderRow } from "../kit/slider.mjs";

const EXTENT = [-4, 4, -3, 3]; // Of the start; as the bounds below, in two_directions.py too.
const BOUNDS = { left: [-3.5, 0], right: [0, 3.5], weight: [0.05, 0.95], width: [0.3, 1.5] };
const STEP = 0.1;
const LABELS = {
  left: ["left", "centre of the left hump"],
  right: ["right", "centre of the right hump"],
  weight: ["weight", "weight of the left hump"],
  width: ["width", "width of both humps"],
};
const TRAITS = [...Object.keys(BOUNDS), "mu", "log_var"];
const GRID = [40, 30]; // Intervals of the landscape.
const HINT = "Drag the ring, where the descent starts, and the humps. Keys on the plane: arrows, with Shift for larger steps.";
const LOOK = `
.vae-two { display: grid; grid-template: "pad fits" auto "places shapes" auto / minmax(0, 1fr) minmax(0, 1fr);
  column-gap: 1.25rem; row-gap: 0.35rem; }
.vae-two > .vae-pad { grid-area: pad; align-self: start; }
.vae-two > .vae-fits { grid-area: fits; display: flex; flex-direction: column; gap: 0.3rem; }
.vae-fits canvas { width: 100%; height: 8.6rem; cursor: ew-resize; touch-action: pan-y; }
.vae-live .vae-two > .vae-sliders { margin-top: 0; }
.vae-two .vae-slider { grid-template-columns: 3.6em minmax(0, 1fr) 3em; }
.vae-live .vae-fits table { border-collapse: collapse; margin: 0; width: 100%; font-size: 0.88em; border: 0; }
.vae-live .vae-fits :is(th, td) { padding: 0.1rem 0.2rem; text-align: right; font-weight: 400; border: 0;
  background: none; color: inherit; white-space: nowrap; }
.vae-live .vae-fits th:first-child { text-align: left; }
.vae-live .vae-fits td[data-least] { font-weight: 700; }
.vae-fits i { display: inline-block; width: 1.5em; margin-right: 0.4em; vertical-align: 0.3em;
  forced-color-adjust: none; }
.vae-verdict { font-weight: 600; font-size: 0.92em; min-height: 2.8em; }
.vae-live[data-narrow] .vae-two { grid-template: "pad" "fits" "places" "shapes" / minmax(0, 1fr); }
`;

/** Draws the figure into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  const sync = () => model.save_changes();
  const change = (values) => {
    for (const [trait, value] of Object.entries(values)) model.set(trait, value);
    sync();
  };
  const moveTo = ([mu, logVar]) => change({ mu, log_var: logVar });
  const parts = buildParts(change, moveTo);
  const stage = createStage(el, { label: "A Gaussian fitted to two humps in both directions", themed: () => picture.ask() });
  stage.body.append(node("style", {}, LOOK), ...parts.elements);
  dragHumps(parts.density, () => stateOf(model).target, change);
  const picture = startPicture({ model, stage, parts });
  el.vaeFigure = {
    get frames() { return picture.frames; },
    get firstPaintAt() { return picture.firstPaintAt; },
    get z() { return stateOf(model).start; },
    set z(value) { moveTo(value); },
    values: () => {
      const { forward, reverse, valleys } = fitsOf(stateOf(model));
      return { forward, reverse, valleys };
    },
  };
  return () => {
    picture.stop();
    stage.dispose();
    delete el.vaeFigure;
  };
}

function stateOf(model) {
  const [left, right, weight, width, mu, logVar] = TRAITS.map((trait) => model.get(trait));
  return { target: { left, right, weight, width }, start: [mu, logVar] };
}

/** A Gaussian with both divergences. */
function priced(target, [mu, logVar]) {
  return {
    mu,
    logVar,
    forward: forwardDivergence(target, mu, logVar),
    reverse: reverseDivergence(target, mu, logVar),
  };
}

/** Both fits and all valleys with their prices, and the path to the reverse fit. */
function fitsOf({ target, start }) {
  const path = reversePath(target, start);
  return { path, reverse: priced(target, path.at(-1)), ...whatStands(target) };
}

let standing = { key: "" };

/** What does not depend on the start, kept while the humps stand still: the forward fit and all valleys. */
function whatStands(target) {
  const key = JSON.stringify(target);
  if (standing.key !== key) {
    const valleys = reverseValleys(target).map((end) => priced(target, end));
    standing = { key, fits: { forward: priced(target, momentsOf(target)), valleys } };
  }
  return standing.fits;
}

/** The figure's elements, in the order they are read. */
function buildParts(change, moveTo) {
  const hintId = freshId("hint");
  const pad = createPad({
    label: "Start of the reverse fit, mean and log variance",
    describedBy: hintId,
    extent: EXTENT,
    step: STEP,
    radius: 0.18,
    moved: moveTo,
  });
  const row = (trait) => {
    const [name, label] = LABELS[trait];
    const [min, max] = BOUNDS[trait];
    return sliderRow({ name, label, min, max, step: STEP, moved: (value) => change({ [trait]: value }) });
  };
  const sliders = Object.fromEntries(Object.keys(BOUNDS).map((trait) => [trait, row(trait)]));
  const density = node("canvas", { role: "img" });
  const table = node("table");
  const verdict = node("p", { class: "vae-verdict" });
  const fits = node("div", { class: "vae-fits" }, density, table, verdict);
  const rows = (area, ...names) =>
    node("div", { class: "vae-sliders", style: `grid-area: ${area}` }, ...names.map((name) => sliders[name].element));
  const hint = node("p", { id: hintId, class: "vae-muted" }, HINT);
  const both = [rows("places", "left", "right"), rows("shapes", "weight", "width")];
  const elements = [node("div", { class: "vae-two" }, pad.element, fits, ...both), node("div", { class: "vae-foot" }, hint)];
  return { pad, sliders, density, table, verdict, elements };
}

/** Lets a pointer move the nearer hump sideways; the sliders do the same for keys and screen readers. */
function dragHumps(canvas, target, change) {
  let hump = null;
  const at = (event) => {
    const { left, width } = canvas.getBoundingClientRect();
    return SPAN[0] + ((event.clientX - left) / width) * (SPAN[1] - SPAN[0]);
  };
  const follow = (event) => {
    const [least, most] = BOUNDS[hump];
    change({ [hump]: roundTo(2, Math.min(Math.max(at(event), least), most)) });
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    const { left, right } = target();
    hump = Math.abs(at(event) - left) <= Math.abs(at(event) - right) ? "left" : "right";
    canvas.setPointerCapture?.(event.pointerId);
    // A finger may be about to scroll the page; it moves a hump once it goes across.
    if (event.pointerType !== "touch") follow(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (hump && event.isPrimary && event.buttons & 1) follow(event);
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => (hump = null));
}

/** Keeps pictures and numbers with the state: {frames, ask, stop}. */
function startPicture({ model, stage, parts }) {
  const { pad, sliders, density, table, verdict } = parts;
  const font = getComputedStyle(stage.root).fontFamily;
  const colours = () => ({ ...stage.colours, ...DIRECTION_COLOURS[stage.root.dataset.theme] });
  let fits = null;
  let landscape = { key: "", lines: null }; // Kept while the humps stand still: it is most of the work.
  const point = ({ mu, logVar }) => [mu, logVar];
  const refresh = () => {
    const state = stateOf(model);
    fits = fitsOf(state);
    const key = JSON.stringify(state.target);
    if (landscape.key !== key) landscape = { key, lines: contours(reverseLandscape(state.target, EXTENT, ...GRID)) };
  };
  const painted = (canvas, paint) =>
    sharpCanvas(canvas, (context, width, height) => {
      context.clearRect(0, 0, width, height);
      const lines = { ...fits, forward: point(fits.forward), reverse: point(fits.reverse), valleys: fits.valleys.map(point) };
      paint({ context, width, height, colours: colours(), font }, lines);
    });
  refresh();
  const all = [
    painted(pad.canvas, (view, lines) => paintPlane(view, EXTENT, landscape.lines, lines)),
    painted(density, (view, lines) => paintFits(view, stateOf(model).target, lines)),
  ];
  const picture = { frames: 0, firstPaintAt: 0 };
  const paint = () => {
    refresh();
    const { target, start } = stateOf(model);
    all.forEach((each) => each.repaint());
    pad.place(start, `mu ${numberText(start[0], 2)}, log variance ${numberText(start[1], 2)}`);
    for (const [trait, slider] of Object.entries(sliders)) slider.place(target[trait]);
    table.replaceChildren(...tableRows(fits, colours()));
    verdict.textContent = verdictOn(fits);
    density.setAttribute("aria-label", sentenceOf(fits));
    picture.frames++;
    picture.firstPaintAt ||= performance.now();
  };
  picture.ask = oncePerFrame(paint);
  const changed = () => {
    picture.ask();
    stage.say(() => sentenceOf(fitsOf(stateOf(model))));
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

function tableRows({ forward, reverse }, colours) {
  const head = ["fit", "KL(p ‖ q)", "KL(q ‖ p)"].map((text) => node("th", { scope: "col" }, text));
  const row = (name, fit, other, line) => {
    const swatch = node("i");
    swatch.style.borderTop = line;
    const cells = ["forward", "reverse"].map((price) =>
      node("td", { "data-least": fit[price] < other[price] - 5e-4 }, numberText(fit[price], 3)),
    );
    return node("tr", {}, node("th", { scope: "row" }, swatch, name), ...cells);
  };
  return [
    node("tr", {}, ...head),
    row("forward", forward, reverse, `3px dashed ${colours.forward}`),
    row("reverse", reverse, forward, `3px solid ${colours.reverse}`),
  ];
}

function verdictOn({ reverse, valleys }) {
  const best = Math.min(...valleys.map((each) => each.reverse));
  if (valleys.length === 1) return "One valley: every start finds this reverse fit.";
  const behind = reverse.reverse - best;
  const rank = behind < 5e-4 ? "the best of them" : `${numberText(behind, 3)} nats above the best`;
  return `${valleys.length} valleys: this start finds the one at μ = ${numberText(reverse.mu, 2)}, ${rank}.`;
}

function sentenceOf(fits) {
  const text = ({ mu, logVar, forward, reverse }) =>
    `mean ${numberText(mu, 2)}, standard deviation ${numberText(Math.exp(0.5 * logVar), 2)}, ` +
    `KL of p to q ${numberText(forward, 3)}, KL of q to p ${numberText(reverse, 3)} nats`;
  return `Forward fit: ${text(fits.forward)}. Reverse fit: ${text(fits.reverse)}. ${verdictOn(fits)}`;
}
