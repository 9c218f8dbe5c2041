// Reads what `packing.py` packed: one header, one buffer. It knows no kernel and no page.
import { halfToFloat } from "./float16.mjs";
import { denseLayer } from "./dense.mjs";

/** The bytes of a buffer, which a kernel's message brings as an ArrayBuffer or as a view into a larger one. */
export function bytesOf(buffer) {
  if (ArrayBuffer.isView(buffer)) return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  return new Uint8Array(buffer);
}

/** The bytes that base64 text stands for. */
export function base64ToBytes(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** {image: [rows, columns], layers, codes: Float32Array of pairs, labels: Uint8Array or null}. */
export function readPayload(header, buffer) {
  if (header?.format !== 1) {
    throw new Error(`its weights have the format ${header?.format}, this script reads format 1; build the book anew`);
  }
  const bytes = bytesOf(buffer);
  let at = 0;
  const take = (count) => {
    if (at + count > bytes.length) throw new Error(`its weights are cut off after ${bytes.length} bytes`);
    // A copy, because a view of 16-bit numbers may not begin at an odd address.
    const part = bytes.slice(at, at + count);
    at += count;
    return part;
  };
  const halves = (count) => halfToFloat(new Uint16Array(take(2 * count).buffer));
  const layers = header.layers.map((layer) => {
    const weight = halves(layer.inputs * layer.outputs);
    return denseLayer({ ...layer, weight, bias: halves(layer.outputs) });
  });
  const codes = halves(2 * header.codes);
  const labels = header.labelled ? take(header.codes) : null;
  if (at !== bytes.length) throw new Error(`its weights have ${bytes.length} bytes where ${at} were announced`);
  return { image: header.image, layers, codes, labels };
}
