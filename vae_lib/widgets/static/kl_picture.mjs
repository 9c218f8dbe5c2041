// Pictures of two densities, of the divergence's integrand, and of its level lines. It knows no reader and no kernel.
//
// All `paint…` functions take a view: {context, width, height, colours, font}, sizes in CSS pixels.
import { gaussianDensity, klIntegrand, levelCurve } from "./gaussian_kl.mjs";
import { planeMap } from "./plane.mjs";

export const SHOWN = [-8, 8]; // The z every picture shows.
const HIGHEST_DENSITY = 1.25;
const FOOT = 18; // Room for the numbers under the lowest picture.
const LEVELS = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128];
const MOST_NAMED = 5;

/** The colours of q, p and the areas: the book's, which stay apart for every eye; strokes and hatching tell them too. */
export const KL_COLOURS = {
  light: { q: "#0072b2", p: "#1c2128", above: "#0072b255", below: "#d55e00" },
  dark: { q: "#56b4e9", p: "#e8ebef", above: "#56b4e966", below: "#f0905a" },
};

/** The least of 0.5, 1, 2, 5, 10, 20, … that holds `highest`, and `lowest` within its 0.3 below the axis. */
export function scaleFor(highest, lowest) {
  const least = Math.max(highest, -lowest / 0.3, 0.5) * (1 - 1e-9);
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((times) => times * power >= least) ?? 10);
}

/** q as a line and p as a dashed one. Where q leaves the picture at the top its height is written. */
export function paintDensities(view, mu, logVar) {
  const { context, width, colours, font } = view;
  const map = planeMap([...SHOWN, 0, HIGHEST_DENSITY], width, view.height - 2);
  paintAxis(view, map);
  const curve = (m, l) => pointsOf(map, width, (z) => gaussianDensity(z, m, l));
  stroke(context, curve(0, 0), { colour: colours.p, dash: [6, 4] });
  stroke(context, curve(mu, logVar), { colour: colours.q, thick: 2.5 });
  const height = gaussianDensity(mu, mu, logVar);
  if (height > HIGHEST_DENSITY) {
    const [x] = map.toPixel([mu, 0]);
    const left = x > width - 110;
    write(context, `↑ to ${height.toFixed(1)}`, [left ? x - 14 : x + 14, 9], { font, colour: colours.q, left });
  }
}

/** The integrand of one direction: above the axis filled, below it hatched; a square has the area of one nat. */
export function paintIntegrand(view, forward, mu, logVar, { numbered }) {
  const { context, width, colours, font } = view;
  const at = (z) => klIntegrand(forward, z, mu, logVar);
  const heights = pointsOf(planeMap([0, 1, 0, 1], 1, 1), width, at).map(([, y]) => 1 - y);
  const scale = scaleFor(Math.max(...heights), Math.min(...heights));
  const map = planeMap([...SHOWN, -0.3 * scale, 1.05 * scale], width, view.height - (numbered ? FOOT : 0));
  const points = pointsOf(map, width, at);
  const axis = map.toPixel([0, 0])[1];
  fillAbove(context, points, axis, colours.above);
  hatchBelow(context, points, axis, width, view.height, colours.below);
  paintAxis(view, map, numbered);
  stroke(context, points, { colour: colours.ink, thick: 1.5 });
  const top = map.toPixel([0, scale])[1];
  write(context, String(scale), [6, top + 5], { font, colour: colours.muted });
  stroke(context, [[0, top], [4, top]], { colour: colours.muted });
  // One nat is one unit of z times one unit of height: a square on the screen, whatever the scale.
  const side = Math.sqrt(map.toPixel([1, 0])[0] - map.toPixel([0, 0])[0]) * Math.sqrt((axis - top) / scale);
  context.strokeStyle = colours.muted;
  context.lineWidth = 1;
  context.strokeRect(width - side - 4.5, top + 0.5, side, side);
  write(context, "1 nat", [width - side - 9, top + 6], { font, colour: colours.muted, left: true });
}

/** The plane of (μ, log σ²) with lines of equal divergence, and an arrow down its slope from (mu, logVar). */
export function paintLandscape(view, extent, { forward, mu, logVar, downhill }) {
  const { context, width, height, colours, font } = view;
  const map = planeMap(extent, width, height);
  context.fillStyle = colours.surface;
  context.fillRect(0, 0, width, height);
  const levels = LEVELS.map((level) => [level, levelCurve(forward, level, extent.slice(2))]);
  for (const [, points] of levels) {
    for (const side of [1, -1]) {
      const line = points.map(([m, l]) => map.toPixel([side * m, l]));
      stroke(context, line, { colour: colours.level, thick: 1.2 });
    }
  }
  paintScales(view, map, extent);
  for (const [level, points] of levels.slice(0, MOST_NAMED)) nameLevel(view, map, extent, level, points);
  const prior = map.toPixel([0, 0]);
  stroke(context, [[prior[0] - 6, prior[1]], [prior[0] + 6, prior[1]]], { colour: colours.p, thick: 2 });
  stroke(context, [[prior[0], prior[1] - 6], [prior[0], prior[1] + 6]], { colour: colours.p, thick: 2 });
  write(context, "p", [prior[0] + 8, prior[1] - 10], { font, colour: colours.p, italic: true });
  arrow(context, map.toPixel([mu, logVar]), map.toPixel([mu + downhill[0], logVar + downhill[1]]), colours.q);
}

