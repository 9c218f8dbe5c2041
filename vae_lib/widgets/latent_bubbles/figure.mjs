// The bubbles of held-out digits over a training, for several β. Its Python side: __init__.py.
//
// For tests and the curious the element carries `vaeFigure`: {beta, step, digit, values()} beside what every figure has:
// `beta`, `step` and `digit` can be set to what was recorded; `values()` gives what is shown: the means, the followed
// bubble, and how many lie out of sight.
import CONSTANTS from "./constants.json" with { type: "json" };
import { bubbleKl, bubblesAt, countOutside, curveOf, nearestBubble } from "./arithmetic.mjs";
import { pathOf, reachOf, readRecording, valuesAt } from "./arithmetic.mjs";
import { createFigure, putter } from "../kit/lifecycle.mjs";
import { createImage } from "../kit/image.mjs";
import { node } from "../kit/node.mjs";
import { numberText, planeMap } from "../kit/plane.mjs";
import { paintBubbles, paintCourse } from "./picture.mjs";
import { stopsRow } from "../kit/stops.mjs";
import { withPayload } from "../kit/host.mjs";

const NEAR = CONSTANTS.near; // Half the side of the plane that is not zoomed out.
const TRAITS = ["beta", "step", "digit"];
const HINT = "Press on a bubble to follow its digit; the dotted line is the way it came.";
const READINGS = {
  sigma: { title: "size σ", keyed: true, text: shortNumber },
  spread: { title: "spread", keyed: true, text: shortNumber },
  reconstruction: { title: "reconstruction", text: (value) => `${numberText(value, 1)} nats` },
  kl: { title: "KL", text: (value) => `${numberText(value, 1)} nats` },
};
const LOOK = `
.vae-bubbles { display: grid; grid-template: "plane side" auto "rows rows" auto /
  minmax(0, calc(50% + 2.5rem)) minmax(0, 1fr); column-gap: 1.25rem; row-gap: 0.35rem; }
.vae-bubbles > .vae-plane { grid-area: plane; position: relative; aspect-ratio: 1; overflow: hidden; cursor: pointer;
  border: 1px solid var(--vae-line); border-radius: 0.4rem; touch-action: pan-y pinch-zoom; }
.vae-plane canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
.vae-plane .vae-away { position: absolute; right: 0.5rem; top: 0.3rem; padding: 0 0.3rem; border-radius: 0.3rem;
  background: var(--vae-surface); font-size: 0.85em; pointer-events: none; }
.vae-bubbles > .vae-course { grid-area: side; display: flex; flex-direction: column; gap: 0.35rem; min-width: 0; }
.vae-course canvas.vae-chart { width: 100%; height: 10.5rem; flex: 1 1 10.5rem; }
.vae-course dl { display: grid; grid-template-columns: 1fr auto; gap: 0.1rem 0.6rem; margin: 0; font-size: 0.92em; }
.vae-course dt { font-weight: 400; margin: 0; }
.vae-course dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
.vae-course .vae-key { display: inline-block; width: 1.6em; margin-right: 0.4em; vertical-align: 0.28em;
  border-top: 3px solid var(--vae-focus); forced-color-adjust: none; }
.vae-course dt + dd + dt .vae-key { border-top: 2px dashed var(--vae-ink); }
.vae-follow { display: grid; grid-template-columns: 3.6rem minmax(0, 1fr); gap: 0.6rem; align-items: center;
  font-size: 0.92em; }
.vae-bubbles > .vae-rows { grid-area: rows; }
.vae-rows .vae-slider { grid-template-columns: 4.6em minmax(0, 1fr) 4em; }
.vae-live[data-narrow] .vae-bubbles { grid-template: "plane" "rows" "side" / minmax(0, 1fr); }
`;

/** Draws the figure into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  return withPayload(model, el, (recording) => start(model, el, recording), readRecording);
}

function start(model, el, recording) {
  const put = putter(model);
  const { elements, ...parts } = buildParts(recording, put);
  let wide = false;
  const compute = () => {
    // Python names the values, the recording counts their places.
    const [beta, step] = ["beta", "step"].map((name) => Math.max(0, recording[`${name}s`].indexOf(model.get(name))));
    const half = wide ? reachOf(recording, beta, NEAR) : NEAR;
    return { beta, step, digit: model.get("digit"), half, bubbles: bubblesAt(recording, beta, step) };
  };
  const label = "Bubbles of held-out digits in training";
  const figure = createFigure({ model, el, label, look: LOOK, elements, compute });
  figure.canvas(parts.plane, (view, { beta, step, digit, half, bubbles }) => {
    const path = pathOf(recording, beta, step, digit);
    paintBubbles(view, half, { bubbles, labels: recording.labels, digit, path });
  });
  figure.canvas(parts.chart, (view, { beta, step }) => {
    const [sigma, spread] = ["sigma", "spread"].map((name) => curveOf(recording, name, beta));
    paintCourse(view, { steps: recording.steps, sigma, spread, now: step });
  });
  followPressed(parts.plane, compute, (digit) => put("digit", digit));
  const said = (at) => sentence(recording, at, shownAt(recording, at));
  parts.toggle.addEventListener("click", () => {
    wide = !wide;
    parts.toggle.setAttribute("aria-pressed", String(wide));
    figure.ask();
    figure.stage.say(() => said(compute()));
  });
  const handle = { values: () => shownAt(recording, compute()) };
  for (const name of TRAITS) {
    Object.defineProperty(handle, name, { get: () => model.get(name), set: (value) => put(name, value) });
  }
  return figure.start({
    traits: TRAITS,
    write: (at) => write(parts, recording, at, shownAt(recording, at), figure.colours),
    sentence: said,
    handle,
  });
}

/** Has `follow` called with the digit whose bubble is nearest to where the reader presses. */
function followPressed(plane, compute, follow) {
  const point = (event) => {
    if (!event.isPrimary || !(event.buttons & 1)) return;
    const box = plane.getBoundingClientRect();
    const { half, bubbles } = compute();
    const map = planeMap([-half, half, -half, half], box.width, box.height);
    follow(nearestBubble(bubbles, map.toPlane([event.clientX - box.left, event.clientY - box.top])));
  };
  for (const kind of ["pointerdown", "pointermove"]) plane.addEventListener(kind, point);
}

