import assert from "node:assert/strict";
import { test } from "node:test";
import { base64ToBytes } from "../../../vae_lib/widgets/kit/base64.mjs";
import { bytesOf, readPayload } from "../../../vae_lib/widgets/kit/payload.mjs";
import { bytes, furthest, reference } from "../reference.mjs";

const { header, buffer, codes, labels } = reference.payload;
const packed = bytes(buffer);

/** The same bytes inside a larger buffer, beginning at `offset`. */
function within(offset) {
  const larger = new Uint8Array(offset + packed.length + 5).fill(255);
  larger.set(packed, offset);
  return larger.buffer;
}

const hosts = {
  "an ArrayBuffer": packed.buffer,
  "a Uint8Array": packed,
  "a DataView into a larger buffer": new DataView(within(16), 16, packed.length),
  "a DataView at an odd address": new DataView(within(7), 7, packed.length),
};

for (const [name, brought] of Object.entries(hosts)) {
  test(`the payload is read from ${name}`, () => {
    const payload = readPayload(header, brought);
    assert.deepEqual(payload.image, header.image);
    assert.deepEqual(payload.layers.map(({ inputs, outputs }) => [inputs, outputs]), reference.payload.shapes);
    assert.ok(furthest(payload.codes, codes.flat()) < 2e-3);
    assert.deepEqual([...payload.labels], labels);
  });
}

test("the payload's own memory is not that of the message, which its host may use again", () => {
  const lent = packed.slice();
  const { layers, codes: read } = readPayload(header, lent);
  const [first, code] = [layers[0].weight[0], read[0]];
  lent.fill(0);
  assert.deepEqual([layers[0].weight[0], read[0]], [first, code]);
});

test("a payload that is cut off, too long or of another format says so", () => {
  assert.throws(() => readPayload(header, packed.slice(0, -1)), /cut off after \d+ bytes/);
  assert.throws(() => readPayload(header, within(0)), /bytes where \d+ were announced/);
  assert.throws(() => readPayload({ ...header, format: 2 }, packed), /format 2.*build the book anew/);
  assert.throws(() => readPayload(undefined, packed), /format undefined/);
});

test("base64 gives back the bytes, with and without the browser's own decoder", () => {
  const every = Uint8Array.from({ length: 256 }, (_, i) => i);
  const own = Uint8Array.fromBase64;
  try {
    delete Uint8Array.fromBase64;
    assert.deepEqual(base64ToBytes(Buffer.from(every).toString("base64")), every);
  } finally {
    if (own) Uint8Array.fromBase64 = own;
  }
  assert.deepEqual(base64ToBytes(Buffer.from(every).toString("base64")), every);
});

test("a view's bytes are its own and no others", () => {
  assert.deepEqual([...bytesOf(new DataView(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2))], [2, 3]);
});
