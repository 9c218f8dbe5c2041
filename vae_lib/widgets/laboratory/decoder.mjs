// Pictures that a run's decoder makes of many places at once, and codes of a few digits, in room of their own: a paint
// between two steps must not disturb them. It knows no element.
import { createGauge, measureCodes } from "./measures.mjs";
import { createRoom, decodeRows, placeLabel } from "./network.mjs";

const AT_A_TIME = 16;

/** {pictures, codes} of a run, with its weights as they are when they are called. */
export function createDecoder(run) {
  const { network, shape, settings } = run;
  const { latents, classes, pixels } = shape;
  const room = createRoom(shape, AT_A_TIME);
  const picture = new Float32Array(pixels);
  const kept = (from) => {
    for (let p = 0; p < pixels; p++) {
      const y = room.y[from + p];
      // A Gaussian's mean may leave the range of grey, and is then shown as paper or as ink.
      picture[p] = settings.likelihood === "gaussian" ? Math.min(Math.max(y, 0), 1) : 1 / (1 + Math.exp(-y));
    }
    return picture;
  };
  let gauge = null;
  return {
    /** Calls `visit(k, picture)` for each of `places`, arrays of coordinates, decoded under the label `labelOf(k)`. */
    pictures(places, labelOf, visit) {
      for (let done = 0; done < places.length; done += AT_A_TIME) {
        const rows = Math.min(AT_A_TIME, places.length - done);
        for (let row = 0; row < rows; row++) {
          for (let j = 0; j < latents; j++) room.z[row * (latents + classes) + j] = places[done + row][j];
          if (classes) placeLabel(network, room, row, labelOf(done + row));
        }
        decodeRows(network, room, rows);
        for (let row = 0; row < rows; row++) visit(done + row, kept(row * pixels));
      }
    },
    /** {mu, sigma} of the digits `chosen` of a set, `latents` numbers a digit; read them before the next call. */
    codes(set, chosen) {
      if (!gauge || gauge.mu.length < chosen.length * latents) gauge = createGauge(shape, chosen.length);
      measureCodes(network, room, gauge, set, chosen);
      return gauge;
    },
  };
}
