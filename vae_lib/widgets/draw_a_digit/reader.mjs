// What the model makes of a drawing: its picture, the ELBO under each label a few steps at a time, the posterior. It
// knows no element and no page.
import { elbosInSteps, encodeAs, seen } from "./arithmetic.mjs";
import { renderStrokes } from "./strokes.mjs";

/**
 * A reader {see, work, image, elbos, settled, labelOf, posterior}. `see(strokes)` gives it a drawing, `work(until)`
 * reads on until the page's clock says so and gives back whether something is left to read. `elbos` are those of the
 * last drawing that was read to its end, null for an empty sheet: while a hand draws they follow a little behind.
 */
export function createReader(network) {
  let image = renderStrokes([]);
  let h = null;
  let version = 0; // Of the drawing; and of the one that is being read, and of the one that was.
  let reading = null;
  let finished = 0;
  let elbos = null;
  const begin = () => (reading = { version, steps: elbosInSteps(network, image) });
  return {
    get image() { return image; },
    get elbos() { return elbos; },
    get settled() { return finished === version; },
    see(strokes) {
      image = renderStrokes(strokes);
      version++;
      h = strokes.length ? seen(network, image) : null;
      if (h) return;
      [elbos, reading, finished] = [null, null, version];
    },
    work(until) {
      while (finished !== version && performance.now() < until) {
        if (!reading) begin();
        const { done, value } = reading.steps.next();
        if (!done) continue;
        elbos = value;
        finished = reading.version;
        reading = null;
      }
      return finished !== version;
    },
    /** The digit it is read as: the one asked for, or the one with the largest ELBO; null for an empty sheet. */
    labelOf(asked) {
      if (!h) return null;
      if (asked !== null && asked !== undefined) return asked;
      if (!elbos) return null;
      return elbos.reduce((best, { value }, label) => (value > elbos[best].value ? label : best), 0);
    },
    /** q(z|x, y) of the drawing as it is now. */
    posterior: (label) => encodeAs(network, h, label),
  };
}
