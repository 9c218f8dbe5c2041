// Models trained at several prices β: what they write, where their codes lie, and what they traded. Its Python side:
// __init__.py.
//
// For tests and the curious the element carries `vaeFigure`: {decodeMs, beta, draw, values(), pixels()} beside what
// every figure has: `decodeMs` holds the milliseconds that the last 600 decodings took, `beta` and `draw` can be set,
// `values()` gives the numbers shown, `pixels()` both rows of digits.
import CONSTANTS from "./constants.json" with { type: "json" };
import { classMedians } from "../kit/codes.mjs";
import { createFigure, putter } from "../kit/lifecycle.mjs";
import { createImage } from "../kit/image.mjs";
import { decodeStrip, pairsAt, readFamily } from "./arithmetic.mjs";
import { node } from "../kit/node.mjs";
import { numberText } from "../kit/plane.mjs";
import { paintPlane } from "../kit/plane_picture.mjs";
import { paintTrade } from "./picture.mjs";
import { stopsRow } from "../kit/stops.mjs";
import { timed } from "../kit/timing.mjs";
import { withPayload } from "../kit/host.mjs";

const EXTENT = [-CONSTANTS.half, CONSTANTS.half, -CONSTANTS.half, CONSTANTS.half];
const READINGS = { distortion: "distortion D", rate: "rate R", loss: "D + R = −ELBO" };
const LOOK = `
.vae-family { display: grid; grid-template: "slider slider" auto "digits digits" auto "plane side" auto /
  minmax(0, 1fr) minmax(0, 1fr); column-gap: 1.25rem; row-gap: 0.6rem; }
.vae-family > .vae-weight { grid-area: slider; }
.vae-family > .vae-rows { grid-area: digits; }
.vae-family > .vae-plane { grid-area: plane; position: relative; aspect-ratio: 1; border: 1px solid var(--vae-line);
  border-radius: 0.4rem; overflow: hidden; }
.vae-family .vae-plane canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
.vae-family > .vae-trade { grid-area: side; display: flex; flex-direction: column; gap: 0.4rem; min-width: 0; }
.vae-family .vae-trade canvas { width: 100%; height: 12rem; flex: 1 1 12rem; }
.vae-family dl { display: grid; grid-template-columns: 1fr auto; gap: 0.1rem 0.6rem; margin: 0; font-size: 0.92em; }
.vae-family dt { font-weight: 400; margin: 0; }
.vae-family dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
.vae-family .vae-labels { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; text-align: center;
  font-size: 0.85em; color: var(--vae-muted); }
.vae-family .vae-image { aspect-ratio: auto; height: auto; }
.vae-family .vae-image + .vae-heading { margin-top: 0.5rem; }
.vae-family .vae-weight .vae-slider { grid-template-columns: 2em minmax(0, 1fr) 4em; }
.vae-live[data-narrow] .vae-family { grid-template: "slider" "digits" "side" "plane" / minmax(0, 1fr); }
`;

/** Draws the figure into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  return withPayload(model, el, (family) => start(model, el, family), readFamily);
}

function start(model, el, family) {
  const put = putter(model);
  // Python names the price, the family counts its places.
  const now = () => ({ k: Math.max(0, family.betas.indexOf(model.get("beta"))), draw: model.get("draw") });
  const { elements, ...parts } = buildParts(family, put, now);
  const label = "Models trained at several prices β";
  const figure = createFigure({ model, el, label, look: LOOK, elements, compute: now });
  const medians = family.members.map(({ codes, labels }) => classMedians(codes, labels));
  figure.canvas(parts.plane, ({ context, width, height, colours, font }, { k }) => {
    const { codes, labels } = family.members[k];
    const seen = { extent: EXTENT, codes, labels, medians: medians[k], prior: true, mosaic: null };
    paintPlane(context, width, height, { ...seen, colours, font });
  });
  figure.canvas(parts.chart, (view, { k }) => paintTrade(view, { ...family, now: k }));
  const strips = timed((at) => stripsAt(family, at));
  return figure.start({
    traits: ["beta", "draw"],
    write(at) {
      strips(at).forEach((pixels, row) => parts.strips[row].paint(pixels, figure.colours));
      write(parts, family, at);
    },
    sentence: ({ k }) => sentence(family, k),
    handle: {
      decodeMs: strips.times,
      get beta() { return model.get("beta"); },
      set beta(value) { put("beta", value); },
      get draw() { return model.get("draw"); },
      set draw(value) { put("draw", value); },
      values: () => valuesAt(family, now().k),
      pixels: () => stripsAt(family, now()),
    },
  });
}

function valuesAt({ rates, distortions }, k) {
  return { distortion: distortions[k], rate: rates[k], loss: distortions[k] + rates[k] };
}

/** The decoded held-out codes and the samples, one strip each. */
function stripsAt({ members, picked, draws }, { k, draw }) {
  return [pairsAt(members[k].codes, picked), draws[draw]].map((pairs) => decodeStrip(members[k], pairs));
}

