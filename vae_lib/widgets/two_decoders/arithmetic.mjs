// Reads two decoders that `two_decoders.py` packed one after the other. It knows no page.
import { bytesOf, readPayload } from "../kit/payload.mjs";

/** [{image, layers}, {image, layers}] of a header and its buffer. */
export function readPair(header, buffer) {
  const bytes = bytesOf(buffer);
  let at = 0;
  const pair = header.decoders.map((each, k) => {
    const end = at + header.bytes[k];
    if (end > bytes.length) throw new Error(`its numbers are cut off after ${bytes.length} bytes`);
    const read = readPayload(each, bytes.subarray(at, end));
    at = end;
    return read;
  });
  if (at !== bytes.length) throw new Error(`its numbers fill ${bytes.length} bytes where ${at} were announced`);
  return pair;
}

/** The mean distance of two pictures' grey levels, from 0 to 1. */
export function meanDifference(one, other) {
  let sum = 0;
  for (let p = 0; p < one.length; p++) sum += Math.abs(one[p] - other[p]);
  return sum / one.length;
}
