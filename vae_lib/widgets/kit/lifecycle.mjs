// The life of a figure: set up on its card, painted when its state changes, stopped without a trace. It knows no figure.
import { createStage } from "./stage.mjs";
import { node } from "./node.mjs";
import { oncePerFrame, sharpCanvas } from "./canvas.mjs";
import { timed } from "./timing.mjs";

/** A function that sets a trait and tells the host at once. */
export function putter(model) {
  return (name, value) => {
    model.set(name, value);
    model.save_changes();
  };
}

/**
 * A figure on a card in `el`: {stage, colours, canvas, also, ask, start}. `look` is a style of its own, `elements` what
 * stands on the card; `compute()` gives what is shown, once for all that shows it. Nothing is painted, and nothing
 * listens, before `start`.
 */
export function createFigure({ model, el, label, title, look, elements, compute = () => null }) {
  const [canvases, endings] = [[], []];
  let paint = () => {};
  let shown = null;
  const ask = oncePerFrame(() => paint());
  const stage = createStage(el, { label, title, themed: (colours) => figure.themed(colours) });
  if (look) stage.body.append(node("style", {}, look));
  stage.body.append(...elements);
  const font = getComputedStyle(stage.root).fontFamily;
  const figure = {
    stage,
    get colours() { return stage.colours; },
    /** What happens when the page turns light or dark: a new paint, where a figure does not set something else. */
    themed: ask,
    /**
     * Has `element`, a canvas, painted by `draw(view, shown)`, each time from an empty sheet; a view is {context, width,
     * height, colours, font}. A `lazy` one is painted for another size, and otherwise only when its `repaint` is called.
     */
    canvas(element, draw, { lazy = false } = {}) {
      const sharp = sharpCanvas(element, (context, width, height) => {
        context.clearRect(0, 0, width, height);
        draw({ context, width, height, colours: stage.colours, font }, shown);
      });
      if (!lazy) canvases.push(sharp);
      endings.push(sharp.dispose);
      return sharp;
    },
    /** Has `end` called when the figure stops. */
    also: (end) => endings.push(end),
    /** Asks for a paint in the next frame. */
    ask,
    /**
     * Paints at once, and again when one of `traits` changes, of which `changed(name)` hears first: the canvases, then
     * `write(shown)`, which puts numbers where they are read and may ask for another frame. `sentence(shown)` is what a
     * screen reader hears when all is at rest. The element carries `handle` as `vaeFigure`, with `frames`, the count of
     * paints, `frameMs`, the milliseconds that the last 600 took, and `firstPaintAt`, the page's clock at the first.
     * Gives back the function that stops everything.
     */
    start({ traits, changed = () => {}, write, sentence, handle }) {
      let [frames, firstPaintAt] = [0, 0];
      paint = timed(() => {
        shown = compute();
        canvases.forEach((each) => each.repaint());
        write(shown);
        frames++;
        firstPaintAt ||= performance.now();
      });
      const hear = (name) => {
        changed(name);
        ask();
        stage.say(() => sentence(compute()));
      };
      const listeners = traits.map((name) => [`change:${name}`, () => hear(name)]);
      for (const [event, listen] of listeners) model.on(event, listen);
      const counted = {
        frames: { get: () => frames },
        frameMs: { value: paint.times },
        firstPaintAt: { get: () => firstPaintAt },
      };
      el.vaeFigure = Object.defineProperties(handle, counted);
      paint();
      return () => {
        for (const [event, listen] of listeners) model.off(event, listen);
        ask.cancel();
        endings.forEach((end) => end());
        stage.dispose();
        delete el.vaeFigure;
      };
    },
  };
  return figure;
}

/** Has `build` make a figure, and make it anew when one of `traits` changes; gives back the function that stops it. */
export function rebuiltFor(model, traits, build) {
  let stop = build();
  const again = () => {
    stop();
    stop = build();
  };
  for (const name of traits) model.on(`change:${name}`, again);
  return () => {
    for (const name of traits) model.off(`change:${name}`, again);
    stop();
  };
}
