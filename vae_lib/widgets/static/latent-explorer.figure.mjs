// The latent explorer: a plane of codes, a point on it, and the picture decoded there. Source of its Python side:
// latent_explorer.py.
//
// For tests and the curious the element carries `vaeFigure`: {frames, decodeMs, firstDigitAt, z, pixels()}. `frames`
// counts the paints, `decodeMs` holds the last 600 decode times in milliseconds, `firstDigitAt` is the page's clock at
// the first digit, `z` can be read and set, and `pixels()` copies the picture as decoded, numbers from 0 to 1.
import { classMedians, neighbours } from "./codes.mjs";
import { createImage } from "./image.mjs";
import { createMosaic } from "./mosaic.mjs";
import { createPad } from "./pad.mjs";
import { createStage } from "./stage.mjs";
import { decimalsOf, numberText, stepOf } from "./plane.mjs";
import { decode } from "./dense.mjs";
import { freshId, node } from "./node.mjs";
import { oncePerFrame, sharpCanvas } from "./canvas.mjs";
import { paintPlane } from "./plane_picture.mjs";
import { quietSync, withPayload } from "./host.mjs";
import { sliderRow } from "./slider.mjs";

const TILES = 20; // Along the mosaic's shorter side.
const MOST_CLASSES = 3; // Of the held-out digits near z, how many classes are named.
const RESHAPING = ["extent", "prior", "title"];

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

function explore(model, el, { image, layers, codes, labels }) {
  const extent = model.get("extent") ?? [-3.5, 3.5, -3.5, 3.5];
  const title = model.get("title");
  const step = stepOf(extent);
  const radius = 2 * step;
  const decimals = decimalsOf(step);
  const numbers = () => model.get("z").map((each) => numberText(each, decimals));
  const sync = quietSync(model);
  const moveTo = (z) => {
    model.set("z", z);
    sync();
  };
  const medians = labels ? classMedians(codes, labels) : [];
  const parts = buildParts({ image, extent, step, radius, codes, model, moveTo });
  const { pad, picture, sliders, counts, toggle } = parts;
  const stage = createStage(el, {
    label: title ? `Latent explorer: ${title}` : "Latent explorer",
    title,
    themed(colours) {
      mosaic?.tint(colours.ink);
      plane?.repaint();
      ask?.();
    },
  });

  let mosaic = null;
  const shownMosaic = () => (toggle.getAttribute("aria-pressed") === "true" ? mosaic.canvas : null);
  const paintGround = (context, width, height) => {
    const font = getComputedStyle(stage.root).fontFamily;
    const { colours } = stage;
    const mosaicCanvas = shownMosaic();
    const prior = model.get("prior") ?? true;
    paintPlane(context, width, height, { extent, codes, labels, medians, prior, mosaic: mosaicCanvas, colours, font });
  };
  let plane = null;

  const watched = { frames: 0, decodeMs: [], firstDigitAt: 0 };
  const paint = () => {
    const z = model.get("z");
    const began = performance.now();
    const pixels = decode(layers, z);
    watched.decodeMs.push(performance.now() - began);
    if (watched.decodeMs.length > 600) watched.decodeMs.shift();
    picture.paint(pixels, stage.colours);
    pad.place(z, `z1 ${numbers()[0]}, z2 ${numbers()[1]}`);
    sliders.forEach((slider, axis) => slider.place(z[axis]));
    const near = codes.length ? neighbours(codes, labels, z, radius) : null;
    if (near) showCounts(counts, near, stage.colours);
    watched.frames++;
    watched.firstDigitAt ||= performance.now();
  };
  const ask = oncePerFrame(paint);
  const describe = () => {
    const near = codes.length ? neighbours(codes, labels, model.get("z"), radius) : null;
    return `Decoded at z = (${numbers().join(", ")}).${near ? ` ${nearText(near, numberText(radius, decimals))}` : ""}`;
  };
  const settle = () => {
    const text = describe();
    picture.element.setAttribute("aria-label", text);
    return text;
  };
  const changed = () => {
    ask();
    stage.say(settle);
  };

  stage.body.append(...parts.elements);
  picture.element.setAttribute("aria-label", describe());
  // At once and not in the next frame: the first digit should not wait for anything.
  paint();
  plane = sharpCanvas(pad.canvas, paintGround);
  toggle.addEventListener("click", () => {
    const on = toggle.getAttribute("aria-pressed") !== "true";
    const { ink } = stage.colours;
    mosaic ??= createMosaic({ layers, image, extent, tiles: TILES, ink, grown: () => repaintPlane() });
    toggle.setAttribute("aria-pressed", String(on));
    if (on) mosaic.start();
    else mosaic.stop();
    repaintPlane();
  });
  const repaintPlane = oncePerFrame(() => plane.repaint());
  model.on("change:z", changed);
  el.vaeFigure = {
    get frames() { return watched.frames; },
    get decodeMs() { return watched.decodeMs; },
    get firstDigitAt() { return watched.firstDigitAt; },
    get z() { return model.get("z"); },
    set z(value) { moveTo(value); },
    pixels: () => decode(layers, model.get("z")).slice(),
  };
  return () => {
    model.off("change:z", changed);
    ask.cancel();
    repaintPlane.cancel();
    mosaic?.stop();
    plane.dispose();
    stage.dispose();
    delete el.vaeFigure;
  };
}

