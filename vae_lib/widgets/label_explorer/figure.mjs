// The label explorer: a plane of handwritings, a digit chosen by its label, and all ten written there. Its Python side:
// __init__.py.
//
// For tests and the curious the element carries `vaeFigure`: {firstDigitAt, label, z, pixels()} beside what every figure
// has: `firstDigitAt` is the page's clock at the first digit, `label` and `z` can be read and set, `pixels(digit)` copies
// a picture, numbers from 0 to 1.
import PLANE from "../kit/plane.json" with { type: "json" };
import { TILES_LOOK, createTiles, inTurns } from "../kit/digit_tiles.mjs";
import { createImage } from "../kit/image.mjs";
import { createFigure, putter } from "../kit/lifecycle.mjs";
import { createPad } from "../kit/pad.mjs";
import { decimalsOf, numberText, stepOf } from "../kit/plane.mjs";
import { decodeAs, readConditional } from "../kit/conditional.mjs";
import { freshId, node } from "../kit/node.mjs";
import { paintPlane } from "../kit/plane_picture.mjs";
import { sliderRow } from "../kit/slider.mjs";
import { withPayload } from "../kit/host.mjs";

const EXTENT = [-PLANE.reach, PLANE.reach, -PLANE.reach, PLANE.reach];
const STEP = stepOf(EXTENT);
const TRAITS = ["z", "label"];
const BUDGET = 2.5; // Milliseconds of decoding in one frame: what is left waits for the next.
const HINT = "Drag on the plane for another handwriting. Keys: 0 to 9 for the digit; on the plane arrows, with Shift for larger steps, Home for the origin.";
const LOOK = `${TILES_LOOK}
.vae-labels { margin-top: 0.75rem; }
.vae-live[data-narrow] .vae-hand .vae-side { grid-template-rows: auto 1fr; }
.vae-live[data-narrow] .vae-hand .vae-image { grid-row: 1 / 3; }
.vae-live[data-narrow] .vae-hand .vae-sliders { grid-column: 2; }
.vae-live[data-narrow] .vae-hand .vae-slider { grid-template-columns: 1.4em minmax(0, 1fr) 2.9em; }
`;

/** Draws the explorer into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  return withPayload(model, el, (network) => explore(model, el, network), readConditional);
}

function explore(model, el, network) {
  const put = putter(model);
  const { elements, ...parts } = buildParts(model, network, put);
  const figure = createFigure({ model, el, label: "Label explorer", look: LOOK, elements });
  figure.stage.root.addEventListener("keydown", parts.tiles.keyed);
  let firstDigitAt = 0;
  const decoded = (digit) => decodeAs(network, model.get("z"), digit);
  const others = inTurns(network.classes, (digit) => parts.tiles.paint(digit, decoded(digit), figure.colours));
  const ground = figure.canvas(parts.pad.canvas, (view) => paintGround(view, network, model.get("label")), { lazy: true });
  figure.themed = () => {
    others.stale();
    ground.repaint();
    figure.ask();
  };
  const write = () => {
    const began = performance.now();
    parts.picture.paint(decoded(model.get("label")), figure.colours);
    firstDigitAt ||= performance.now();
    if (others.work(began + BUDGET)) figure.ask();
    place(parts, model);
  };
  parts.tiles.mark(model.get("label"));
  others.stale();
  return figure.start({
    traits: TRAITS,
    changed(name) {
      if (name === "z") return others.stale();
      parts.tiles.mark(model.get("label"));
      ground.repaint();
    },
    write,
    sentence: () => sentence(model),
    handle: {
      get firstDigitAt() { return firstDigitAt; },
      get label() { return model.get("label"); },
      set label(value) { put("label", value); },
      get z() { return model.get("z"); },
      set z(value) { put("z", value); },
      pixels: (digit = model.get("label")) => decoded(digit).slice(),
    },
  });
}

/** The figure's elements, in the order they are read. */
function buildParts(model, network, put) {
  const hintId = freshId("hint");
  const moved = (z) => put("z", z);
  const label = "Handwriting z";
  const pad = createPad({ label, describedBy: hintId, extent: EXTENT, step: STEP, radius: 2 * STEP, moved });
  const picture = createImage(network.image);
  const sliders = [0, 1].map((axis) => {
    const name = node("span", {}, "z", node("sub", {}, String(axis + 1)));
    const [min, max] = EXTENT.slice(2 * axis, 2 * axis + 2);
    const slid = (value) => moved(model.get("z").map((each, k) => (k === axis ? value : each)));
    return sliderRow({ name, label: `z ${axis + 1}`, min, max, step: STEP, moved: slid });
  });
  const caption = node("p", { class: "vae-muted", "aria-hidden": "true" });
  const rows = node("div", { class: "vae-sliders" }, ...sliders.map((each) => each.element));
  const side = node("div", { class: "vae-side" }, picture.element, caption, rows);
  const tiles = createTiles({
    label: "Digit to write",
    image: network.image,
    count: network.classes,
    chosen: (digit) => put("label", digit),
  });
  const heading = node("p", { class: "vae-heading" }, "All ten digits at this z: choose one");
  const elements = [
    node("div", { class: "vae-columns vae-hand" }, pad.element, side),
    node("div", { class: "vae-labels" }, heading, tiles.element),
    node("div", { class: "vae-foot" }, node("p", { id: hintId, class: "vae-muted" }, HINT)),
  ];
  return { pad, picture, caption, sliders, tiles, elements };
}

/** Puts the point, the numbers and the sentence where they are read. */
function place({ pad, picture, caption, sliders }, model) {
  const [z1, z2] = numbers(model);
  pad.place(model.get("z"), `z1 ${z1}, z2 ${z2}`);
  sliders.forEach((slider, axis) => slider.place(model.get("z")[axis]));
  caption.textContent = sentence(model);
  picture.element.setAttribute("aria-label", sentence(model));
}

function numbers(model) {
  return model.get("z").map((each) => numberText(each, decimalsOf(STEP)));
}

function sentence(model) {
  return `A ${model.get("label")}, decoded at z = (${numbers(model).join(", ")}).`;
}

/** The plane under the point: the prior, and the held-out codes of the chosen digit. */
function paintGround({ context, width, height, colours, font }, network, label) {
  const codes = codesOf(network, label);
  const labels = new Uint8Array(codes.length / 2).fill(label);
  paintPlane(context, width, height, { extent: EXTENT, codes, labels, medians: [], prior: true, mosaic: null, colours, font });
}

/** The held-out codes of one digit, as pairs. */
function codesOf({ codes, labels }, label) {
  return codes.filter((_, k) => labels[k >> 1] === label);
}
