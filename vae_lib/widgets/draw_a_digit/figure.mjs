// Draw a digit: the model reads it, shows its posterior, and writes it as every other digit. Its Python side: __init__.py.
//
// For tests and the curious the element carries `vaeFigure`: {firstDigitAt, settled, strokes, z, values(), pixels()}
// beside what every figure has: `firstDigitAt` is the page's clock at the first digit, `settled` says that nothing is left
// to compute, `strokes` and `z` can be read and set, `values()` gives what is shown: {image, label, shown, mu, logVar, z,
// elbos}, each ELBO with its terms, and `pixels()` copies the redrawn picture.
import { DRAWING_LOOK, EXTENT, buildDrawing } from "./parts.mjs";
import { createFigure } from "../kit/lifecycle.mjs";
import { createReader } from "./reader.mjs";
import { decimalsOf, numberText, roundTo, stepOf } from "../kit/plane.mjs";
import { decodeAs, readConditional } from "../kit/conditional.mjs";
import { drawingSentence, termText, verdictOf, wordsOf } from "./words.mjs";
import { inTurns } from "../kit/digit_tiles.mjs";
import { node } from "../kit/node.mjs";
import { noiseOf, reparameterized } from "./arithmetic.mjs";
import { paintAmong, paintCode } from "./picture.mjs";
import { withPayload } from "../kit/host.mjs";

const TRAITS = ["strokes", "read_as", "redraw_as", "epsilon"];
const BUDGET = 1.5; // Milliseconds of reading and decoding in one frame: what is left waits for the next.
const FIRST = 1000; // The first drawing is read at once, so that a digit stands there with the page.
const ZOOM = 6; // Standard deviations from the mean to the plane's edge where it is zoomed in.
const FRESH = { epsilon: [0, 0], read_as: null, redraw_as: null }; // How a new drawing is read.
const NOTHING = new Float32Array(784);

/** Draws the figure into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  return withPayload(model, el, (network) => start(model, el, network), readConditional);
}

function start(model, el, network) {
  const reader = createReader(network);
  const labelled = network.classes > 1;
  const change = changer(model);
  let [near, budget, firstDigitAt] = [false, FIRST, 0];
  let [here, until, unread] = [null, 0, true];
  const zoomed = () => {
    near = !near;
    parts.zoom.setAttribute("aria-pressed", String(near));
    figure.ask();
  };
  const acts = { ...actsOf({ network, reader, model, change }), zoomed };
  const { elements, ...parts } = buildDrawing({ network, colours: () => figure.colours, acts });
  const { sheet, pad, tiles, image, redrawn } = parts;
  const compute = () => {
    until = performance.now() + budget;
    unread = reader.work(until);
    return (here = { ...now(model, reader), labelled });
  };
  const figure = createFigure({ model, el, label: "Draw a digit", look: DRAWING_LOOK, elements, compute });
  if (labelled) figure.stage.root.addEventListener("keydown", tiles.keyed);
  figure.also(sheet.dispose);
  const extent = () => (near ? around(here) : EXTENT);
  const pictureOf = (digit) => (here.z ? decodeAs(network, here.z, digit) : NOTHING);
  const others = inTurns(network.classes, (digit) => tiles.paint(digit, pictureOf(digit), figure.colours));
  figure.canvas(pad.canvas, (view) => paintCode(view, extent(), here));
  const hills = parts.terms.rows.filter(({ canvas }) => canvas).map(({ name, canvas }) => {
    const draw = (view) => paintAmong(view, network.terms[name], termsOf(reader, here)?.[name] ?? null);
    return figure.canvas(canvas, draw, { lazy: true });
  });
  const see = () => {
    reader.see(model.get("strokes"));
    sheet.show(model.get("strokes"));
  };
  figure.themed = () => {
    sheet.repaint();
    others.stale();
    figure.ask();
  };
  const write = () => {
    image.paint(reader.image, figure.colours);
    redrawn.paint(pictureOf(here.shown), figure.colours);
    firstDigitAt ||= performance.now();
    const left = others.work(until) || unread;
    budget = BUDGET;
    const step = stepOf(extent());
    pad.reframe(extent(), step);
    place(parts, reader, here, network, { asked: model.get("read_as") ?? null, step });
    // The slower ones once all is read: while a hand draws they would only flicker.
    if (left) figure.ask();
    else hills.forEach((each) => each.repaint());
  };
  see();
  others.stale();
  return figure.start({
    traits: TRAITS,
    changed(name) {
      if (name === "strokes") see();
      others.stale();
    },
    write,
    sentence: () => drawingSentence(here, termsOf(reader, here), network.terms),
    handle: {
      get firstDigitAt() { return firstDigitAt; },
      get settled() { return reader.settled && !others.work(0); },
      get strokes() { return model.get("strokes"); },
      set strokes(strokes) { change({ strokes, ...FRESH }); },
      get z() { return now(model, reader).z; },
      set z(value) { moveTo({ model, reader, change }, value); },
      values: () => ({ image: [...reader.image], elbos: reader.elbos, ...now(model, reader) }),
      pixels: () => decodeAs(network, now(model, reader).z, now(model, reader).shown).slice(),
    },
  });
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
function place(parts, reader, here, network, { asked, step }) {
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
