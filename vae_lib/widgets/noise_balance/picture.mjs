// The cost of noise over log σ as a picture, with the point on it and its two pulls. It knows no reader and no kernel.
//
// A view is {context, width, height, colours, font}, sizes in CSS pixels.
import { noiseCosts, noisePulls, restingNoise } from "./arithmetic.mjs";
import CONSTANTS from "./constants.json" with { type: "json" };
import { fillDisc } from "../kit/shapes.mjs";
import { fillUnder } from "../kit/areas.mjs";
import { strokeArrow, strokeLine, writeAt } from "../kit/marks.mjs";
import { numberText, planeMap } from "../kit/plane.mjs";

const HIGHEST = CONSTANTS.highest; // Nats.
const TICKS = CONSTANTS.ticks; // Of σ.
const FOOT = 34; // Room for the numbers and words under the axis.
const HEAD = 14;
const UNIT = 0.17; // An arrow's length for a pull of one nat per unit, and the longest, as shares of the width.
const LONGEST = 0.36;

/** Paints the cloud of one code, drawn to one height whatever its width, over the prior as a dashed line. */
export function paintCloud({ context, width, height, colours, font }, sigma) {
  const foot = height - 15;
  const map = planeMap([-4, 4, 0, 1.1], width, foot);
  const bell = (deviation) =>
    // A point every half pixel: a needle must not fall between two.
    Array.from({ length: Math.round(2 * width) + 1 }, (_, i) => {
      const z = -4 + (8 * i) / Math.round(2 * width);
      return map.toPixel([z, Math.exp((-0.5 * z * z) / (deviation * deviation))]);
    });
  const cloud = bell(sigma);
  context.globalAlpha = 0.25;
  fillUnder(context, cloud, foot, colours.ink);
  context.globalAlpha = 1;
  strokeLine(context, [[0, foot], [width, foot]], { colour: colours.muted });
  strokeLine(context, bell(1), { colour: colours.ink, dash: [5, 4] });
  strokeLine(context, cloud, { colour: colours.ink, thick: 2 });
  const words = `cloud of σ = ${numberText(sigma, 3)}, prior dashed`;
  writeAt(context, words, [width / 2, height - 6], { font, colour: colours.muted, size: 11, align: "center" });
}

/** Paints costs, point and pulls for log σ from `from` to `to`. */
export function paintNoise(view, [from, to], balance, logSigma) {
  const { context, width, height, colours, font } = view;
  const map = planeMap([from, to, 0, HIGHEST], width, height - FOOT - HEAD);
  const place = ([z, nats]) => {
    const [x, y] = map.toPixel([z, nats]);
    return [x, y + HEAD];
  };
  const curve = (cost) =>
    Array.from({ length: 241 }, (_, i) => {
      const z = from + ((to - from) * i) / 240;
      return place([z, noiseCosts(balance, z)[cost]]);
    });
  paintAxes(view, place, [from, to]);
  context.save();
  context.beginPath();
  context.rect(0, HEAD - 2, width, height - FOOT - HEAD + 4);
  context.clip();
  if (balance.kl) {
    strokeLine(context, curve("reconstruction"), { colour: colours.vermilion, thick: 2, dash: [7, 4] });
    strokeLine(context, curve("kl"), { colour: colours.blue, thick: 2, dash: [2, 4] });
  }
  const colour = balance.kl ? colours.ink : colours.vermilion;
  strokeLine(context, curve("total"), { colour, thick: 3 });
  context.restore();
  paintRest(view, place, [from, to], balance);
  const { total } = noiseCosts(balance, logSigma);
  paintPulls(view, place([logSigma, Math.min(total, HIGHEST)]), noisePulls(balance, logSigma), total > HIGHEST);
  writeAt(context, "nats", [4, HEAD - 6], { font, colour: colours.muted, halo: colours.surface });
}

function paintAxes({ context, width, height, colours, font }, place, [from, to]) {
  const [, bottom] = place([from, 0]);
  for (let nats = 0; nats <= HIGHEST; nats++) {
    const [, y] = place([from, nats]);
    strokeLine(context, [[0, y], [width, y]], { colour: colours.line });
    if (nats) writeAt(context, String(nats), [4, y + 8], { font, colour: colours.muted, size: 11 });
  }
  for (const sigma of TICKS) {
    const [x] = place([Math.log(sigma), 0]);
    strokeLine(context, [[x, bottom], [x, bottom + 4]], { colour: colours.muted });
    const align = sigma === TICKS[0] ? "left" : sigma === TICKS.at(-1) ? "right" : "center";
    writeAt(context, String(sigma), [x, bottom + 12], { font, colour: colours.muted, size: 11, align });
  }
  const [middle] = place([(from + to) / 2, 0]);
  writeAt(context, "σ, the size of the noise", [middle, height - 8], { font, colour: colours.ink, align: "center" });
}

/** Where the pulls balance, or the edge over which the point would leave. */
function paintRest({ context, colours, font }, place, [from], balance) {
  const rest = restingNoise(balance);
  if (rest === null) return;
  const [x, bottom] = place([Math.max(rest, from), 0]);
  const text = { font, colour: colours.ink, halo: colours.surface };
  if (rest === -Infinity) {
    writeAt(context, "← no valley before σ = 0", [x + 8, bottom - 12], text);
    return;
  }
  const [, y] = place([rest, noiseCosts(balance, rest).total]);
  strokeLine(context, [[x, y], [x, bottom]], { colour: colours.ink, dash: [3, 3] });
  writeAt(context, `balance at ${numberText(Math.exp(rest), 3)}`, [x + 6, bottom - 12], text);
}

function paintPulls({ context, width, colours }, [x, y], pulls, above) {
  // One over the other, since beyond σ = 1 both point to the left.
  const arrows = [["reconstruction", y - 8, colours.vermilion], ["kl", y + 8, colours.blue]];
  for (const [name, height, colour] of arrows) {
    const length = Math.min(Math.abs(pulls[name]) * UNIT, LONGEST) * width;
    const end = x + Math.sign(pulls[name]) * length;
    // The ground shines around an arrow, so that it stands out from the curves under it.
    strokeArrow(context, [x, height], [end, height], { colour: colours.surface, thick: 7, head: 13 });
    strokeArrow(context, [x, height], [end, height], { colour, thick: 4, head: 12 });
    if (Math.abs(pulls[name]) * UNIT > LONGEST) markCut(context, (x + end) / 2, height, colours);
  }
  fillDisc(context, [x, y], 8, colours.surface, colours.ink, 2.5);
  if (!above) return;
  strokeArrow(context, [x, y + 4], [x, y - 9], { colour: colours.ink, thick: 2, head: 7 });
}

/** Two gaps in an arrow that is longer than it can be drawn. */
function markCut(context, x, y, { surface }) {
  for (const at of [x - 3, x + 3]) strokeLine(context, [[at - 3, y + 6], [at + 3, y - 6]], { colour: surface, thick: 2.5 });
}
