// Reads two decoders that __init__.py packed one after the other, and compares pictures. It knows no page.
import { byteReader, readPayload } from "../kit/payload.mjs";

/** [{image, layers}, {image, layers}] of a header and its buffer. */
export function readPair(header, buffer) {
  const reader = byteReader(buffer);
  const pair = header.decoders.map((each, k) => readPayload(each, reader.take(header.bytes[k])));
  reader.end();
  return pair;
}

/** The mean distance of two pictures' grey levels, from 0 to 1. */
export function meanDifference(one, other) {
  let sum = 0;
  for (let p = 0; p < one.length; p++) sum += Math.abs(one[p] - other[p]);
  return sum / one.length;
}
