// The label explorer: a plane of handwritings, a digit chosen by its label, and all ten written there. Its Python side:
// label_explorer.py.
//
// For tests and the curious the element carries `vaeFigure`: {frames, frameMs, firstDigitAt, label, z, pixels()}.
// `frames` counts the paints, `frameMs` holds the last 600 frames' times in milliseconds, `firstDigitAt` is the page's
// clock at the first digit, `label` and `z` can be read and set, `pixels(digit)` copies a picture, numbers from 0 to 1.
import { TILES_LOOK, createTiles, inTurns } from "../kit/digit_tiles.mjs";
import { createImage } from "../kit/image.mjs";
import { createPad } from "../kit/pad.mjs";
import { createStage } from "../kit/stage.mjs";
import { decimalsOf, numberText, stepOf } from "../kit/plane.mjs";
import { decodeAs, readConditional } from "../kit/conditional.mjs";
import { freshId, node } from "../kit/node.mjs";
import { oncePerFrame, sharpCanvas } from "../kit/canvas.mjs";
import { paintPlane } from "../kit/plane_picture.mjs";
import { withPayload } from "../kit/host.mjs";
import { sliderRow } from "../kit/slider.mjs";

const EXTENT = [-3.5, 3.5, -3.5, 3.5];
const STEP = stepOf(EXTENT);
const BUDGET = 2.5; // Milliseconds of decoding in one frame: what is left waits for the next.
const KEPT_TIMES = 600;
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
  const sync = () => model.save_changes();
  const change = (name, value) => {
    model.set(name, value);
    sync();
  };
  const parts = buildParts(model, network, change);
  const stage = createStage(el, { label: "Label explorer", themed: () => figure.dress() });
  stage.body.append(node("style", {}, LOOK), ...parts.elements);
  stage.root.addEventListener("keydown", parts.tiles.keyed);
  const figure = start({ model, stage, parts, network });
  el.vaeFigure = {
    get frames() { return figure.frames; },
    get frameMs() { return figure.frameMs; },
    get firstDigitAt() { return figure.firstDigitAt; },
    get label() { return model.get("label"); },
    set label(value) { change("label", value); },
    get z() { return model.get("z"); },
    set z(value) { change("z", value); },
    pixels: (digit = model.get("label")) => decodeAs(network, model.get("z"), digit).slice(),
  };
  return () => {
    figure.stop();
    stage.dispose();
    delete el.vaeFigure;
  };
}

/** The figure's elements, in the order they are read. */
function buildParts(model, network, change) {
  const hintId = freshId("hint");
  const moved = (z) => change("z", z);
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
    chosen: (digit) => change("label", digit),
  });
  const heading = node("p", { class: "vae-heading" }, "All ten digits at this z: choose one");
  const elements = [
    node("div", { class: "vae-columns vae-hand" }, pad.element, side),
    node("div", { class: "vae-labels" }, heading, tiles.element),
    node("div", { class: "vae-foot" }, node("p", { id: hintId, class: "vae-muted" }, HINT)),
  ];
  return { pad, picture, caption, sliders, tiles, elements };
}

/** Keeps all that is seen with the label and z: {frames, frameMs, firstDigitAt, dress, stop}. */
function start({ model, stage, parts, network }) {
  const { pad, picture, caption, sliders, tiles } = parts;
  const decimals = decimalsOf(STEP);
  const numbers = () => model.get("z").map((each) => numberText(each, decimals));
  const sentence = () => `A ${model.get("label")}, decoded at z = (${numbers().join(", ")}).`;
  const figure = { frames: 0, frameMs: [], firstDigitAt: 0 };
  const others = inTurns(network.classes, (digit) => {
    tiles.paint(digit, decodeAs(network, model.get("z"), digit), stage.colours);
  });
  const ground = startGround({ model, stage, pad, network });
  const paint = () => {
    const began = performance.now();
    const z = model.get("z");
    picture.paint(decodeAs(network, z, model.get("label")), stage.colours);
    figure.firstDigitAt ||= performance.now();
    const left = others.work(began + BUDGET);
    pad.place(z, `z1 ${numbers()[0]}, z2 ${numbers()[1]}`);
    sliders.forEach((slider, axis) => slider.place(z[axis]));
    caption.textContent = sentence();
    picture.element.setAttribute("aria-label", sentence());
    figure.frames++;
    figure.frameMs.push(performance.now() - began);
    if (figure.frameMs.length > KEPT_TIMES) figure.frameMs.shift();
    if (left) ask();
  };
  const ask = oncePerFrame(paint);
  const moved = () => {
    others.stale();
    ask();
    stage.say(sentence);
  };
  const chosen = () => {
    tiles.mark(model.get("label"));
    ground.ask();
    ask();
    stage.say(sentence);
  };
  model.on("change:z", moved);
  model.on("change:label", chosen);
  figure.dress = () => {
    others.stale();
    ask();
    ground.ask();
  };
  figure.stop = () => {
    model.off("change:z", moved);
    model.off("change:label", chosen);
    ask.cancel();
    ground.stop();
  };
  tiles.mark(model.get("label"));
  others.stale();
  paint();
  return figure;
}

/** Keeps the plane under the point: the prior, and the held-out codes of the chosen digit. {ask, stop}. */
function startGround({ model, stage, pad, network }) {
  const font = getComputedStyle(stage.root).fontFamily;
  const plane = sharpCanvas(pad.canvas, (context, width, height) => {
    const label = model.get("label");
    const some = codesOf(network, label);
    const labels = new Uint8Array(some.length / 2).fill(label);
    const look = { extent: EXTENT, codes: some, labels, medians: [], prior: true, mosaic: null };
    paintPlane(context, width, height, { ...look, colours: stage.colours, font });
  });
  const ask = oncePerFrame(plane.repaint);
  return {
    ask,
    stop() {
      ask.cancel();
      plane.dispose();
    },
  };
}

/** The held-out codes of one digit, as pairs. */
function codesOf({ codes, labels }, label) {
  return codes.filter((_, k) => labels[k >> 1] === label);
}