/** The figure's elements, in the order they are read. */
function buildParts({ image, extent, step, radius, codes, model, moveTo }) {
  const hintId = freshId("hint");
  const pad = createPad({ label: "Latent code z", describedBy: hintId, extent, step, radius, moved: moveTo });
  const picture = createImage(image);
  const sliders = [0, 1].map((axis) => {
    const name = node("span", {}, "z", node("sub", {}, String(axis + 1)));
    const [min, max] = extent.slice(2 * axis, 2 * axis + 2);
    const moved = (value) => moveTo(model.get("z").map((each, k) => (k === axis ? value : each)));
    return sliderRow({ name, label: `z ${axis + 1}`, min, max, step, moved });
  });
  const counts = node("div", { class: "vae-counts vae-number" });
  const nearby = node("div", { class: "vae-nearby" });
  if (codes.length) {
    const circle = numberText(radius, decimalsOf(radius) - 1);
    nearby.append(node("p", { class: "vae-muted" }, `Held-out digits within ${circle} of z`), counts);
  }
  const controls = node("div", { class: "vae-controls" }, ...sliders.map((each) => each.element), nearby);
  const toggle = node("button", { type: "button", "aria-pressed": "false" }, "Show decoded digits");
  const hint = node("p", { id: hintId, class: "vae-muted" });
  hint.textContent = "Drag on the plane, or use the arrow keys there: Shift for larger steps, Home for the origin.";
  return {
    pad,
    picture,
    sliders,
    counts,
    toggle,
    elements: [
      node(
        "div",
        { class: "vae-columns" },
        pad.element,
        node("div", { class: "vae-side" }, picture.element, controls),
      ),
      node("div", { class: "vae-foot" }, toggle, hint),
    ],
  };
}

function showCounts(element, { total, classes }, colours) {
  const entry = (text, colour) => {
    const dot = node("i");
    dot.style.background = colour;
    return node("span", {}, ...(colour ? [dot] : []), text);
  };
  if (!total) return element.replaceChildren(entry("none"));
  if (!classes.length) return element.replaceChildren(entry(String(total)));
  const named = classes.slice(0, MOST_CLASSES);
  const others = total - named.reduce((sum, [, count]) => sum + count, 0);
  element.replaceChildren(
    ...named.map(([label, count]) => entry(`${count} × ${label}`, colours.classes[label % colours.classes.length])),
    ...(others ? [entry(`${others} others`)] : []),
  );
}

function nearText({ total, classes }, radius) {
  const listed = classes.map(([label, count]) => `${count} × ${label}`).join(", ");
  return `Held-out digits within ${radius} of z: ${total || "none"}${total && listed ? `, ${listed}` : ""}.`;
}