/** The figure's elements, in the order they are read. */
function buildParts(family, put, now) {
  const [rows, columns] = family.image;
  const weight = stopsRow({
    name: "β",
    label: "price beta of a nat",
    texts: family.betas.map(String),
    moved: (k) => put("beta", family.betas[k]),
  });
  const strips = [0, 1].map(() => createImage([rows, columns * family.picked.length]));
  const labels = family.picked.map((place) => node("span", {}, String(family.labels[place])));
  const digits = node(
    "div",
    { class: "vae-rows" },
    node("p", { class: "vae-heading" }, "One held-out digit of each class, decoded from its code"),
    node("div", { class: "vae-labels", "aria-hidden": "true" }, ...labels),
    strips[0].element,
    node("p", { class: "vae-heading" }, "Samples: codes drawn from the prior N(0, I), the same at every β"),
    strips[1].element,
  );
  const plane = node("canvas", { role: "img" });
  const chart = node("canvas", { role: "img" });
  const numbers = {};
  const list = node("dl");
  for (const [name, title] of Object.entries(READINGS)) {
    list.append(node("dt", {}, title), (numbers[name] = node("dd")));
  }
  const grid = node(
    "div",
    { class: "vae-family" },
    node("div", { class: "vae-weight" }, weight.element),
    digits,
    node("div", { class: "vae-trade" }, chart, list),
    node("div", { class: "vae-plane" }, plane),
  );
  const again = node("button", { type: "button" }, "Draw other samples");
  again.addEventListener("click", () => put("draw", (now().draw + 1) % family.draws.length));
  const hint = "Move β. The dashed line joins all trades that are as good at this price.";
  const foot = node("div", { class: "vae-foot" }, again, node("p", { class: "vae-muted" }, hint));
  return { weight, strips, plane, chart, numbers, elements: [grid, foot] };
}

/** Puts the numbers and the words for screen readers in their places. */
function write({ weight, strips, plane, chart, numbers }, family, { k, draw }) {
  const beta = family.betas[k];
  weight.place(k);
  for (const [name, value] of Object.entries(valuesAt(family, k))) {
    numbers[name].textContent = `${numberText(value, 1)} nats`;
  }
  const classes = family.picked.map((place) => family.labels[place]).join(", ");
  strips[0].element.setAttribute("aria-label", `Decoded from held-out codes of ${classes} at beta ${beta}`);
  strips[1].element.setAttribute("aria-label", `Samples from the prior at beta ${beta}, set ${draw + 1}`);
  plane.setAttribute("aria-label", `Latent plane with ${family.labels.length} held-out codes at beta ${beta}`);
  chart.setAttribute("aria-label", `Distortion against rate of ${family.betas.length} models. ${sentence(family, k)}`);
}

function sentence(family, k) {
  const { distortion, rate, loss } = valuesAt(family, k);
  const [d, r, sum] = [distortion, rate, loss].map((each) => numberText(each, 1));
  return `At beta ${family.betas[k]}: distortion ${d} nats, rate ${r} nats, together ${sum} nats.`;
}
