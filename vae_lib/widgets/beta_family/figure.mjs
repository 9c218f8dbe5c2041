// Models trained at several prices β: what they write, where their codes lie, and what they traded. Python side:
// beta_family.py.
//
// For tests and the curious the element carries `vaeFigure`: {frames, firstFrameAt, decodeMs, beta, draw, values(),
// pixels()}. `frames` counts the paints, `firstFrameAt` is the page's clock at the first, `decodeMs` holds the times of
// the last decodings; `beta` and `draw` can be set; `values()` gives the numbers shown, `pixels()` both rows of digits.
import { classMedians } from "../kit/codes.mjs";
import { createImage } from "../kit/image.mjs";
import { createStage } from "../kit/stage.mjs";
import { decodeStrip, pairsAt, readFamily } from "./arithmetic.mjs";
import { node } from "../kit/node.mjs";
import { numberText } from "../kit/plane.mjs";
import { oncePerFrame, sharpCanvas } from "../kit/canvas.mjs";
import { paintPlane } from "../kit/plane_picture.mjs";
import { paintTrade } from "./picture.mjs";
import { withPayload } from "../kit/host.mjs";
import { stopsRow } from "../kit/stops.mjs";

const EXTENT = [-4, 4, -4, 4];
const KEPT_TIMES = 600;
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
  const sync = () => model.save_changes();
  const change = (name, value) => {
    model.set(name, value);
    sync();
  };
  const now = () => ({ k: Math.max(0, family.betas.indexOf(model.get("beta"))), draw: model.get("draw") ?? 0 });
  const parts = buildParts(family, change, now);
  const stage = createStage(el, { label: "Models trained at several prices β", themed: () => picture.ask() });
  stage.body.append(node("style", {}, LOOK), ...parts.elements);
  const picture = startPicture({ model, stage, parts, family, now });
  el.vaeFigure = {
    get frames() { return picture.frames; },
    get firstFrameAt() { return picture.firstFrameAt; },
    get decodeMs() { return picture.decodeMs; },
    get beta() { return model.get("beta"); },
    set beta(value) { change("beta", value); },
    get draw() { return model.get("draw"); },
    set draw(value) { change("draw", value); },
    values: () => valuesAt(family, now().k),
    pixels: () => stripsAt(family, now()),
  };
  return () => {
    picture.stop();
    stage.dispose();
    delete el.vaeFigure;
  };
}

function valuesAt({ rates, distortions }, k) {
  return { distortion: distortions[k], rate: rates[k], loss: distortions[k] + rates[k] };
}

/** The decoded held-out codes and the samples, one strip each. */
function stripsAt({ members, picked, draws }, { k, draw }) {
  return [pairsAt(members[k].codes, picked), draws[draw]].map((pairs) => decodeStrip(members[k], pairs));
}

/** The figure's elements, in the order they are read. */
function buildParts(family, change, now) {
  const [rows, columns] = family.image;
  const weight = stopsRow({
    name: "β",
    label: "price beta of a nat",
    texts: family.betas.map(String),
    moved: (k) => change("beta", family.betas[k]),
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
  again.addEventListener("click", () => change("draw", (now().draw + 1) % family.draws.length));
  const hint = "Move β. The dashed line joins all trades that are as good at this price.";
  const foot = node("div", { class: "vae-foot" }, again, node("p", { class: "vae-muted" }, hint));
  return { weight, strips, plane, chart, numbers, elements: [grid, foot] };
}

/** Keeps all that is seen with the state: {frames, firstFrameAt, decodeMs, ask, stop}. */
function startPicture({ model, stage, parts, family, now }) {
  const { plane, chart } = parts;
  const font = getComputedStyle(stage.root).fontFamily;
  const medians = family.members.map(({ codes, labels }) => classMedians(codes, labels));
  const canvases = [
    sharpCanvas(plane, (context, width, height) => {
      const { codes, labels } = family.members[now().k];
      const seen = { extent: EXTENT, codes, labels, medians: medians[now().k], prior: true, mosaic: null };
      paintPlane(context, width, height, { ...seen, colours: stage.colours, font });
    }),
    sharpCanvas(chart, (context, width, height) => {
      paintTrade({ context, width, height, colours: stage.colours, font }, { ...family, now: now().k });
    }),
  ];
  const picture = { frames: 0, firstFrameAt: 0, decodeMs: [] };
  const paint = () => {
    const began = performance.now();
    const strips = stripsAt(family, now());
    picture.decodeMs.push(performance.now() - began);
    if (picture.decodeMs.length > KEPT_TIMES) picture.decodeMs.shift();
    strips.forEach((pixels, row) => parts.strips[row].paint(pixels, stage.colours));
    canvases.forEach((each) => each.repaint());
    write(parts, family, now());
    picture.frames++;
    picture.firstFrameAt ||= performance.now();
  };
  picture.ask = oncePerFrame(paint);
  const changed = () => {
    picture.ask();
    stage.say(() => sentence(family, now().k));
  };
  for (const name of ["beta", "draw"]) model.on(`change:${name}`, changed);
  picture.stop = () => {
    for (const name of ["beta", "draw"]) model.off(`change:${name}`, changed);
    picture.ask.cancel();
    canvases.forEach((each) => each.dispose());
  };
  paint();
  return picture;
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
