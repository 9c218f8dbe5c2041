import assert from "node:assert/strict";
import { test } from "node:test";
import { elbosInSteps, encodeAs, labelProbabilities } from "../../../vae_lib/widgets/draw_a_digit/arithmetic.mjs";
import { noiseOf, reparameterized, seen, shareBelow } from "../../../vae_lib/widgets/draw_a_digit/arithmetic.mjs";
import { createReader } from "../../../vae_lib/widgets/draw_a_digit/reader.mjs";
import { readConditional } from "../../../vae_lib/widgets/kit/conditional.mjs";
import { bytes, furthest, reference } from "../reference.mjs";

const { networks, among, drawings } = reference;
const read = ({ header, buffer }) => readConditional(header, bytes(buffer));

function finished(steps) {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

for (const example of networks) {
  const network = read(example);

  test(`${example.name}: the posterior under each label is PyTorch's to 1e-4`, () => {
    for (const { x, mu, logVar, kl } of example.readings) {
      const h = seen(network, x);
      for (let label = 0; label < 10; label++) {
        const q = encodeAs(network, h, label);
        assert.ok(furthest(q.mu, mu[label]) < 1e-4);
        assert.ok(furthest(q.logVar, logVar[label]) < 1e-4);
        assert.ok(Math.abs(q.kl - kl[label]) < 1e-3);
      }
    }
  });

  test(`${example.name}: ELBO and p(y|x) under each label are PyTorch's, to 0.02 nats and 1e-3`, () => {
    for (const { x, value, reconstruction, probabilities } of example.readings) {
      const elbos = finished(elbosInSteps(network, x));
      assert.ok(furthest(elbos.map((each) => each.value), value) < 0.02);
      assert.ok(furthest(elbos.map((each) => each.reconstruction), reconstruction) < 0.02);
      assert.ok(furthest(labelProbabilities(elbos), probabilities) < 1e-3);
    }
  });
}

test("a code goes to its noise and back", () => {
  const q = { mu: [0.3, -1.2], logVar: [-4, 0.5] };
  assert.ok(furthest(reparameterized(q, noiseOf(q, [1.5, -0.25])), [1.5, -0.25]) < 1e-12);
  assert.deepEqual(reparameterized(q, [0, 0]), q.mu);
});

test("the share below a value is that of the quantiles, and 0 or 1 beyond them", () => {
  among.values.forEach((value, k) => assert.ok(Math.abs(shareBelow(among.quantiles, value) - among.shares[k]) < 1e-9));
  assert.deepEqual([shareBelow([1, 2, 3], 0), shareBelow([1, 2, 3], 9), shareBelow([1, 1, 3], 1)], [0, 1, 0]);
});

test("a reader that works in small steps ends with the newest drawing, and forgets it on an empty sheet", () => {
  const strokes = (name) => drawings.find((each) => each.name === name).strokes;
  const reader = createReader(read(networks[0]));
  assert.ok(reader.settled);
  assert.equal(reader.labelOf(3), null);
  reader.see(strokes("the example 3"));
  assert.equal(reader.labelOf(null), null);
  assert.equal(reader.labelOf(7), 7);
  assert.ok(!reader.settled);
  assert.equal(reader.work(0), true);
  assert.equal(reader.work(Infinity), false);
  const first = reader.elbos;
  // A drawing that changes while it is read: what was begun ends, then the newest is read.
  reader.see(strokes("the example 4"));
  reader.work(performance.now() + 0.05);
  reader.see(strokes("the example 5"));
  while (reader.work(performance.now() + 0.2));
  assert.ok(reader.settled);
  assert.notDeepEqual(reader.elbos, first);
  const { value } = networks[0].readings[0];
  assert.ok(furthest(reader.elbos.map((each) => each.value), value) < 0.02);
  assert.equal(reader.labelOf(null), value.indexOf(Math.max(...value)));
  reader.see([]);
  assert.deepEqual([reader.elbos, reader.labelOf(null), reader.settled], [null, null, true]);
});
