// Three square pictures: the samples on the hills of f, and two clouds of gradients. It knows no reader and no kernel.
//
// All `paint…` functions take a view: {context, width, height, colours, font}, sizes in CSS pixels.
import { numberText, planeMap, ticksBetween } from "./plane.mjs";
import { rgb } from "./image.mjs";
import { strokeArrow, strokeLine, writeAt } from "./lines.mjs";

const DOT = 1.9;
const LARGE = 4;
const BANDS = 9; // Steps of grey from the lowest to the highest f.
const FINE = 2; // CSS pixels of the hills.

/** The colours of the exact gradient, the cloud's mean and the draws that are followed; the clouds are in ink. */
export const CLOUD_COLOURS = {
  light: { exact: "#d55e00", mean: "#0072b2", followed: ["#7a2f8f", "#0b7d5b", "#b8860b"], low: "#ffffff", high: "#bcc8d4" },
  dark: { exact: "#f0905a", mean: "#56b4e9", followed: ["#e08bf0", "#54d6a6", "#f0c34a"], low: "#14181e", high: "#4a5868" },
};

/** The hills of f as a canvas of bands, to be laid under the samples. */
export function paintedHills(f, extent, width, height, { low, high }) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height].map((each) => Math.max(1, Math.round(each / FINE)));
  const map = planeMap(extent, canvas.width, canvas.height);
  const values = [];
  for (let y = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++) values.push(f(map.toPlane([x + 0.5, y + 0.5])));
  }
  const least = values.reduce((a, b) => Math.min(a, b));
  const range = values.reduce((a, b) => Math.max(a, b)) - least;
  const [from, to] = [rgb(low), rgb(high)];
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  values.forEach((value, i) => {
    const share = Math.min(Math.floor((BANDS * (value - least)) / range), BANDS - 1) / (BANDS - 1);
    for (let k = 0; k < 3; k++) image.data[4 * i + k] = from[k] + share * (to[k] - from[k]) + 0.5;
    image.data[4 * i + 3] = 255;
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

/** The samples over the hills, an ellipse of one σ, and for the followed draws the way σ⊙ε from μ. */
export function paintSamples(view, extent, { hills, z, followed, mu, sigma }) {
  const { context, width, height, colours, font } = view;
  const map = planeMap(extent, width, height);
  context.drawImage(hills, 0, 0, width, height);
  ticks(view, map, extent);
  ellipse(view, map, mu, sigma, colours.ink);
  dots(view, map, z);
  const start = map.toPixel(mu);
  followed.forEach((i, k) => {
    strokeLine(context, [start, map.toPixel(z[i])], { colour: colours.followed[k], thick: 2 });
    disc(context, map.toPixel(z[i]), LARGE, colours.followed[k], colours.surface);
  });
  const name = { font, colour: colours.ink, size: 14, italic: true, halo: colours.low };
  writeAt(context, "z₁", [width - 22, height - 11], name);
  writeAt(context, "z₂", [7, 12], name);
}

/** A cloud of gradients on a square of half side `side`: its mean with one deviation around it, and the exact gradient. */
export function paintCloud(view, side, { cloud, followed, mean, spread, exact }) {
  const { context, width, height, colours, font } = view;
  const extent = [-side, side, -side, side];
  const map = planeMap(extent, width, height);
  context.fillStyle = colours.surface;
  context.fillRect(0, 0, width, height);
  const [x, y] = map.toPixel([0, 0]).map((each) => Math.round(each) + 0.5);
  strokeLine(context, [[x, 0], [x, height]], { colour: colours.line });
  strokeLine(context, [[0, y], [width, y]], { colour: colours.line });
  dots(view, map, cloud);
  followed.forEach((i, k) => disc(context, map.toPixel(cloud[i]), LARGE, colours.followed[k], colours.surface));
  ellipse(view, map, mean, spread, colours.mean);
  strokeArrow(context, [x, y], map.toPixel(exact), { colour: colours.exact, thick: 2.5, head: 9 });
  cross(context, map.toPixel(exact), colours.exact, colours.surface);
  diamond(context, map.toPixel(mean), colours.mean, colours.surface);
  const plain = { font, colour: colours.muted, size: 11, halo: colours.surface };
  writeAt(context, sideText(side), [width - 4, y - 8], { ...plain, align: "right" });
  writeAt(context, sideText(-side), [4, y - 8], plain);
  const outside = cloud.filter((point) => point.some((each) => Math.abs(each) > side)).length;
  if (outside) writeAt(context, `${outside} outside`, [width - 4, height - 9], { ...plain, align: "right" });
}

function sideText(side) {
  return numberText(side, Math.max(0, -Math.floor(Math.log10(Math.abs(side)) + 1e-9)));
}

function ticks({ context, width, height, colours, font }, map, extent) {
  const plain = { font, colour: colours.muted, size: 11, halo: colours.low };
  for (const tick of ticksBetween(extent[0], extent[1], 7)) {
    const [x] = map.toPixel([tick, 0]);
    if (x > 14 && x < width - 30) writeAt(context, numberText(tick, 0), [x, height - 9], { ...plain, align: "center" });
  }
  for (const tick of ticksBetween(extent[2], extent[3], 7)) {
    const [, y] = map.toPixel([0, tick]);
    if (y > 26 && y < height - 22) writeAt(context, numberText(tick, 0), [7, y], plain);
  }
}

function dots({ context, colours }, map, cloud) {
  context.fillStyle = colours.ink;
  context.globalAlpha = 0.55;
  for (const point of cloud) {
    context.beginPath();
    context.arc(...map.toPixel(point), DOT, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
}

function ellipse({ context }, map, centre, radii, colour) {
  const right = map.toPixel([centre[0] + radii[0], centre[1] + radii[1]]);
  const [x, y] = map.toPixel(centre);
  context.strokeStyle = colour;
  context.lineWidth = 1.6;
  context.setLineDash([5, 3]);
  context.beginPath();
  context.ellipse(x, y, Math.abs(right[0] - x), Math.abs(y - right[1]), 0, 0, 2 * Math.PI);
  context.stroke();
  context.setLineDash([]);
}

function disc(context, [x, y], radius, colour, rim) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.strokeStyle = rim;
  context.lineWidth = 1;
  context.fill();
  context.stroke();
}

function diamond(context, [x, y], colour, rim) {
  context.beginPath();
  for (const [dx, dy] of [[0, -6], [6, 0], [0, 6], [-6, 0]]) context.lineTo(x + dx, y + dy);
  context.closePath();
  context.fillStyle = colour;
  context.strokeStyle = rim;
  context.lineWidth = 1.5;
  context.fill();
  context.stroke();
}

function cross(context, [x, y], colour, rim) {
  for (const [line, thick] of [[rim, 6], [colour, 3]]) {
    strokeLine(context, [[x - 8, y], [x + 8, y]], { colour: line, thick });
    strokeLine(context, [[x, y - 8], [x, y + 8]], { colour: line, thick });
  }
}
