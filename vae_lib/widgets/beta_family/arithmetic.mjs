// A family of decoders, one for each weight β: what is read of it, decoded, and said of its trade. No element, no colour.
import CONSTANTS from "./constants.json" with { type: "json" };
import { byteReader, readPayload } from "../kit/payload.mjs";
import { decode } from "../kit/dense.mjs";

/**
 * {image, betas, rates, distortions, members: [{layers, codes}], labels, picked, draws}, the three lists of numbers by
 * β; `picked` holds places among the codes, `draws` sets of points of the prior as Float32Arrays of pairs.
 */
export function readFamily(header, buffer) {
  if (header?.format !== CONSTANTS.format) {
    const [came, read] = [header?.format, CONSTANTS.format];
    throw new Error(`its models have the format ${came}, this script reads ${read}; build the book anew`);
  }
  const reader = byteReader(buffer);
  const members = header.members.map((member) => readPayload(member.header, reader.take(member.bytes)));
  const draws = Array.from({ length: header.draws }, () => reader.halves(2 * header.picked.length));
  reader.end();
  const { betas, rates, distortions, picked } = header;
  return { image: members[0].image, betas, rates, distortions, members, labels: members[0].labels, picked, draws };
}

/** The pairs that lie at these places among the codes. */
export function pairsAt(codes, places) {
  return Float32Array.from(places.flatMap((place) => [codes[2 * place], codes[2 * place + 1]]));
}

/** The pictures of the pairs side by side, as the pixels of one picture `n` times as wide. */
export function decodeStrip({ layers, image: [rows, columns] }, pairs) {
  const count = pairs.length / 2;
  const strip = new Float32Array(rows * columns * count);
  for (let k = 0; k < count; k++) {
    const pixels = decode(layers, [pairs[2 * k], pairs[2 * k + 1]]);
    for (let row = 0; row < rows; row++) {
      strip.set(pixels.subarray(row * columns, (row + 1) * columns), (row * count + k) * columns);
    }
  }
  return strip;
}

/** The least and the most that a chart shows of these numbers, with `share` of their range on either side. */
export function rangeOf(values, share) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = share * (high - low || 1);
  return [low - margin, high + margin];
}

/** Both ends, inside the ranges, of the line of slope −β through [rate, distortion]: equal β·rate + distortion. */
export function priceLine(beta, [rate, distortion], [left, right], [bottom, top]) {
  const at = (r) => [r, distortion - beta * (r - rate)];
  const where = (d) => [rate + (distortion - d) / beta, d];
  const begin = at(left)[1] <= top || beta === 0 ? at(left) : where(top);
  const end = at(right)[1] >= bottom || beta === 0 ? at(right) : where(bottom);
  return [begin, end];
}
