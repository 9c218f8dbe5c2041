// Draw a digit: the model reads it, shows its posterior, and writes it as every other digit. Its Python side:
// draw_a_digit.py.
//
// For tests and the curious the element carries `vaeFigure`: {frames, frameMs, firstDigitAt, settled, strokes, z,
// values(), pixels()}. `frames` counts the paints, `frameMs` holds the last 600 frames' times in milliseconds,
// `firstDigitAt` is the page's clock at the first digit, `settled` says that nothing is left to compute, `strokes` and
// `z` can be read and set, `values()` gives what is shown: {image, label, shown, mu, logVar, z, elbos}, each ELBO with
// its terms, and `pixels()` copies the redrawn picture.
import { DRAWING_LOOK, EXTENT, buildDrawing } from "./parts.mjs";
import { createReader } from "./arithmetic.mjs";
import { createStage } from "../kit/stage.mjs";
import { decimalsOf, numberText, roundTo, stepOf } from "../kit/plane.mjs";
import { decodeAs, noiseOf, readConditional, reparameterized } from "../kit/conditional.mjs";
import { drawingSentence, termText, verdictOf, wordsOf } from "./words.mjs";
import { inTurns } from "../kit/digit_tiles.mjs";
import { node } from "../kit/node.mjs";
import { oncePerFrame, sharpCanvas } from "../kit/canvas.mjs";
import { paintAmong, paintPosterior } from "./picture.mjs";
import { paintPlane } from "../kit/plane_picture.mjs";
import { withPayload } from "../kit/host.mjs";

const TRAITS = ["strokes", "read_as", "redraw_as", "epsilon"];
const BUDGET = 1.5; // Milliseconds of reading and decoding in one frame: what is left waits for the next.
const FIRST = 1000; // The first drawing is read at once, so that a digit stands there with the page.
const KEPT_TIMES = 600;
const ZOOM = 6; // Standard deviations from the mean to the plane's edge where it is zoomed in.
const FRESH = { epsilon: [0, 0], read_as: null, redraw_as: null }; // How a new drawing is read.
const NOTHING = new Float32Array(784);

/** Draws the figure into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  return withPayload(model, el, (network) => start(model, el, network), readConditional);
}

function start(model, el, network) {
  const reader = createReader(network);
  const change = changer(model);
  let stage = null;
  let figure = null;
  const colours = () => stage.colours;
  const acts = { ...actsOf({ network, reader, model, change }), zoomed: () => figure.zoom() };
  const parts = buildDrawing({ network, colours, acts });
  stage = createStage(el, { label: "Draw a digit", themed: () => figure?.dress() });
  stage.body.append(node("style", {}, DRAWING_LOOK), ...parts.elements);
  stage.root.addEventListener("keydown", parts.tiles.keyed);
  figure = run({ model, stage, parts, network, reader });
  el.vaeFigure = {
    get frames() { return figure.frames; },
    get frameMs() { return figure.frameMs; },
    get firstDigitAt() { return figure.firstDigitAt; },
    get settled() { return figure.settled; },
    get strokes() { return model.get("strokes"); },
    set strokes(strokes) { change({ strokes, ...FRESH }); },
    get z() { return now(model, reader).z; },
    set z(value) { moveTo({ model, reader, change }, value); },
    values: () => ({ image: [...reader.image], elbos: reader.elbos, ...now(model, reader) }),
    pixels: () => decodeAs(network, now(model, reader).z, now(model, reader).shown).slice(),
  };
  return () => {
    figure.stop();
    stage.dispose();
    delete el.vaeFigure;
  };
}

/** A function that sets traits together and tells Python. */
function changer(model) {
  const sync = () => model.save_changes();
  return (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    sync();
  };
}

/** What follows from the drawing and the traits: {label, shown, mu, logVar, kl, z}; nulls for an empty sheet. */
function now(model, reader) {
  const label = reader.labelOf(model.get("read_as"));
  if (label === null) return { label, shown: model.get("redraw_as") ?? null, mu: null, logVar: null, z: null };
  const q = reader.posterior(label);
  // Rounded, so that z comes back from its noise as it went.
  const z = reparameterized(q, model.get("epsilon")).map((each) => roundTo(6, each));
  return { label, shown: model.get("redraw_as") ?? label, ...q, z };
}

function moveTo({ model, reader, change }, z) {
  const { label } = now(model, reader);
  if (label !== null) change({ epsilon: noiseOf(reader.posterior(label), z) });
}

/** What the reader can do, by the names that `buildDrawing` gives it. */
function actsOf({ network, reader, model, change }) {
  return {
    drawn: (strokes) => change(strokes.flat().length > 1 ? { strokes, epsilon: [0, 0] } : { strokes, ...FRESH }),
    loaded: (digit) => change({ strokes: network.examples[digit], ...FRESH }),
    cleared: () => change({ strokes: [], ...FRESH }),
    readAs: (digit) => change({ read_as: digit, epsilon: [0, 0] }),
    sampled: () => change({ epsilon: twoNormals() }),
    homed: () => change({ epsilon: [0, 0] }),
    moved: (z) => moveTo({ model, reader, change }, z),
    chosen: (digit) => change({ redraw_as: digit }),
  };
}

