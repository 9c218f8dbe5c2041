import assert from "node:assert/strict";
import { test } from "node:test";
import { activate, affine, decode, denseLayer } from "../../../vae_lib/widgets/kit/dense.mjs";
import { readPayload } from "../../../vae_lib/widgets/kit/payload.mjs";
import { bytes, furthest, reference } from "../reference.mjs";

for (const { name, header, buffer, cases, tolerance } of reference.decoders) {
  test(`${name}: every pixel is PyTorch's to ${tolerance}`, (t) => {
    const { layers } = readPayload(header, bytes(buffer));
    const errors = cases.map(({ z, pixels }) => furthest(decode(layers, z), pixels));
    t.diagnostic(`largest error ${Math.max(...errors).toExponential(2)} over ${cases.length} points`);
    assert.ok(Math.max(...errors) <= tolerance, `off by ${Math.max(...errors)}`);
  });
}

test("layers of any size are W x + b, also where rows are left over from the fours", () => {
  for (const outputs of [1, 2, 3, 4, 5, 7, 8, 13]) {
    for (const inputs of [1, 2, 3, 5]) {
      const weight = Float32Array.from({ length: outputs * inputs }, (_, i) => ((i * 37) % 11) - 5);
      const bias = Float32Array.from({ length: outputs }, (_, i) => i - 2);
      const x = Array.from({ length: inputs }, (_, i) => i + 0.5);
      const expected = [...bias].map((b, row) => x.reduce((sum, xi, i) => sum + weight[row * inputs + i] * xi, b));
      assert.deepEqual([...affine(denseLayer({ inputs, outputs, weight, bias }), x)], expected);
    }
  }
});

test("a sigmoid saturates without becoming NaN", () => {
  assert.deepEqual([...activate("sigmoid", 0, Float32Array.of(-1000, 0, 1000))], [0, 0.5, 1]);
});

test("an activation the figure cannot compute is refused by name", () => {
  assert.throws(() => activate("gelu", 0, new Float32Array(1)), /"gelu"/);
});
