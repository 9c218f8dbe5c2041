// A mixture of Gaussians over its points, each point showing who answers for it. It knows no reader and no kernel.
//
// A view is {context, width, height, colours, font}, sizes in CSS pixels.
import { clearTo, strokeLine, writeAt } from "../kit/marks.mjs";
import { axesOf } from "./arithmetic.mjs";
import { planeMap } from "../kit/plane.mjs";
import { strokeCross } from "../kit/shapes.mjs";

export const NAMES = ["A", "B", "C"];
export const SHAPES = ["●", "▲", "■"];
const DASHES = [[], [7, 4], [2, 4]];
const SIZE = 4.2;
const ALONE = 0.9; // A share from which on a point is drawn as its component's own.

/** The components' colours stay apart in lightness for every eye; shapes, dashes and letters say the same. */
export function componentColours({ blue, orange, wine }) {
  return [blue, orange, wine];
}

/** Points as shapes where one component answers for them and as pies where several do; ellipses of one and two σ. */
export function paintMixture(view, extent, { theta, q, points }) {
  const { context, width, height, colours } = view;
  const map = planeMap(extent, width, height);
  const own = componentColours(colours);
  clearTo(context, width, height, colours.surface);
  theta.means.forEach((mean, k) => {
    for (const radius of [1, 2]) {
      const style = { colour: own[k], dash: DASHES[k], thick: 2.6 / radius };
      strokeLine(context, ellipsePoints(map, mean, theta.covariances[k], radius), style);
    }
  });
  points.forEach((point, i) => paintPoint(view, map.toPixel(point), q[i], own));
  theta.means.forEach((mean, k) => paintCentre(view, map.toPixel(mean), k));
}

function paintPoint({ context, colours }, [x, y], shares, own) {
  const most = shares.indexOf(Math.max(...shares));
  context.strokeStyle = colours.surface;
  context.lineWidth = 1;
  if (shares[most] >= ALONE) {
    context.fillStyle = own[most];
    context.beginPath();
    [circle, triangle, square][most](context, x, y);
    context.fill();
    context.stroke();
    return;
  }
  let angle = -Math.PI / 2;
  shares.forEach((share, k) => {
    const end = angle + 2 * Math.PI * share;
    context.fillStyle = own[k];
    context.beginPath();
    context.moveTo(x, y);
    context.arc(x, y, SIZE + 1, angle, end);
    context.fill();
    angle = end;
  });
}

function circle(context, x, y) {
  context.arc(x, y, SIZE, 0, 2 * Math.PI);
}

function triangle(context, x, y) {
  context.moveTo(x, y - 1.25 * SIZE);
  context.lineTo(x + 1.1 * SIZE, y + 0.85 * SIZE);
  context.lineTo(x - 1.1 * SIZE, y + 0.85 * SIZE);
  context.closePath();
}

function square(context, x, y) {
  context.rect(x - 0.9 * SIZE, y - 0.9 * SIZE, 1.8 * SIZE, 1.8 * SIZE);
}

/** The ellipse of so many standard deviations, in pixels. */
function ellipsePoints(map, [mx, my], covariance, radius) {
  const { angle, variances } = axesOf(covariance);
  const [long, short] = variances.map((each) => radius * Math.sqrt(Math.max(each, 0)));
  return Array.from({ length: 73 }, (_, i) => {
    const turn = (2 * Math.PI * i) / 72;
    const [u, v] = [long * Math.cos(turn), short * Math.sin(turn)];
    return map.toPixel([mx + u * Math.cos(angle) - v * Math.sin(angle), my + u * Math.sin(angle) + v * Math.cos(angle)]);
  });
}

/** A cross at the centre and its letter beside it. */
function paintCentre({ context, colours, font }, [x, y], k) {
  strokeCross(context, [x, y], 6, { colour: colours.ink, rim: colours.surface, thick: 2, halo: 5 });
  writeAt(context, NAMES[k], [x + 10, y - 11], { font, colour: colours.ink, size: 15, halo: colours.surface });
}