/** Two independent standard normal numbers. Source: Box and Muller (1958). */
function twoNormals() {
  const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
  const angle = 2 * Math.PI * Math.random();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** Keeps all that is seen with the drawing and the traits: {frames, frameMs, firstDigitAt, settled, dress, stop}. */
function run({ model, stage, parts, network, reader }) {
  const { sheet, pad } = parts;
  const font = getComputedStyle(stage.root).fontFamily;
  const figure = { frames: 0, frameMs: [], firstDigitAt: 0, settled: false };
  // What follows from drawing and traits is worked out once for all that is painted with it.
  let here = null;
  const state = () => (here ??= now(model, reader));
  let near = false;
  const extent = () => (near ? around(state()) : EXTENT);
  const others = inTurns(network.classes, (digit) => {
    const { z } = state();
    parts.tiles.paint(digit, z ? decodeAs(network, z, digit) : NOTHING, stage.colours);
  });
  const plane = sharpCanvas(pad.canvas, (context, width, height) => {
    const { label, mu, logVar } = state();
    const colour = stage.colours.classes[label ?? 0];
    const ground = { extent: extent(), codes: [], labels: null, medians: [], prior: true, mosaic: null };
    paintPlane(context, width, height, { ...ground, colours: stage.colours, font });
    if (mu) paintPosterior(context, width, height, { extent: extent(), mu, logVar, colour });
  });
  const hills = parts.terms.rows.filter(({ canvas }) => canvas).map(({ name, canvas }) =>
    sharpCanvas(canvas, (context, width, height) => {
      const value = termsOf(reader, state())?.[name] ?? null;
      paintAmong(context, width, height, { quantiles: network.terms[name], value, colours: stage.colours, font });
    }),
  );
  const paint = (budget) => {
    const began = performance.now();
    let left = reader.work(began + budget);
    here = null;
    const { z, shown } = state();
    parts.image.paint(reader.image, stage.colours);
    parts.redrawn.paint(z ? decodeAs(network, z, shown) : NOTHING, stage.colours);
    figure.firstDigitAt ||= performance.now();
    left = others.work(began + budget) || left;
    pad.reframe(extent(), stepOf(extent()));
    write(parts, reader, state(), network, { asked: model.get("read_as") ?? null, step: stepOf(extent()) });
    plane.repaint();
    // The slower ones once all is read: while a hand draws they would only flicker.
    if (!left) hills.forEach((each) => each.repaint());
    figure.frames++;
    figure.frameMs.push(performance.now() - began);
    if (figure.frameMs.length > KEPT_TIMES) figure.frameMs.shift();
    figure.settled = !left;
    if (left) ask();
  };
  const ask = oncePerFrame(() => paint(BUDGET));
  const changed = () => {
    here = null;
    figure.settled = false;
    others.stale();
    ask();
    stage.say(() => drawingSentence(state(), termsOf(reader, state()), network.terms));
  };
  const drawn = () => {
    reader.see(model.get("strokes"));
    sheet.show(model.get("strokes"));
    changed();
  };
  const listeners = TRAITS.map((name) => [`change:${name}`, name === "strokes" ? drawn : changed]);
  listeners.forEach(([event, listen]) => model.on(event, listen));
  figure.zoom = () => {
    near = !near;
    parts.zoom.setAttribute("aria-pressed", String(near));
    ask();
  };
  figure.dress = () => {
    sheet.repaint();
    changed();
  };
  figure.stop = () => {
    listeners.forEach(([event, listen]) => model.off(event, listen));
    ask.cancel();
    [plane, ...hills, sheet].forEach((each) => each.dispose());
  };
  reader.see(model.get("strokes"));
  sheet.show(model.get("strokes"));
  others.stale();
  paint(FIRST);
  return figure;
}

/** The square around the posterior that is shown when zoomed in, or the whole plane where there is none. */
function around({ mu, logVar }) {
  if (!mu) return EXTENT;
  const half = ZOOM * Math.exp(0.5 * Math.max(...logVar));
  return mu.flatMap((each) => [each - half, each + half]);
}

/** The drawing's terms under the label it is read as, in nats: {error, kl, value, elbos}; null before it is read. */
function termsOf(reader, { label, kl }) {
  const elbos = reader.elbos;
  if (label === null || !elbos) return null;
  return { error: -elbos[label].reconstruction, kl, value: elbos[label].value, elbos };
}

/** Puts the marks, numbers and words in their places. */
function write(parts, reader, here, network, { asked, step }) {
  const { pad, tiles, terms, said, caption, redrawn, image, sheet, reads, sample } = parts;
  const found = termsOf(reader, here);
  const decimals = decimalsOf(step);
  const z = here.z ?? [0, 0];
  pad.place(z, here.z ? `z1 ${numberText(z[0], decimals)}, z2 ${numberText(z[1], decimals)}` : "nothing is drawn");
  tiles.mark(here.shown);
  const words = wordsOf(here, found);
  tiles.note(words.notes, words.best, words.spoken);
  said.replaceChildren(...words.lines.flatMap((line, k) => (k ? [node("br"), line] : [line])));
  caption.textContent = words.caption;
  reads.options[0].textContent = words.reads;
  reads.selectedIndex = asked === null ? 0 : asked + 1;
  sample.disabled = here.z === null;
  redrawn.element.setAttribute("aria-label", words.caption);
  image.element.setAttribute("aria-label", "The drawing as the encoder sees it, 28 by 28 pixels");
  sheet.canvas.setAttribute("aria-label", words.sheet);
  terms.rows.forEach(({ name, text }) => (text.textContent = termText(name, found, network.terms)));
  terms.verdict.textContent = verdictOf(found, network.terms);
}
