// Two humps and one Gaussian, fitted in both directions of KL; the reverse fit from a start that is dragged. Its Python
// side: __init__.py.
//
// For tests and the curious the element carries `vaeFigure`: {z, values()} beside what every figure has: `z` is the
// start [μ, log σ²] and can be set, `values()` gives what is shown: {forward, reverse, valleys}, each fit as {mu, logVar,
// forward, reverse} with both divergences.
import CONSTANTS from "./constants.json" with { type: "json" };
import { SPAN, contours, paintFits, paintPlane } from "./picture.mjs";
import { createFigure } from "../kit/lifecycle.mjs";
import { createPad } from "../kit/pad.mjs";
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
import { sliderRow } from "../kit/slider.mjs";

const EXTENT = CONSTANTS.extent; // Of the start.
const BOUNDS = CONSTANTS.bounds; // Of the target.
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
  const change = (values) => {
    for (const [trait, value] of Object.entries(values)) model.set(trait, value);
    model.save_changes();
  };
  const moveTo = ([mu, logVar]) => change({ mu, log_var: logVar });
  const { elements, ...parts } = buildParts(change, moveTo);
  dragHumps(parts.density, () => stateOf(model).target, change);
  const compute = () => ({ ...stateOf(model), ...fitsOf(stateOf(model)) });
  const label = "A Gaussian fitted to two humps in both directions";
  const figure = createFigure({ model, el, label, look: LOOK, elements, compute });
  const linesUnder = createLandscape();
  figure.canvas(parts.pad.canvas, (view, shown) => paintPlane(view, EXTENT, linesUnder(shown.target), placesOf(shown)));
  figure.canvas(parts.density, (view, shown) => paintFits(view, shown.target, placesOf(shown)));
  return figure.start({
    traits: TRAITS,
    write: (shown) => write(parts, shown, figure.colours),
    sentence,
    handle: {
      get z() { return stateOf(model).start; },
      set z(value) { moveTo(value); },
      values: () => {
        const { forward, reverse, valleys } = fitsOf(stateOf(model));
        return { forward, reverse, valleys };
      },
    },
  });
}

/** A function that gives a target's level lines, kept while the humps stand still: they are most of the work. */
function createLandscape() {
  let [known, lines] = ["", null];
  return (target) => {
    const key = JSON.stringify(target);
    if (key !== known) [known, lines] = [key, contours(reverseLandscape(target, EXTENT, ...GRID))];
    return lines;
  };
}

/** The fits as points of the plane, and the path between them. */
function placesOf({ forward, reverse, valleys, path }) {
  const point = ({ mu, logVar }) => [mu, logVar];
  return { forward: point(forward), reverse: point(reverse), valleys: valleys.map(point), path };
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

/** Puts the numbers where they are read. */
function write({ pad, sliders, density, table, verdict }, shown, colours) {
  const { target, start } = shown;
  pad.place(start, `mu ${numberText(start[0], 2)}, log variance ${numberText(start[1], 2)}`);
  for (const [trait, slider] of Object.entries(sliders)) slider.place(target[trait]);
  table.replaceChildren(...tableRows(shown, colours));
  verdict.textContent = verdictOn(shown);
  density.setAttribute("aria-label", sentence(shown));
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
    row("forward", forward, reverse, `3px dashed ${colours.vermilion}`),
    row("reverse", reverse, forward, `3px solid ${colours.blue}`),
  ];
}

function verdictOn({ reverse, valleys }) {
  const best = Math.min(...valleys.map((each) => each.reverse));
  if (valleys.length === 1) return "One valley: every start finds this reverse fit.";
  const behind = reverse.reverse - best;
  const rank = behind < 5e-4 ? "the best of them" : `${numberText(behind, 3)} nats above the best`;
  return `${valleys.length} valleys: this start finds the one at μ = ${numberText(reverse.mu, 2)}, ${rank}.`;
}

function sentence(fits) {
  const text = ({ mu, logVar, forward, reverse }) =>
    `mean ${numberText(mu, 2)}, standard deviation ${numberText(Math.exp(0.5 * logVar), 2)}, ` +
    `KL of p to q ${numberText(forward, 3)}, KL of q to p ${numberText(reverse, 3)} nats`;
  return `Forward fit: ${text(fits.forward)}. Reverse fit: ${text(fits.reverse)}. ${verdictOn(fits)}`;
}
