import assert from "node:assert/strict";
import { test } from "node:test";
import {
  gumbelDraws, logitsAt, relaxed, relaxedDraws, softmax, toTriangle,
} from "../../../vae_lib/widgets/simplex_temperature/arithmetic.mjs";
import { furthest, reference } from "../reference.mjs";

const { noise, count, cases } = reference;

test("the noise is Gumbel noise by PyTorch's rule", () => {
  assert.ok(furthest(gumbelDraws(5, 123456).flat(), noise.flat()) < 1e-9);
});

for (const [number, each] of cases.entries()) {
  test(`case ${number}: draws, wins and gradient at logits ${each.logits}, temperature ${each.temperature}`, () => {
    const came = relaxedDraws(each.logits, gumbelDraws(count, each.seed), each.temperature);
    assert.ok(furthest(came.points.flat(), each.points.flat()) < 1e-9);
    assert.ok(furthest(came.probabilities, each.probabilities) < 1e-12);
    assert.ok(furthest(came.mean, each.mean) < 1e-9);
    assert.deepEqual(came.winners, each.winners);
    assert.deepEqual(came.won, [0, 1, 2].map((k) => each.winners.filter((winner) => winner === k).length));
    for (const name of ["exact", "mean", "deviation"]) {
      assert.ok(Math.abs(came.gradient[name] - each.gradient[name]) < 1e-8, name);
    }
  });
}

test("a cold draw is nearly its limit, and the winner is the same at every temperature", () => {
  for (const each of gumbelDraws(100, 7)) {
    const corner = relaxed([1, 0, -1], each, 0);
    assert.equal(corner.reduce((sum, share) => sum + share, 0), 1);
    for (const temperature of [0.05, 0.5, 3]) {
      const point = relaxed([1, 0, -1], each, temperature);
      assert.equal(point.indexOf(Math.max(...point)), corner.indexOf(1));
    }
    assert.ok(furthest(relaxed([1, 0, -1], each, 1e-6), corner) < 1e-6);
  }
});

test("a point of the triangle gives back the logits that stand there, and one outside the nearest allowed", () => {
  for (const logits of [[0, 0, 0], [1, -0.5, -0.5], [-1.5, 0.25, 1.25]]) {
    assert.ok(furthest(logitsAt(toTriangle(softmax(logits)), 3), logits) < 0.006);
  }
  const outside = logitsAt([-1, -1], 3);
  assert.ok(outside.every((each) => Number.isFinite(each) && Math.abs(each) <= 3));
  assert.equal(outside.indexOf(Math.max(...outside)), 0);
});
