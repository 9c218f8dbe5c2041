// The plane of (μ, log σ²) with lines of equal divergence and the slope at one point. It knows no reader.
import { levelCurve } from "./arithmetic.mjs";
import { numberText, planeMap } from "../kit/plane.mjs";
import { strokeArrow, strokeLine, writeAt } from "../kit/marks.mjs";

const LEVELS = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128]; // Nats: each twice the one before.
const NAMES = { 0.25: "¼", 0.5: "½" };
const MOST_NAMED = 5;
const SIGMAS = { "σ = ¼": 0.25, "σ = ½": 0.5, "σ = 1": 1, "σ = 2": 2 };

/** Paints the plane; `downhill` is the step drawn as an arrow from (mu, logVar), in the plane's own units. */
export function paintLandscape(view, extent, { forward, mu, logVar, downhill }) {
  const { context, width, height, colours, font } = view;
  const map = planeMap(extent, width, height);
  const levels = LEVELS.map((level) => [level, levelCurve(forward, level, extent.slice(2))]);
  for (const [, points] of levels) {
    for (const side of [1, -1]) {
      const line = points.map(([m, l]) => map.toPixel([side * m, l]));
      strokeLine(context, line, { colour: colours.muted, thick: 1.1 });
    }
  }
  paintScales(view, map, extent);
  levels.slice(0, MOST_NAMED).forEach(([level, points], k) => nameLevel(view, map, extent, { level, points, k }));
  const [x, y] = map.toPixel([0, 0]);
  strokeLine(context, [[x - 6, y], [x + 6, y]], { colour: colours.p, thick: 2 });
  strokeLine(context, [[x, y - 6], [x, y + 6]], { colour: colours.p, thick: 2 });
  writeAt(context, "p", [x + 8, y - 9], { font, colour: colours.p, size: 14, italic: true });
  const q = map.toPixel([mu, logVar]);
  writeAt(context, "q", [q[0] + 11, q[1] - 11], { font, colour: colours.q, size: 14, italic: true, halo: colours.surface });
  strokeArrow(context, q, map.toPixel([mu + downhill[0], logVar + downhill[1]]), {
    colour: colours.q,
  });
}

/** Numbers along the edges: μ below, log σ² on the left, the σ that belongs to it on the right. */
function paintScales({ context, width, height, colours, font }, map, [left, right, bottom, top]) {
  const plain = { font, colour: colours.muted, halo: colours.surface };
  const name = { font, colour: colours.ink, halo: colours.surface, size: 14, italic: true };
  for (let tick = Math.ceil(left); tick <= right; tick++) {
    writeAt(context, numberText(tick, 0), [map.toPixel([tick, 0])[0], height - 10], { ...plain, align: "center" });
  }
  for (let tick = Math.ceil(bottom) + 1; tick <= top; tick++) {
    writeAt(context, numberText(tick, 0), [5, map.toPixel([0, tick])[1]], plain);
  }
  for (const [text, sigma] of Object.entries(SIGMAS)) {
    const [, y] = map.toPixel([0, 2 * Math.log(sigma)]);
    writeAt(context, text, [width - 5, y], { ...plain, align: "right" });
  }
  writeAt(context, "μ", [width - 6, height - 11], { ...name, align: "right" });
  writeAt(context, "log σ²", [5, 12], name);
}

/** Writes a level's nats on its line, each level a little further round than the one before. */
function nameLevel({ context, colours, font }, map, [, right, bottom, top], { level, points, k }) {
  const inside = points.filter(([mu, logVar]) => mu < right - 1.05 && logVar > bottom + 0.5 && logVar < top - 0.3);
  if (!inside.length) return;
  const place = map.toPixel(inside[Math.floor((inside.length * (k + 2)) / 12)]);
  const text = NAMES[level] ?? String(level);
  writeAt(context, text, place, { font, colour: colours.ink, halo: colours.surface, align: "center" });
}
