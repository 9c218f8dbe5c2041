// The latent explorer: a plane of codes, a point on it, the picture decoded there. Its Python side: latent_explorer.py.
//
// For tests and the curious the element carries `vaeFigure`: {frames, decodeMs, firstDigitAt, z, pixels()}. `frames`
// counts the paints, `decodeMs` holds the last 600 decode times in milliseconds, `firstDigitAt` is the page's clock at
// the first digit, `z` can be read and set, and `pixels()` copies the picture as decoded, numbers from 0 to 1.
import { classMedians } from "../kit/codes.mjs";
import { createImage } from "../kit/image.mjs";
import { createMosaic } from "../kit/mosaic.mjs";
import { createNearby } from "./nearby.mjs";
import { createPad } from "../kit/pad.mjs";
import { createStage } from "../kit/stage.mjs";
import { decimalsOf, numberText, stepOf } from "../kit/plane.mjs";
import { decode } from "../kit/dense.mjs";
import { freshId, node } from "../kit/node.mjs";
import { oncePerFrame, sharpCanvas } from "../kit/canvas.mjs";
import { paintPlane } from "../kit/plane_picture.mjs";
import { withPayload } from "../kit/host.mjs";
import { sliderRow } from "../kit/slider.mjs";

const TILES = 20; // Along the mosaic's shorter side.
const KEPT_TIMES = 600;
const RESHAPING = ["extent", "prior", "title"]; // Traits that change the figure and not only its point.
const HINT = "Drag on the plane, or use the arrow keys there: Shift for larger steps, Home for the origin.";

/** Draws the explorer into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  return withPayload(model, el, (payload) => {
    let stop = explore(model, el, payload);
    const again = () => {
      stop();
      stop = explore(model, el, payload);
    };
    for (const name of RESHAPING) model.on(`change:${name}`, again);
    return () => {
      for (const name of RESHAPING) model.off(`change:${name}`, again);
      stop();
    };
  });
}

function explore(model, el, payload) {
  const extent = model.get("extent") ?? [-3.5, 3.5, -3.5, 3.5];
  const title = model.get("title");
  const label = title ? `Latent explorer: ${title}` : "Latent explorer";
  const sync = () => model.save_changes();
  const moveTo = (z) => {
    model.set("z", z);
    sync();
  };
  const parts = buildParts({ model, moveTo, payload, extent });
  const stage = createStage(el, {
    label,
    title,
    themed() {
      ground.tint();
      point.ask();
    },
  });
  stage.body.append(...parts.elements);
  // The point first, and at once: the first digit should not wait for five thousand dots.
  const point = startPoint({ model, stage, parts, payload, extent });
  const ground = startGround({ model, stage, parts, payload, extent });
  el.vaeFigure = {
    get frames() { return point.frames; },
    get decodeMs() { return point.decodeMs; },
    get firstDigitAt() { return point.firstDigitAt; },
    get z() { return model.get("z"); },
    set z(value) { moveTo(value); },
    pixels: () => decode(payload.layers, model.get("z")).slice(),
  };
  return () => {
    point.stop();
    ground.stop();
    stage.dispose();
    delete el.vaeFigure;
  };
}

/** The figure's elements, in the order they are read. */
function buildParts({ model, moveTo, payload, extent }) {
  const step = stepOf(extent);
  const radius = 2 * step;
  const hintId = freshId("hint");
  const pad = createPad({ label: "Latent code z", describedBy: hintId, extent, step, radius, moved: moveTo });
  const picture = createImage(payload.image);
  const nearby = createNearby({ ...payload, radius });
  const sliders = [0, 1].map((axis) => {
    const name = node("span", {}, "z", node("sub", {}, String(axis + 1)));
    const [min, max] = extent.slice(2 * axis, 2 * axis + 2);
    const moved = (value) => moveTo(model.get("z").map((each, k) => (k === axis ? value : each)));
    return sliderRow({ name, label: `z ${axis + 1}`, min, max, step, moved });
  });
  const side = node("div", { class: "vae-side" }, picture.element);
  if (nearby) side.append(nearby.element);
  side.append(node("div", { class: "vae-sliders" }, ...sliders.map((each) => each.element)));
  const toggle = node("button", { type: "button", "aria-pressed": "false" }, "Show decoded digits");
  const hint = node("p", { id: hintId, class: "vae-muted" }, HINT);
  const columns = node("div", { class: "vae-columns" }, pad.element, side);
  const foot = node("div", { class: "vae-foot" }, toggle, hint);
  return { pad, picture, nearby, sliders, toggle, elements: [columns, foot] };
}

/** Keeps the picture, the mark and the numbers with z: {frames, decodeMs, firstDigitAt, ask, stop}. */
function startPoint({ model, stage, parts, payload, extent }) {
  const { pad, picture, nearby, sliders } = parts;
  const decimals = decimalsOf(stepOf(extent));
  const numbers = () => model.get("z").map((each) => numberText(each, decimals));
  const describe = () => {
    const text = `Decoded at z = (${numbers().join(", ")}). ${nearby?.sentence(model.get("z")) ?? ""}`.trim();
    picture.element.setAttribute("aria-label", text);
    return text;
  };
  const point = { frames: 0, decodeMs: [], firstDigitAt: 0 };
  const paint = () => {
    const z = model.get("z");
    const began = performance.now();
    const pixels = decode(payload.layers, z);
    point.decodeMs.push(performance.now() - began);
    if (point.decodeMs.length > KEPT_TIMES) point.decodeMs.shift();
    picture.paint(pixels, stage.colours);
    pad.place(z, `z1 ${numbers()[0]}, z2 ${numbers()[1]}`);
    sliders.forEach((slider, axis) => slider.place(z[axis]));
    nearby?.show(z, stage.colours);
    point.frames++;
    point.firstDigitAt ||= performance.now();
  };
  point.ask = oncePerFrame(paint);
  const changed = () => {
    point.ask();
    stage.say(describe);
  };
  model.on("change:z", changed);
  point.stop = () => {
    model.off("change:z", changed);
    point.ask.cancel();
  };
  describe();
  paint();
  return point;
}

/** Keeps the plane under the point: painted once, and again for a new size, theme or mosaic. {tint, stop}. */
function startGround({ model, stage, parts, payload, extent }) {
  const { codes, labels, layers, image } = payload;
  const { pad, toggle } = parts;
  const medians = labels ? classMedians(codes, labels) : [];
  const prior = model.get("prior") ?? true;
  const font = getComputedStyle(stage.root).fontFamily;
  let mosaic = null;
  let shown = false;
  const plane = sharpCanvas(pad.canvas, (context, width, height) => {
    const { colours } = stage;
    const canvas = shown ? mosaic.canvas : null;
    paintPlane(context, width, height, { extent, codes, labels, medians, prior, mosaic: canvas, colours, font });
  });
  const repaint = oncePerFrame(plane.repaint);
  const turn = () => {
    shown = !shown;
    toggle.setAttribute("aria-pressed", String(shown));
    mosaic ??= createMosaic({ layers, image, extent, tiles: TILES, ink: stage.colours.ink, grown: repaint });
    if (shown) mosaic.start();
    else mosaic.stop();
    repaint();
  };
  toggle.addEventListener("click", turn);
  return {
    tint() {
      mosaic?.tint(stage.colours.ink);
      repaint();
    },
    stop() {
      mosaic?.stop();
      repaint.cancel();
      plane.dispose();
    },
  };
}
