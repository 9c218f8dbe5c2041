// Discs, dots, diamonds, crosses and ellipses on a canvas, in CSS pixels. It knows nothing of what they stand for.
import { strokeLine } from "./marks.mjs";

/** A disc, with a rim where one is given, `thick` pixels wide. */
export function fillDisc(context, [x, y], radius, colour, rim = null, thick = 1) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  if (!rim) return;
  context.strokeStyle = rim;
  context.lineWidth = thick;
  context.stroke();
}

/** A diamond with a rim. */
export function fillDiamond(context, [x, y], radius, colour, rim) {
  context.beginPath();
  for (const [dx, dy] of [[0, -radius], [radius, 0], [0, radius], [-radius, 0]]) context.lineTo(x + dx, y + dy);
  context.closePath();
  context.fillStyle = colour;
  context.strokeStyle = rim;
  context.lineWidth = 1.5;
  context.fill();
  context.stroke();
}

/** A cross of two strokes on a wider one of the rim's colour; `arm` is its half width. */
export function strokeCross(context, [x, y], arm, { colour, rim, thick = 3, halo = 6 }) {
  for (const [line, width] of [[rim, halo], [colour, thick]]) {
    strokeLine(context, [[x - arm, y], [x + arm, y]], { colour: line, thick: width });
    strokeLine(context, [[x, y - arm], [x, y + arm]], { colour: line, thick: width });
  }
}

/** An ellipse that stands upright, with these half axes. */
export function strokeEllipse(context, [x, y], [across, up], { colour, thick = 1.6, dash = [] }) {
  context.strokeStyle = colour;
  context.lineWidth = thick;
  context.setLineDash(dash);
  context.beginPath();
  context.ellipse(x, y, across, up, 0, 0, 2 * Math.PI);
  context.stroke();
  context.setLineDash([]);
}

/** Small discs at many points, half transparent: where they lie close, the ground grows dark. */
export function fillDots(context, points, { radius, colour, alpha = 0.55 }) {
  context.fillStyle = colour;
  context.globalAlpha = alpha;
  for (const [x, y] of points) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
}
