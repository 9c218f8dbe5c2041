// Reads what `packing.py` packed: one header, one buffer. It knows no kernel and no page.
import { halfToFloat } from "./float16.mjs";
import { denseLayer } from "./dense.mjs";

/** The bytes of a buffer, which a kernel's message brings as an ArrayBuffer or as a view into a larger one. */
export function bytesOf(buffer) {
  if (ArrayBuffer.isView(buffer)) return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  return new Uint8Array(buffer);
}

/** Takes numbers from a buffer one after the other: {take, halves, floats, end}, each but `end` given how many. */
export function byteReader(buffer) {
  const bytes = bytesOf(buffer);
  let at = 0;
  const take = (count) => {
    if (at + count > bytes.length) throw new Error(`its numbers are cut off after ${bytes.length} bytes`);
    // A copy, because a view of 16-bit numbers may not begin at an odd address.
    const part = bytes.slice(at, at + count);
    at += count;
    return part;
  };
  return {
    take,
    halves: (count) => halfToFloat(new Uint16Array(take(2 * count).buffer)),
    floats: (count) => new Float32Array(take(4 * count).buffer),
    end() {
      if (at !== bytes.length) throw new Error(`its numbers fill ${bytes.length} bytes where ${at} were announced`);
    },
  };
}

/** {image: [rows, columns] or [rows, columns, 3], photograph, layers, codes: Float32Array of pairs, labels: Uint8Array or null}. */
export function readPayload(header, buffer) {
  if (header?.format !== 1) {
    throw new Error(`its weights have the format ${header?.format}, this script reads format 1; build the book anew`);
  }
  const reader = byteReader(buffer);
  const layers = header.layers.map((layer) => {
    const weight = reader.halves(layer.inputs * layer.outputs);
    return denseLayer({ ...layer, weight, bias: reader.halves(layer.outputs) });
  });
  const codes = reader.halves(2 * header.codes);
  const labels = header.labelled ? reader.take(header.codes) : null;
  reader.end();
  return { image: header.image, photograph: header.photograph === true, layers, codes, labels };
}
