// The plane of (μ, log σ²) with lines of equal divergence and the slope at one point. It knows no reader.
import CONSTANTS from "./constants.json" with { type: "json" };
import { levelCurve } from "./arithmetic.mjs";
import { paintGaussianScales } from "../kit/gaussian_plane.mjs";
import { planeMap } from "../kit/plane.mjs";
import { strokeArrow, strokeLine, writeAt } from "../kit/marks.mjs";

const LEVELS = CONSTANTS.levels; // Nats: each twice the one before.
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
  paintGaussianScales(view, map, extent, SIGMAS);
  levels.slice(0, MOST_NAMED).forEach(([level, points], k) => nameLevel(view, map, extent, { level, points, k }));
  const [x, y] = map.toPixel([0, 0]);
  strokeLine(context, [[x - 6, y], [x + 6, y]], { colour: colours.ink, thick: 2 });
  strokeLine(context, [[x, y - 6], [x, y + 6]], { colour: colours.ink, thick: 2 });
  writeAt(context, "p", [x + 8, y - 9], { font, colour: colours.ink, size: 14, italic: true });
  const q = map.toPixel([mu, logVar]);
  writeAt(context, "q", [q[0] + 11, q[1] - 11], { font, colour: colours.blue, size: 14, italic: true, halo: colours.surface });
  strokeArrow(context, q, map.toPixel([mu + downhill[0], logVar + downhill[1]]), { colour: colours.blue });
}

/** Writes a level's nats on its line, each level a little further round than the one before. */
function nameLevel({ context, colours, font }, map, [, right, bottom, top], { level, points, k }) {
  const inside = points.filter(([mu, logVar]) => mu < right - 1.05 && logVar > bottom + 0.5 && logVar < top - 0.3);
  if (!inside.length) return;
  const place = map.toPixel(inside[Math.floor((inside.length * (k + 2)) / 12)]);
  const text = NAMES[level] ?? String(level);
  writeAt(context, text, place, { font, colour: colours.ink, halo: colours.surface, align: "center" });
}
