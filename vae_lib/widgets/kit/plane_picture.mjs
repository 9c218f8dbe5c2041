// The latent plane as a picture: codes by class, the prior's circles, axes, a mosaic. It knows no model and no reader.
import { clampTo, numberText, planeMap, spread, ticksBetween } from "./plane.mjs";
import { clearTo, strokeLine } from "./marks.mjs";
import { fillDisc, strokeEllipse } from "./shapes.mjs";

const NAME = 11; // The radius in CSS pixels of the disc that bears a class's name.

/** Paints the plane on a context of CSS pixels. `mosaic` is a canvas to lay under the codes, or null. */
export function paintPlane(context, width, height, { extent, codes, labels, medians, prior, mosaic, colours, font }) {
  const map = planeMap(extent, width, height);
  const view = { context, width, height, map, extent, colours, font };
  clearTo(context, width, height, colours.surface);
  if (mosaic) paintMosaic(view, mosaic);
  else paintAxes(view);
  paintDots(view, codes, labels, mosaic ? 0.45 : 0.75);
  if (prior) paintPrior(view);
  paintTicks(view, !mosaic);
  paintNames(view, medians);
}

export function paintMosaic({ context, width, height }, mosaic) {
  // Faint, because the codes and the reader's point are what the eye should find first.
  context.globalAlpha = 0.5;
  context.drawImage(mosaic, 0, 0, width, height);
  context.globalAlpha = 1;
}

export function paintAxes({ context, width, height, map, colours }) {
  const [x, y] = map.toPixel([0, 0]).map((each) => Math.round(each) + 0.5);
  strokeLine(context, [[x, 0], [x, height]], { colour: colours.line });
  strokeLine(context, [[0, y], [width, y]], { colour: colours.line });
}

function paintDots({ context, map, colours }, codes, labels, alpha) {
  const count = codes.length / 2;
  // The more dots, the smaller: what they show is where they are dense.
  const size = Math.min(2.3, Math.max(1.3, 85 / Math.sqrt(count)));
  context.globalAlpha = alpha;
  for (let k = 0; k < count; k++) {
    // A prime stride through the codes: in their own order one class could lie on top of all others.
    const i = (k * 7919) % count;
    const [x, y] = map.toPixel([codes[2 * i], codes[2 * i + 1]]);
    context.fillStyle = labels ? colours.classes[labels[i] % colours.classes.length] : colours.muted;
    context.beginPath();
    context.arc(x, y, size, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
}

export function paintPrior(view) {
  const { context, map, colours } = view;
  for (const radius of [1, 2, 3].map((each) => each * map.scale)) {
    strokeEllipse(context, map.toPixel([0, 0]), [radius, radius], { colour: colours.ink, thick: 1, dash: [4, 3] });
  }
  // On the largest circle that leaves room for it above.
  const top = [3, 2, 1].map((radius) => map.toPixel([0, radius])).find(([, above]) => above > 16);
  if (top) paintText(view, "prior N(0, I)", top, { size: 12, lift: -9 });
}

export function paintTicks(view, numbered) {
  const { map, width, height, extent } = view;
  const [left, right, bottom, top] = extent;
  if (numbered) {
    const across = ticksBetween(left, right);
    const upwards = ticksBetween(bottom, top);
    const text = (ticks, tick) => numberText(tick, Math.max(...ticks.map((each) => decimalsIn(each))));
    for (const tick of across) {
      const [x] = map.toPixel([tick, 0]);
      if (x > 24 && x < width - 34) paintText(view, text(across, tick), [x, height - 9], { size: 11, muted: true });
    }
    for (const tick of upwards) {
      const [, y] = map.toPixel([0, tick]);
      const at = { size: 11, muted: true, align: "left" };
      if (y > 34 && y < height - 24) paintText(view, text(upwards, tick), [6, y], at);
    }
  }
  paintText(view, "z₁", [width - 14, height - 10], { size: 14, italic: true });
  paintText(view, "z₂", [14, 13], { size: 14, italic: true });
}

function decimalsIn(value) {
  return (String(value).split(".")[1] ?? "").length;
}

export function paintNames(view, medians) {
  const { map, width, height } = view;
  const inside = ([x, y]) => x >= 0 && x <= width && y >= 0 && y <= height;
  const shown = medians.filter(({ at }) => inside(map.toPixel(at)));
  const places = spread(shown.map(({ at }) => map.toPixel(at)), 2 * NAME);
  const within = [NAME, width - NAME, NAME, height - NAME];
  shown.forEach(({ label }, k) => paintName(view, label, clampTo(within, places[k])));
}

function paintName(view, label, place) {
  const { context, colours } = view;
  fillDisc(context, place, NAME - 1.5, colours.surface, colours.classes[label % colours.classes.length], 2);
  paintText(view, String(label), place, { size: 13, bold: true, halo: false });
}

function paintText({ context, colours, font }, text, [x, y], style) {
  const { size, lift = 0, bold, italic, muted, align = "center", halo = true } = style;
  context.font = `${italic ? "italic " : ""}${bold ? "700 " : ""}${size}px ${font}`;
  context.textAlign = align;
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
