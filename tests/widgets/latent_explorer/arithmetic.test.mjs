import assert from "node:assert/strict";
import { test } from "node:test";
import { neighbours } from "../../../vae_lib/widgets/latent_explorer/arithmetic.mjs";
import { reference } from "../reference.mjs";

const codes = Float32Array.from(reference.codes.flat());
const labels = Uint8Array.from(reference.labels);

test("the codes near a point are those PyTorch counts", () => {
  for (const { z, radius, total, classes } of reference.neighbours) {
    const came = neighbours(codes, labels, z, radius);
    assert.equal(came.total, total);
    assert.deepEqual(Object.fromEntries(came.classes), classes);
    const counts = came.classes.map(([, count]) => count);
    assert.deepEqual(counts, counts.toSorted((a, b) => b - a));
  }
});

test("codes without labels are counted, and no class is named", () => {
  assert.deepEqual(neighbours(Float32Array.of(0, 0, 3, 4), null, [0, 0], 5), { total: 2, classes: [] });
  assert.deepEqual(neighbours(new Float32Array(0), null, [0, 0], 5), { total: 0, classes: [] });
});
