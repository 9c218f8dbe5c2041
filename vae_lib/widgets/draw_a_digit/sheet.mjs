// A sheet to draw on with mouse, pen or finger. It knows no model and no digit.
//
// A stroke is a list of points [x, y], each from 0 to 1, y downwards: they stay the same on a sheet of another size.
import CONSTANTS from "./constants.json" with { type: "json" };
import { clearTo } from "../kit/marks.mjs";
import { node } from "../kit/node.mjs";
import { roundTo } from "../kit/plane.mjs";
import { sharpCanvas } from "../kit/canvas.mjs";

const NEAREST = 0.006; // Points closer than this part of the sheet to the last one are left out.
const NIB = 0.07; // The pen's width on the screen, as a part of the sheet.

/**
 * A sheet {element, canvas, show, repaint, dispose}: `drawn(strokes)` is called with each new point of the reader's,
 * `show(strokes)` lays strokes on it. Others than the reader's own go when a first stroke is drawn.
 */
export function createSheet({ colours, drawn }) {
  const canvas = node("canvas", { role: "img" });
  const element = node("div", { class: "vae-sheet" }, canvas);
  let strokes = [];
  let own = false;
  let drawing = false;
  const sharp = sharpCanvas(canvas, (context, width) => paintStrokes(context, width, strokes, colours()));
  const pointAt = (event) => {
    const box = canvas.getBoundingClientRect();
    const along = (value, from, length) => roundTo(4, Math.min(Math.max((value - from) / length, 0), 1));
    return [along(event.clientX, box.left, box.width), along(event.clientY, box.top, box.height)];
  };
  const add = (point) => {
    const stroke = strokes[strokes.length - 1];
    const [x, y] = stroke[stroke.length - 1] ?? [-1, -1];
    if (Math.hypot(point[0] - x, point[1] - y) >= NEAREST) stroke.push(point);
  };
  const changed = () => {
    // New lists each time: whoever was given the last ones still has them as they were.
    strokes = strokes.map((stroke) => [...stroke]);
    drawn(strokes);
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0 || strokes.flat().length >= CONSTANTS.most_points) return;
    event.preventDefault();
    canvas.setPointerCapture?.(event.pointerId);
    drawing = true;
    strokes = own ? [...strokes, []] : [[]];
    own = true;
    add(pointAt(event));
    changed();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing || !event.isPrimary || !(event.buttons & 1)) return;
    // A hand moves faster than the screen is painted: the places in between are part of the stroke.
    const places = event.getCoalescedEvents?.() ?? [];
    const room = CONSTANTS.most_points - strokes.flat().length;
    for (const each of (places.length ? places : [event]).slice(0, room)) add(pointAt(each));
    changed();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (drawing = false));
  return {
    element,
    canvas,
    repaint: sharp.repaint,
    dispose: sharp.dispose,
    show(shown) {
      if (shown !== strokes) [strokes, own] = [shown, false];
      sharp.repaint();
    },
  };
}

function paintStrokes(context, side, strokes, { surface, ink }) {
  clearTo(context, side, side, surface);
  context.strokeStyle = ink;
  context.lineWidth = NIB * side;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) {
    context.beginPath();
    stroke.forEach(([x, y], k) => (k ? context.lineTo(x * side, y * side) : context.moveTo(x * side, y * side)));
    // A stroke of one point is a dot.
    context.lineTo(...stroke[stroke.length - 1].map((value) => value * side));
    context.stroke();
  }
}
