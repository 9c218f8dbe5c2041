// What PyTorch wrote for these tests: test_javascript.py makes the file and names it in the environment.
import { readFileSync } from "node:fs";

const path = process.env.VAE_LIB_WIDGET_REFERENCE;
if (!path) throw new Error("run these tests by `pytest tests/widgets/test_javascript.py`, which writes their reference");

/** The content of the folder's `reference.py`. */
export const reference = JSON.parse(readFileSync(path, "utf8"));

/** The bytes of base64 text, in memory of their own. */
export function bytes(base64) {
  return Uint8Array.from(Buffer.from(base64, "base64"));
}

/** The largest difference between two lists of numbers of one length. */
export function furthest(a, b) {
  if (a.length !== b.length) throw new Error(`${a.length} numbers against ${b.length}`);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}