/** Numbers on the edges: μ below, log σ² on the left, and the σ that belongs to it on the right. */
function paintScales({ context, width, height, colours, font }, map, [left, right, bottom, top]) {
  const plain = { font, colour: colours.muted, halo: colours.surface };
  for (let tick = Math.ceil(left); tick <= right; tick++) {
    write(context, minus(tick), [map.toPixel([tick, 0])[0], height - 10], { ...plain, centre: true });
  }
  for (let tick = Math.ceil(bottom); tick <= top; tick++) {
    write(context, minus(tick), [6, map.toPixel([0, tick])[1]], plain);
  }
  for (const [sigma, text] of [[0.25, "σ = ¼"], [0.5, "σ = ½"], [1, "σ = 1"], [2, "σ = 2"]]) {
    write(context, text, [width - 6, map.toPixel([0, 2 * Math.log(sigma)])[1]], { ...plain, left: true });
  }
  const name = { ...plain, colour: colours.ink, size: 14, italic: true };
  write(context, "μ", [width - 12, height - 11], { ...name, left: true });
  write(context, "log σ²", [6, 12], name);
}

/** Writes the level on its line, where it is lowest inside the plane. */
function nameLevel({ context, colours, font }, map, [, right, bottom], level, points) {
  const inside = points.filter(([mu, logVar]) => mu < right - 0.5 && logVar > bottom + 0.4);
  if (!inside.length) return;
  const [mu, logVar] = inside[Math.floor(inside.length / 3)];
  const text = level < 1 ? String(level).slice(1).padStart(3, "0.").replace("00", "0") : String(level);
  write(context, text, map.toPixel([mu, logVar]), { font, colour: colours.ink, halo: colours.surface, centre: true });
}

function paintAxis({ context, width, height, colours, font }, map, numbered) {
  const [, y] = map.toPixel([0, 0]);
  stroke(context, [[0, y], [width, y]], { colour: colours.muted });
  for (let z = SHOWN[0] + 2; z < SHOWN[1]; z += 2) {
    const [x] = map.toPixel([z, 0]);
    stroke(context, [[x, y - 3], [x, y + 3]], { colour: colours.muted });
    if (numbered) write(context, minus(z), [x, height - 8], { font, colour: colours.muted, centre: true });
  }
  if (numbered) write(context, "z", [width - 8, height - 8], { font, colour: colours.ink, italic: true, left: true });
}

/** The curve of f in pixels, one point every half pixel: a needle must not fall between two. */
function pointsOf(map, width, f) {
  const count = Math.max(2, Math.round(2 * width));
  const [from, to] = SHOWN;
  return Array.from({ length: count + 1 }, (_, i) => {
    const z = from + ((to - from) * i) / count;
    return map.toPixel([z, f(z)]);
  });
}

function fillAbove(context, points, axis, colour) {
  context.beginPath();
  context.moveTo(points[0][0], axis);
  for (const [x, y] of points) context.lineTo(x, Math.min(y, axis));
  context.lineTo(points.at(-1)[0], axis);
  context.fillStyle = colour;
  context.fill();
}

function hatchBelow(context, points, axis, width, height, colour) {
  context.save();
  context.beginPath();
  context.moveTo(points[0][0], axis);
  for (const [x, y] of points) context.lineTo(x, Math.max(y, axis));
  context.lineTo(points.at(-1)[0], axis);
  context.clip();
  for (let x = -height; x < width; x += 5) {
    stroke(context, [[x, axis + height], [x + height, axis]], { colour, thick: 1.6 });
  }
  context.restore();
}

function stroke(context, points, { colour, thick = 1, dash = [] }) {
  context.strokeStyle = colour;
  context.lineWidth = thick;
  context.lineJoin = "round";
  context.setLineDash(dash);
  context.beginPath();
  points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
  context.setLineDash([]);
}

function arrow(context, [x, y], [toX, toY], colour) {
  const length = Math.hypot(toX - x, toY - y);
  if (length < 4) return;
  const [ux, uy] = [(toX - x) / length, (toY - y) / length];
  stroke(context, [[x, y], [toX - 6 * ux, toY - 6 * uy]], { colour, thick: 3 });
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(toX, toY);
  context.lineTo(toX - 11 * ux - 6 * uy, toY - 11 * uy + 6 * ux);
  context.lineTo(toX - 11 * ux + 6 * uy, toY - 11 * uy - 6 * ux);
  context.fill();
}

function write(context, text, [x, y], { font, colour, size = 12, italic, left, centre, halo }) {
  context.font = `${italic ? "italic " : ""}${size}px ${font}`;
  context.textAlign = centre ? "center" : left ? "right" : "left";
  context.textBaseline = "middle";
  if (halo) {
    context.strokeStyle = halo;
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeText(text, x, y);
  }
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

function minus(number) {
  return String(number).replace("-", "−");
}
