import assert from "node:assert/strict";
import { test } from "node:test";
import { classMedians, neighbours } from "../../../vae_lib/widgets/kit/codes.mjs";
import { furthest, reference } from "../reference.mjs";

const codes = Float32Array.from(reference.payload.codes.flat());
const labels = Uint8Array.from(reference.payload.labels);

test("each class's median is PyTorch's", () => {
  const came = classMedians(codes, labels);
  assert.deepEqual(came.map(({ label, count }) => [label, count]), reference.payload.counts);
  assert.ok(furthest(came.flatMap(({ at }) => at), reference.payload.medians.flat()) < 1e-6);
});

test("the codes near a point are those PyTorch counts", () => {
  for (const { z, radius, total, classes } of reference.payload.neighbours) {
    const came = neighbours(codes, labels, z, radius);
    assert.equal(came.total, total);
    assert.deepEqual(Object.fromEntries(came.classes), classes);
    const counts = came.classes.map(([, count]) => count);
    assert.deepEqual(counts, counts.toSorted((a, b) => b - a));
  }
});

test("codes without labels are counted, none of them named", () => {
  assert.deepEqual(neighbours(Float32Array.of(0, 0, 3, 4), null, [0, 0], 5), { total: 2, classes: [] });
  assert.deepEqual(neighbours(new Float32Array(0), null, [0, 0], 5), { total: 0, classes: [] });
});
