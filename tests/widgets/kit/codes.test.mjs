import assert from "node:assert/strict";
import { test } from "node:test";
import { classMedians } from "../../../vae_lib/widgets/kit/codes.mjs";
import { furthest, reference } from "../reference.mjs";

const codes = Float32Array.from(reference.payload.codes.flat());
const labels = Uint8Array.from(reference.payload.labels);

test("each class's median is PyTorch's", () => {
  const came = classMedians(codes, labels);
  assert.deepEqual(came.map(({ label, count }) => [label, count]), reference.payload.counts);
  assert.ok(furthest(came.flatMap(({ at }) => at), reference.payload.medians.flat()) < 1e-6);
});
