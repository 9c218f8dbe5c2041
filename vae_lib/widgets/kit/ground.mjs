// The plane under a reader's point: bare, or filled with what one of a few decoders makes of it. It knows no figure.
import { createMosaic } from "./mosaic.mjs";
import { oncePerFrame } from "./canvas.mjs";
import { paintPlane } from "./plane_picture.mjs";

const TILES = 20; // Along the mosaic's shorter side.

/**
 * Has `figure`, one of createFigure's, paint `canvas` with `look`, which is what `paintPlane` takes: {shown}. Each of
 * the buttons `toggles` fills the plane with what its decoder {layers, image} makes of it, or empties it again; `shown`
 * is the place of the pressed one, or null. The plane is painted for a new size, theme or mosaic, not for each frame.
 */
export function createGround(figure, { canvas, toggles, decoders, look }) {
  const mosaics = [];
  let shown = null;
  const draw = ({ context, width, height, colours, font }) => {
    const mosaic = shown === null ? null : mosaics[shown].canvas;
    paintPlane(context, width, height, { ...look, mosaic, colours, font });
  };
  const plane = figure.canvas(canvas, draw, { lazy: true });
  const repaint = oncePerFrame(plane.repaint);
  const show = (k) => {
    if (shown !== null) mosaics[shown].stop();
    shown = shown === k ? null : k;
    toggles.forEach((each, j) => each.setAttribute("aria-pressed", String(j === shown)));
    if (shown !== null) {
      const { extent } = look;
      mosaics[k] ??= createMosaic({ ...decoders[k], extent, tiles: TILES, ink: figure.colours.ink, grown: repaint });
      mosaics[k].start();
    }
    repaint();
  };
  toggles.forEach((each, k) => each.addEventListener("click", () => show(k)));
  figure.themed = (colours) => {
    mosaics.forEach((each) => each.tint(colours.ink));
    repaint();
    figure.ask();
  };
  figure.also(() => {
    mosaics.forEach((each) => each.stop());
    repaint.cancel();
  });
  return { get shown() { return shown; } };
}
