// Relaxed draws among three classes on their triangle, with the temperature to be turned. Its Python side: __init__.py.
//
// For tests and the curious the element carries `vaeFigure`: {z, values()} beside what every figure has: `z` are the
// logits and can be set, `values()` gives what is shown: the probabilities, the wins, the mean of the draws, and the
// gradient {exact, mean, deviation}.
import CONSTANTS from "./constants.json" with { type: "json" };
import { classColours, mark, paintSimplex } from "./picture.mjs";
import { createFigure, putter } from "../kit/lifecycle.mjs";
import { createPad } from "../kit/pad.mjs";
import { freshId, node } from "../kit/node.mjs";
import { gumbelDraws, logitsAt, relaxedDraws, toTriangle } from "./arithmetic.mjs";
import { numberText } from "../kit/plane.mjs";
import { sliderRow } from "../kit/slider.mjs";

const BOUND = CONSTANTS.bound; // Of a logit, on either side of 0.
const EXTENT = [-0.2, 1.2, -0.2, 1.05];
const TRAITS = ["logits", "temperature", "seed"];
const HINT =
  "Turn the temperature τ. Drag the ring, which stands at the classes' probabilities, or use the arrow keys there. The " +
  "cross is the mean of all draws; the circle at a corner grows with the draws that win for its class.";
const LOOK = `
.vae-simplex { display: grid; gap: 0.4rem 1.25rem; grid-template: "pad side" auto / minmax(0, 5fr) minmax(0, 4fr); }
.vae-simplex > .vae-pad { grid-area: pad; align-self: start; }
.vae-simplex > .vae-panel { grid-area: side; display: flex; flex-direction: column; gap: 0.2rem; }
.vae-live .vae-simplex .vae-sliders { margin: 0; }
.vae-simplex .vae-slider { grid-template-columns: 1.6em minmax(0, 1fr) 3.2em; }
.vae-live .vae-simplex table { border-collapse: collapse; margin: 0.3rem 0 0; width: 100%; font-size: 0.88em; border: 0; }
.vae-live .vae-simplex :is(th, td) { padding: 0.15rem 0.2rem; text-align: right; font-weight: 400; border: 0;
  background: none; color: inherit; white-space: nowrap; }
.vae-live .vae-simplex th:first-child { text-align: left; }
.vae-simplex th canvas { display: inline-block; width: 14px; height: 14px; margin-right: 0.35em; vertical-align: -2px; }
.vae-live .vae-simplex button { align-self: flex-start; margin-top: 0.5rem; }
.vae-live .vae-verdict { margin-top: 0.7rem; font-weight: 600; min-height: 2.8em; }
.vae-live[data-narrow] .vae-simplex { grid-template: "pad" "side" / minmax(0, 1fr); }
.vae-live[data-narrow] .vae-verdict { min-height: 4.2em; }
`;

