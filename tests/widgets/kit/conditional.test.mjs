import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeAs, readConditional } from "../../../vae_lib/widgets/kit/conditional.mjs";
import { affine, denseLayer } from "../../../vae_lib/widgets/kit/dense.mjs";
import { byInput, sparseAffine } from "../../../vae_lib/widgets/kit/sparse.mjs";
import { bytes, furthest, reference } from "../reference.mjs";

const { networks, places } = reference.conditional;
const read = ({ header, buffer }) => readConditional(header, bytes(buffer));

for (const example of networks) {
  const network = read(example);

  test(`${example.name}: every pixel of every digit is PyTorch's to 1e-5`, () => {
    places.forEach((z, k) => {
      for (let digit = 0; digit < 10; digit++) {
        assert.ok(furthest([...decodeAs(network, z, digit)], example.pixels[k][digit]) < 1e-5);
      }
    });
  });
}

test("the shipped model carries its held-out digits and the examples", () => {
  const network = read(networks.find(({ name }) => name === "cvae_2d"));
  assert.equal(network.codes.length, 3000);
  assert.equal(network.labels.length, 1500);
  assert.deepEqual([network.terms.error.length, network.terms.kl.length], [101, 101]);
  assert.equal(network.examples.length, 10);
});

test("a layer that passes over zeros gives what the dense one gives", () => {
  for (const [inputs, outputs] of [[1, 1], [7, 5], [12, 9]]) {
    const weight = Float32Array.from({ length: outputs * inputs }, (_, i) => ((i * 37) % 11) - 5);
    const layer = denseLayer({ inputs, outputs, weight, bias: Float32Array.from({ length: outputs }, (_, i) => i) });
    for (const gaps of [1, 2, 3, 100]) {
      const x = Array.from({ length: inputs }, (_, i) => (i % gaps ? 0 : i - 2.5));
      assert.deepEqual([...sparseAffine(byInput(layer), x)], [...affine(layer, x)]);
    }
  }
});

test("a payload of another kind, cut off or too long says so", () => {
  const { header, buffer } = networks[0];
  assert.throws(() => readConditional({ ...header, kind: "plain" }, bytes(buffer)), /build the book anew/);
  assert.throws(() => readConditional({ ...header, format: 2 }, bytes(buffer)), /build the book anew/);
  assert.throws(() => readConditional(header, bytes(buffer).slice(0, -1)), /cut off/);
  assert.throws(() => readConditional(reference.payload.header, bytes(reference.payload.buffer)), /conditional/);
});
