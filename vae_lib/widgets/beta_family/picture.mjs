// The trade of a family of models as a picture: distortion against rate, a point for each. It knows no reader.
import { numberText, ticksBetween } from "../kit/plane.mjs";
import { priceLine, rangeOf } from "./arithmetic.mjs";
import { fillDisc } from "../kit/shapes.mjs";
import { strokeLine, writeAt } from "../kit/marks.mjs";

const ROOM = { left: 42, right: 12, top: 12, bottom: 34 }; // CSS pixels, as all sizes here.
const POINT = 3.5;
const POINT_SHOWN = 6.5;

/** Paints the family's curve, the point `now`, and the line of all trades that are as good at this one's price. */
export function paintTrade(view, { betas, rates, distortions, now }) {
  const { context, width, height, colours, font } = view;
  const [left, right] = [0, rangeOf(rates, 0.1)[1]];
  const [bottom, top] = rangeOf(distortions, 0.2);
  const x = (rate) => ROOM.left + ((width - ROOM.left - ROOM.right) * (rate - left)) / (right - left);
  const y = (distortion) => ROOM.top + ((height - ROOM.top - ROOM.bottom) * (top - distortion)) / (top - bottom);
  paintTradeAxes(view, { x, y, across: [left, right], up: [bottom, top] });
  const place = ([rate, distortion]) => [x(rate), y(distortion)];
  const points = rates.map((rate, k) => [rate, distortions[k]]);
  const price = priceLine(betas[now], points[now], [left, right], [bottom, top]);
  strokeLine(context, price.map(place), { colour: colours.focus, thick: 2, dash: [6, 4] });
  strokeLine(context, points.map(place), { colour: colours.muted, thick: 1.5 });
  points.forEach((point, k) => {
    const [px, py] = place(point);
    fillDisc(context, [px, py], k === now ? POINT_SHOWN : POINT, k === now ? colours.focus : colours.ink);
    const style = { font, colour: colours.muted, size: 12, align: "center", halo: colours.surface };
    if (k !== now) writeAt(context, String(betas[k]), [px + 4, py - 12], style);
  });
  // Below its point and last: there is no other, and its halo keeps it legible on the dashed line.
  const [px, py] = place(points[now]);
  const under = py + 17 < height - ROOM.bottom - 6;
  const at = under ? [px - 4, py + 17] : [px - 12, py + 11];
  const style = { font, colour: colours.ink, size: 12, align: under ? "center" : "right", halo: colours.surface };
  writeAt(context, `β = ${betas[now]}`, at, style);
}

function paintTradeAxes({ context, width, height, colours, font }, { x, y, across, up }) {
  const style = { font, colour: colours.muted, size: 11 };
  const foot = height - ROOM.bottom;
  for (const rate of ticksBetween(...across, 6)) {
    writeAt(context, numberText(rate, 0), [x(rate), foot + 10], { ...style, align: "center" });
  }
  for (const distortion of ticksBetween(...up, 5)) {
    strokeLine(context, [[ROOM.left, y(distortion)], [width - ROOM.right, y(distortion)]], { colour: colours.line });
    writeAt(context, numberText(distortion, 0), [ROOM.left - 5, y(distortion)], { ...style, align: "right" });
  }
  strokeLine(context, [[ROOM.left, ROOM.top], [ROOM.left, foot], [width - ROOM.right, foot]], { colour: colours.muted });
  const middle = (ROOM.left + width - ROOM.right) / 2;
  writeAt(context, "rate R, nats", [middle, height - 8], { ...style, colour: colours.ink, align: "center" });
  const halo = colours.surface;
  const corner = [width - ROOM.right, ROOM.top - 2];
  writeAt(context, "distortion D, nats", corner, { ...style, colour: colours.ink, align: "right", halo });
}
