// One code, two decoders: a plane, a point on it, and both pictures. Its Python side: two_decoders.py.
//
// For tests and the curious the element carries `vaeFigure`: {frames, firstPaintAt, z, values(), pixels()}. `frames`
// counts the paints, `z` can be read and set, `values()` gives {z, shown, difference} and `pixels()` copies of both
// pictures as decoded, numbers from 0 to 1.
import { createImage } from "../kit/image.mjs";
import { createMosaic } from "../kit/mosaic.mjs";
import { createPad } from "../kit/pad.mjs";
import { createStage } from "../kit/stage.mjs";
import { decimalsOf, numberText, stepOf } from "../kit/plane.mjs";
import { decode } from "../kit/dense.mjs";
import { freshId, node } from "../kit/node.mjs";
import { meanDifference, readPair } from "./arithmetic.mjs";
import { oncePerFrame, sharpCanvas } from "../kit/canvas.mjs";
import { paintPlane } from "../kit/plane_picture.mjs";
import { withPayload } from "../kit/host.mjs";
import { sliderRow } from "../kit/slider.mjs";

const EXTENT = [-3, 3, -3, 3];
const TILES = 20;
const HINT = "Drag on the plane, or use the arrow keys there: Shift for larger steps, Home for the origin.";
const LOOK = `
.vae-live:not([data-narrow]) .vae-columns:has(.vae-pictures) { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
.vae-live .vae-pictures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.75rem; }
.vae-live .vae-pictures .vae-heading { font-weight: 650; color: var(--vae-ink); }
/* As specific as the rule for a single picture, and after it. */
.vae-live[data-narrow] .vae-side > .vae-pictures:first-child:nth-last-child(2) { grid-column: 1 / -1; max-width: none; justify-self: stretch; }
`;

/** Draws the figure into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  const build = (pair) => {
    let stop = compare(model, el, pair);
    const again = () => {
      stop();
      stop = compare(model, el, pair);
    };
    model.on("change:titles", again);
    return () => {
      model.off("change:titles", again);
      stop();
    };
  };
  return withPayload(model, el, build, readPair);
}

function compare(model, el, pair) {
  const titles = model.get("titles") ?? ["VAE", "GAN"];
  const sync = () => model.save_changes();
  const moveTo = (z) => {
    model.set("z", z);
    sync();
  };
  const parts = buildParts({ model, moveTo, pair, titles });
  const stage = createStage(el, {
    label: `One code, two decoders: ${titles.join(" and ")}`,
    themed() {
      ground.tint();
      point.ask();
    },
  });
  stage.body.append(node("style", {}, LOOK), ...parts.elements);
  const point = startPoint({ model, stage, parts, pair, titles });
  const ground = startGround({ stage, parts, pair });
  el.vaeFigure = {
    get frames() { return point.frames; },
    get firstPaintAt() { return point.firstPaintAt; },
    get z() { return model.get("z"); },
    set z(value) { moveTo(value); },
    values: () => ({ z: model.get("z"), shown: ground.shown, difference: meanDifference(...point.decoded()) }),
    pixels: () => point.decoded().map((each) => [...each]),
  };
  return () => {
    point.stop();
    ground.stop();
    stage.dispose();
    delete el.vaeFigure;
  };
}

/** The figure's elements, in the order they are read. */
function buildParts({ model, moveTo, pair, titles }) {
  const step = stepOf(EXTENT);
  const hintId = freshId("hint");
  const pad = createPad({ label: "Code z", describedBy: hintId, extent: EXTENT, step, radius: 2 * step, moved: moveTo });
  const pictures = pair.map((each) => createImage(each.image));
  const sliders = [0, 1].map((axis) => {
    const name = node("span", {}, "z", node("sub", {}, String(axis + 1)));
    const [min, max] = EXTENT.slice(2 * axis, 2 * axis + 2);
    const moved = (value) => moveTo(model.get("z").map((each, k) => (k === axis ? value : each)));
    return sliderRow({ name, label: `z ${axis + 1}`, min, max, step, moved });
  });
  const both = pictures.map((each, k) => node("div", {}, node("p", { class: "vae-heading" }, titles[k]), each.element));
  const rows = node("div", { class: "vae-sliders" }, ...sliders.map((each) => each.element));
  const side = node("div", { class: "vae-side" }, node("div", { class: "vae-pictures" }, ...both), rows);
  const toggles = titles.map((title) => node("button", { type: "button", "aria-pressed": "false" }, `Plane of the ${title}`));
  const hint = node("p", { id: hintId, class: "vae-muted" }, HINT);
  const columns = node("div", { class: "vae-columns" }, pad.element, side);
  return { pad, pictures, sliders, toggles, elements: [columns, node("div", { class: "vae-foot" }, ...toggles, hint)] };
}

/** Keeps both pictures, the mark and the numbers with z: {frames, firstPaintAt, decoded, ask, stop}. */
function startPoint({ model, stage, parts, pair, titles }) {
  const { pad, pictures, sliders } = parts;
  const decimals = decimalsOf(stepOf(EXTENT));
  const numbers = () => model.get("z").map((each) => numberText(each, decimals));
  const decoded = () => pair.map((each) => decode(each.layers, model.get("z")));
  const describe = () => {
    const at = `z = (${numbers().join(", ")})`;
    pictures.forEach((each, k) => each.element.setAttribute("aria-label", `What the ${titles[k]} decodes at ${at}`));
    const percent = Math.round(100 * meanDifference(...decoded()));
    return `Decoded at ${at}: the two pictures differ by ${percent} percent of a grey level on average.`;
  };
  const point = { frames: 0, firstPaintAt: 0, decoded };
  const paint = () => {
    const z = model.get("z");
    decoded().forEach((pixels, k) => pictures[k].paint(pixels, stage.colours));
    pad.place(z, `z1 ${numbers()[0]}, z2 ${numbers()[1]}`);
    sliders.forEach((slider, axis) => slider.place(z[axis]));
    point.frames++;
    point.firstPaintAt ||= performance.now();
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

/** Keeps the plane under the point, bare or filled with what one decoder makes of it: {shown, tint, stop}. */
function startGround({ stage, parts, pair }) {
  const font = getComputedStyle(stage.root).fontFamily;
  const mosaics = [null, null];
  const ground = { shown: null };
  const plane = sharpCanvas(parts.pad.canvas, (context, width, height) => {
    const mosaic = ground.shown === null ? null : mosaics[ground.shown].canvas;
    const bare = { extent: EXTENT, codes: [], labels: null, medians: [], prior: true };
    paintPlane(context, width, height, { ...bare, mosaic, colours: stage.colours, font });
  });
  const repaint = oncePerFrame(plane.repaint);
  const show = (k) => {
    if (ground.shown !== null) mosaics[ground.shown].stop();
    ground.shown = ground.shown === k ? null : k;
    parts.toggles.forEach((each, j) => each.setAttribute("aria-pressed", String(j === ground.shown)));
    if (ground.shown !== null) {
      const { layers, image } = pair[k];
      mosaics[k] ??= createMosaic({ layers, image, extent: EXTENT, tiles: TILES, ink: stage.colours.ink, grown: repaint });
      mosaics[k].start();
    }
    repaint();
  };
  parts.toggles.forEach((each, k) => each.addEventListener("click", () => show(k)));
  ground.tint = () => {
    for (const mosaic of mosaics) mosaic?.tint(stage.colours.ink);
    repaint();
  };
  ground.stop = () => {
    for (const mosaic of mosaics) mosaic?.stop();
    repaint.cancel();
    plane.dispose();
  };
  return ground;
}
