// The bound's climb under log p(x), half-step by half-step: log p(x) in ink, the bound in blue, the gap in vermilion. It
// knows no reader and no kernel.
//
// A view is {context, width, height, colours, font}, sizes in CSS pixels.
import { strokeLine, writeAt } from "../kit/marks.mjs";
import { decimalsOf, numberText, planeMap, ticksBetween } from "../kit/plane.mjs";
import { fillDisc } from "../kit/shapes.mjs";

const LEFT = 50; // Room for numbers.
const FOOT = 18; // Room for the half-steps' names.
const SLOT = 25; // The least width of a half-step.
const LEAST = 1e-3; // Nats that the picture spans at least.
const SOON = 4; // Half-steps after which a q that knew nothing may leave the picture at the bottom.
const WORDS = { start: "start", E: "E", M: "M", forget: "q = ⅓", drag: "drag" };

/** The lowest and the highest level of these half-steps, with a little room around. */
export function rangeOf(entries) {
  const ignorant = entries.findLastIndex(({ kind }) => kind === "start" || kind === "forget");
  const counted = entries.slice(entries.length - 1 - ignorant < SOON ? 0 : ignorant + 1);
  const [low, high] = [Math.min(...counted.map((each) => each.bound)), Math.max(...counted.map((each) => each.evidence))];
  const [middle, half] = [(low + high) / 2, Math.max(high - low, LEAST) * 0.57];
  return [middle - half, middle + half];
}

/** log p(x) as rings, the bound as discs, and between them the gap, for as many half-steps as there is room for. */
export function paintStaircase(view, entries) {
  const { context, width, height, colours, font } = view;
  const slots = Math.max(4, Math.floor((width - LEFT) / SLOT));
  const shown = entries.slice(-slots);
  const [low, high] = rangeOf(shown);
  const map = planeMap([0, 1, low, high], 1, height - FOOT);
  const at = (i, nats) => [LEFT + (i + 0.5) * ((width - LEFT) / slots), map.toPixel([0, nats])[1]];
  paintLevels(view, at, low, high);
  context.save();
  context.beginPath();
  context.rect(0, 0, width, height - FOOT);
  context.clip();
  shown.forEach(({ evidence, bound }, i) => {
    strokeLine(context, [at(i, evidence), at(i, bound)], { colour: colours.vermilion, thick: 5 });
  });
  const line = (name) => shown.map((each, i) => at(i, each[name]));
  strokeLine(context, line("evidence"), { colour: colours.ink, thick: 1.5, dash: [5, 4] });
  strokeLine(context, line("bound"), { colour: colours.blue, thick: 2.5 });
  shown.forEach(({ evidence, bound }, i) => {
    fillDisc(context, at(i, evidence), 4.5, colours.surface, colours.ink, 1.5);
    fillDisc(context, at(i, bound), 3, colours.blue, colours.blue, 1.5);
  });
  context.restore();
  shown.forEach(({ kind }, i) => {
    const last = i === shown.length - 1;
    const word = { font, size: 11, align: "center", colour: last ? colours.ink : colours.muted };
    writeAt(context, WORDS[kind], [at(i, low)[0], height - 7], word);
  });
}

function paintLevels({ context, width, height, colours, font }, at, low, high) {
  const ticks = ticksBetween(low, high, 4);
  const decimals = ticks.length > 1 ? Math.max(0, decimalsOf(ticks[1] - ticks[0]) - 1) : 4;
  for (const tick of ticks) {
    const [, y] = at(0, tick);
    if (y < 8 || y > height - FOOT - 2) continue;
    strokeLine(context, [[LEFT - 4, y], [width, y]], { colour: colours.line });
    const text = { font, colour: colours.muted, size: 11, align: "right" };
    writeAt(context, numberText(tick, Math.min(decimals, 6)), [LEFT - 7, y], text);
  }
}
