import assert from "node:assert/strict";
import { test } from "node:test";
import { meanDifference, readPair } from "../../../vae_lib/widgets/two_decoders/arithmetic.mjs";
import { readPayload } from "../../../vae_lib/widgets/kit/payload.mjs";
import { bytes, reference } from "../reference.mjs";

const { header: one, buffer } = reference;
const packed = bytes(buffer);
const header = { decoders: [one, one], bytes: [packed.length, packed.length] };
const twice = Uint8Array.from([...packed, ...packed]);

test("a pair is read as its two decoders are one by one", () => {
  const alone = readPayload(one, packed);
  const pair = readPair(header, twice.buffer);
  assert.equal(pair.length, 2);
  for (const each of pair) {
    assert.deepEqual(each.image, alone.image);
    each.layers.forEach((layer, k) => assert.deepEqual(layer.weight, alone.layers[k].weight));
  }
});

test("a pair that is cut off or too long is told so", () => {
  assert.throws(() => readPair(header, twice.subarray(0, -2)), /cut off after/);
  assert.throws(() => readPair(header, Uint8Array.from([...twice, 0, 0])), /were announced/);
});

test("two pictures differ by the mean of their grey levels' distances", () => {
  assert.equal(meanDifference([0, 1, 0.5, 0.25], [1, 1, 0, 0.25]), 0.375);
});
