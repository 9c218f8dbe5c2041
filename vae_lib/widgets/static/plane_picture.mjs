// The latent plane as a picture: codes by class, the prior's circles, axes, a mosaic. It knows no model and no reader.
import { numberText, planeMap, spread, ticksBetween } from "./plane.mjs";

const DOT = 1.7; // CSS pixels, as all sizes here.
const NAME = 11; // The radius of the disc that bears a class's name.

/** Paints the plane on a context of CSS pixels. `mosaic` is a canvas to lay under the codes, or null. */
export function paintPlane(context, width, height, { extent, codes, labels, medians, prior, mosaic, colours, font }) {
  const map = planeMap(extent, width, height);
  const view = { context, width, height, map, extent, colours, font };
  context.fillStyle = colours.surface;
  context.fillRect(0, 0, width, height);
  if (mosaic) paintMosaic(view, mosaic);
  else paintAxes(view);
  paintDots(view, codes, labels, mosaic ? 0.45 : 0.75);
  if (prior) paintPrior(view);
  paintTicks(view, !mosaic);
  const places = spread(medians.map(({ at }) => map.toPixel(at)), 2 * NAME);
  medians.forEach(({ label }, k) => paintName(view, label, places[k]));
}

function paintMosaic({ context, width, height }, mosaic) {
  // Faint, because the codes and the reader's point are what the eye should find first.
  context.globalAlpha = 0.5;
  context.drawImage(mosaic, 0, 0, width, height);
  context.globalAlpha = 1;
}

function paintAxes({ context, width, height, map, colours }) {
  const [x, y] = map.toPixel([0, 0]);
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, 0);
  context.lineTo(Math.round(x) + 0.5, height);
  context.moveTo(0, Math.round(y) + 0.5);
  context.lineTo(width, Math.round(y) + 0.5);
  context.stroke();
}

function paintDots({ context, map, colours }, codes, labels, alpha) {
  const count = codes.length / 2;
  context.globalAlpha = alpha;
  for (let k = 0; k < count; k++) {
    // A prime stride through the codes: in their own order one class could lie on top of all others.
    const i = (k * 7919) % count;
    const [x, y] = map.toPixel([codes[2 * i], codes[2 * i + 1]]);
    context.fillStyle = labels ? colours.classes[labels[i] % colours.classes.length] : colours.muted;
    context.beginPath();
    context.arc(x, y, DOT, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
}

function paintPrior(view) {
  const { context, map, colours } = view;
  const [x, y] = map.toPixel([0, 0]);
  context.strokeStyle = colours.ink;
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  for (const radius of [1, 2, 3]) {
    context.beginPath();
    context.arc(x, y, radius * map.scale, 0, 2 * Math.PI);
    context.stroke();
  }
  context.setLineDash([]);
  paintText(view, "prior N(0, I)", map.toPixel([0, 3]), { size: 12, lift: -9 });
}

function paintTicks(view, numbered) {
  const { map, width, height, extent } = view;
  const [left, right, bottom, top] = extent;
  for (const tick of numbered ? ticksBetween(left, right) : []) {
    const [x] = map.toPixel([tick, 0]);
    if (x > 24 && x < width - 34) paintText(view, tickText(tick), [x, height - 9], { size: 11, muted: true });
  }
  for (const tick of numbered ? ticksBetween(bottom, top) : []) {
    const [, y] = map.toPixel([0, tick]);
    if (y > 34 && y < height - 24) paintText(view, tickText(tick), [12, y], { size: 11, muted: true });
  }
  paintText(view, "z₁", [width - 14, height - 10], { size: 14, italic: true });
  paintText(view, "z₂", [14, 13], { size: 14, italic: true });
}

function tickText(value) {
  return numberText(value, Number.isInteger(value) ? 0 : 2);
}

function paintName(view, label, place) {
  const { context, colours } = view;
  context.fillStyle = colours.surface;
  context.strokeStyle = colours.classes[label % colours.classes.length];
  context.lineWidth = 2;
  context.beginPath();
  context.arc(...place, NAME - 1.5, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  paintText(view, String(label), place, { size: 13, bold: true, halo: false });
}

function paintText({ context, colours, font }, text, [x, y], { size, lift = 0, bold, italic, muted, halo = true }) {
  context.font = `${italic ? "italic " : ""}${bold ? "700 " : ""}${size}px ${font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  if (halo) {
    context.strokeStyle = colours.surface;
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeText(text, x, y + lift);
  }
  context.fillStyle = muted ? colours.muted : colours.ink;
  context.fillText(text, x, y + lift);
}
