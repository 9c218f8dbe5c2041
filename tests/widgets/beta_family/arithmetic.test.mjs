import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeStrip, pairsAt, priceLine, rangeOf, readFamily } from "../../../vae_lib/widgets/beta_family/arithmetic.mjs";
import { bytes, furthest, reference } from "../reference.mjs";

const { header, buffer, members, labels, picked } = reference;
const packed = bytes(buffer);
const family = readFamily(header, packed);

test("labels, picked digits and figures are those that were packed", () => {
  assert.deepEqual(Array.from(family.labels), labels);
  assert.deepEqual(family.picked, picked);
  assert.deepEqual([family.betas, family.rates, family.distortions], [header.betas, header.rates, header.distortions]);
  assert.equal(family.draws.length, header.draws);
  assert.ok(family.draws.every((draw) => draw.length === 2 * picked.length));
});

for (const [k, { codes, picked: pairs, strip }] of members.entries()) {
  test(`beta ${header.betas[k]}: codes and decoded digits are PyTorch's`, () => {
    assert.deepEqual(Array.from(family.members[k].codes), codes);
    const found = pairsAt(family.members[k].codes, picked);
    assert.deepEqual(Array.from(found), pairs);
    assert.ok(furthest(Array.from(decodeStrip(family.members[k], found)), strip) < 2e-3);
  });
}

test("a family of another format, or cut off, is refused", () => {
  assert.throws(() => readFamily({ ...header, format: "beta family 0" }, packed), /format beta family 0/);
  assert.throws(() => readFamily(header, packed.slice(0, -1)), /cut off/);
  assert.throws(() => readFamily(header, Uint8Array.from([...packed, 0])), /announced/);
});

test("everywhere on a price line distortion and beta times rate add up to the same", () => {
  for (const beta of [0.1, 1, 10]) {
    for (const point of [[2, 150], [9, 120], [5, 171]]) {
      const total = beta * point[0] + point[1];
      for (const [rate, distortion] of priceLine(beta, point, [0, 10], [110, 180])) {
        assert.ok(Math.abs(beta * rate + distortion - total) < 1e-9);
        assert.ok(rate >= -1e-9 && rate <= 10 + 1e-9);
        assert.ok(distortion >= 110 - 1e-9 && distortion <= 180 + 1e-9);
      }
    }
  }
});

test("a price line runs from side to side, or from edge to edge where it is steep", () => {
  assert.deepEqual(priceLine(1, [5, 150], [0, 10], [110, 180]), [[0, 155], [10, 145]]);
  assert.deepEqual(priceLine(10, [5, 150], [0, 10], [110, 180]), [[2, 180], [9, 110]]);
  assert.deepEqual(priceLine(0, [5, 150], [0, 10], [110, 180]), [[0, 150], [10, 150]]);
});

test("a chart's range has room on either side, and some for a single number", () => {
  assert.deepEqual(rangeOf([4, 2, 6], 0.25), [1, 7]);
  const [low, high] = rangeOf([3], 0.1);
  assert.ok(low < 3 && high > 3);
});