/** What the figure says at that place of the recording. */
function shownAt(recording, { beta, step, digit, half, bubbles }) {
  const pair = (array) => [...array.subarray(2 * digit, 2 * digit + 2)];
  const followed = { mu: pair(bubbles.mu), sigma: pair(bubbles.sigma), kl: bubbleKl(bubbles, digit) };
  return {
    ...valuesAt(recording, beta, step),
    followed: { label: recording.labels[digit], ...followed },
    outside: countOutside(bubbles, half),
  };
}

/** The figure's elements, in the order they are read. */
function buildParts(recording, put) {
  const plane = node("canvas", { role: "img" });
  const away = node("p", { class: "vae-away", hidden: true });
  const chart = node("canvas", { class: "vae-chart", role: "img" });
  const rows = buildRows(recording, put);
  const numbers = {};
  const list = node("dl");
  for (const [name, { title, keyed }] of Object.entries(READINGS)) {
    const key = keyed ? [node("span", { class: "vae-key" })] : [];
    list.append(node("dt", {}, ...key, title), (numbers[name] = node("dd")));
  }
  const digit = createImage(recording.image);
  const words = node("p", { class: "vae-number" });
  const follow = node("div", { class: "vae-follow" }, digit.element, words);
  const toggle = node("button", { type: "button", "aria-pressed": "false" }, "Zoom out to all bubbles");
  const grid = node(
    "div",
    { class: "vae-bubbles" },
    node("div", { class: "vae-plane" }, plane, away),
    node("div", { class: "vae-rows" }, ...Object.values(rows).map((row) => row.element)),
    node("div", { class: "vae-course" }, chart, list, follow),
  );
  const foot = node("div", { class: "vae-foot" }, toggle, node("p", { class: "vae-muted" }, HINT));
  return { plane, away, chart, rows, numbers, digit, words, toggle, elements: [grid, foot] };
}

/** A slider for each trait. */
function buildRows({ betas, steps, labels }, put) {
  const named = Array.from(labels, (label) => `a ${label}`);
  return {
    beta: stopsRow({
      name: "β",
      label: "weight beta of the KL",
      texts: betas.map(String),
      moved: (k) => put("beta", betas[k]),
    }),
    step: stopsRow({
      name: "step",
      label: "training step",
      texts: steps.map((step) => step.toLocaleString("en")),
      moved: (k) => put("step", steps[k]),
    }),
    digit: stopsRow({
      name: "follow",
      label: "digit to follow",
      texts: named,
      spoken: named.map((name, k) => `${name}, digit ${k + 1} of ${labels.length}`),
      moved: (k) => put("digit", k),
    }),
  };
}

/** Puts the numbers, the followed digit and the words for screen readers in their places. */
function write(parts, recording, at, shown, colours) {
  const { plane, away, chart, rows, numbers, digit, words } = parts;
  for (const name of TRAITS) rows[name].place(at[name]);
  for (const [name, { text }] of Object.entries(READINGS)) numbers[name].textContent = text(shown[name]);
  const pixels = recording.image[0] * recording.image[1];
  const picture = recording.images.subarray(pixels * at.digit, pixels * (at.digit + 1));
  digit.paint(Float32Array.from(picture, (each) => each / 255), colours);
  const { label, mu, sigma, kl } = shown.followed;
  digit.element.setAttribute("aria-label", `The digit that is followed, a ${label}`);
  const list = (pair, text) => `(${pair.map(text).join(", ")})`;
  const means = list(mu, (each) => numberText(each, 2));
  const lines = [`μ = ${means}`, `σ = ${list(sigma, shortNumber)}`, `KL = ${numberText(kl, 1)} nats`];
  words.replaceChildren(...lines.flatMap((line, k) => (k ? [node("br"), line] : [line])));
  away.hidden = !shown.outside;
  away.textContent = `${shown.outside} of ${recording.digits} out of sight`;
  plane.setAttribute("aria-label", sentence(recording, at, shown));
  const course = `size ${shortNumber(shown.sigma)}, spread of the centres ${shortNumber(shown.spread)}`;
  chart.setAttribute("aria-label", `Size and spread of the bubbles over training; at this step ${course}.`);
}

function sentence(recording, { beta, step }, shown) {
  const away = shown.outside ? ` ${shown.outside} of ${recording.digits} bubbles lie out of sight.` : "";
  const { label, mu } = shown.followed;
  return (
    `Beta ${recording.betas[beta]}, step ${recording.steps[step]}: size ${shortNumber(shown.sigma)}, ` +
    `spread of the centres ${shortNumber(shown.spread)}, reconstruction ${numberText(shown.reconstruction, 1)} nats, ` +
    `KL ${numberText(shown.kl, 1)} nats.${away} The followed ${label} has its centre at ` +
    `${mu.map((each) => numberText(each, 2)).join(", ")}.`
  );
}

/** A positive number by its first digits: sizes run over four powers of ten. */
function shortNumber(value) {
  return value >= 10 ? value.toFixed(1) : value >= 0.1 ? value.toFixed(2) : value.toPrecision(2);
}