/** Draws the figure into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  const put = putter(model);
  const { elements, ...parts } = buildParts(model, put);
  const label = "Relaxed draws among three classes";
  const figure = createFigure({ model, el, label, look: LOOK, elements, compute: () => compute(model) });
  figure.canvas(parts.pad.canvas, (view, shown) => paintSimplex(view, EXTENT, shown));
  return figure.start({
    traits: TRAITS,
    write: (shown) => write(model, parts, shown, classColours(figure.colours)),
    sentence: (shown) => sentence(model.get("temperature"), shown),
    handle: {
      get z() { return model.get("logits"); },
      set z(value) { put("logits", value); },
      values: () => valuesOf(model),
    },
  });
}

/** The figure's elements, in the order they are read. */
function buildParts(model, put) {
  const hintId = freshId("hint");
  const moved = (place) => put("logits", logitsAt(place, BOUND));
  const home = toTriangle([1 / 3, 1 / 3, 1 / 3]);
  const label = "Probabilities of the three classes";
  const pad = createPad({ label, describedBy: hintId, extent: EXTENT, step: 0.02, radius: 0.035, home, moved });
  const hot = sliderRow({
    name: "τ", label: "temperature", min: 0, max: CONSTANTS.hottest, step: 0.1, moved: (value) => put("temperature", value),
  });
  const sliders = [0, 1, 2].map((k) => {
    const name = node("span", {}, "a", node("sub", {}, String(k + 1)));
    const slid = (value) => put("logits", model.get("logits").map((each, i) => (i === k ? value : each)));
    return sliderRow({ name, label: `logit of class ${k + 1}`, min: -BOUND, max: BOUND, step: 0.1, moved: slid });
  });
  const rows = node("div", { class: "vae-sliders" }, hot.element, ...sliders.map((each) => each.element));
  const marks = [0, 1, 2].map(() => node("canvas", { width: 28, height: 28, "aria-hidden": "true" }));
  const table = buildTable(marks);
  const again = node("button", { type: "button" }, "New draws");
  again.addEventListener("click", () => put("seed", model.get("seed") + 1));
  const side = node("div", { class: "vae-panel" }, rows, table.element, again);
  const verdict = node("p", { class: "vae-verdict vae-number" });
  const hint = node("p", { id: hintId, class: "vae-muted" }, HINT);
  const elements = [node("div", { class: "vae-simplex" }, pad.element, side), verdict, node("div", { class: "vae-foot" }, hint)];
  return { pad, hot, sliders, marks, table, verdict, elements };
}

/** One row for each class: {element, place}. */
function buildTable(marks) {
  const head = ["class", "probability", "wins", "mean share"].map((text) => node("th", { scope: "col" }, text));
  const cells = marks.map(() => Array.from({ length: 3 }, () => node("td", { class: "vae-number" })));
  const rows = marks.map((canvas, k) => node("tr", {}, node("th", { scope: "row" }, canvas, String(k + 1)), ...cells[k]));
  return {
    element: node("table", {}, node("tr", {}, ...head), ...rows),
    place({ probabilities, won, mean }) {
      cells.forEach(([p, wins, share], k) => {
        p.textContent = numberText(probabilities[k], 3);
        wins.textContent = numberText(won[k] / CONSTANTS.draws, 3);
        share.textContent = numberText(mean[k], 3);
      });
    },
  };
}

function compute(model) {
  return relaxedDraws(model.get("logits"), gumbelDraws(CONSTANTS.draws, model.get("seed")), model.get("temperature"));
}

function valuesOf(model) {
  const { probabilities, won, mean, gradient } = compute(model);
  return { probabilities, won, mean, gradient };
}

/** Puts the numbers where they are read. */
function write(model, { pad, hot, sliders, marks, table, verdict }, shown, colours) {
  const temperature = model.get("temperature");
  const said = shown.probabilities.map((each, k) => `class ${k + 1} ${numberText(each, 2)}`).join(", ");
  pad.place(toTriangle(shown.probabilities), said);
  hot.place(temperature);
  sliders.forEach((slider, k) => slider.place(model.get("logits")[k]));
  marks.forEach((canvas, k) => {
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, 28, 28);
    mark(context, k, [14, 14], 9, colours[k]);
  });
  table.place(shown);
  verdict.textContent = verdictOn(temperature, shown);
}

function verdictOn(temperature, { gradient }) {
  const [exact, mean, deviation] = [gradient.exact, gradient.mean, gradient.deviation].map((each) => numberText(each, 2));
  const start = `Gradient of P(class 1) in a₁: exactly ${exact}`;
  if (temperature === 0) return `${start}. At τ = 0 every draw is a corner, and its slope is 0: nothing to learn from.`;
  return `${start}; the draws' mean is ${mean}, the deviation of one draw ${deviation}.`;
}

function sentence(temperature, shown) {
  const wins = shown.won.map((each, k) => `class ${k + 1} ${each}`).join(", ");
  return `Temperature ${numberText(temperature, 2)}. Wins of ${CONSTANTS.draws} draws: ${wins}. ${verdictOn(temperature, shown)}`;
}
