import assert from "node:assert/strict";
import { test } from "node:test";
import {
  INTEGRANDS, followedDraws, gradientClouds, sideFor, summaryOf,
} from "../../../vae_lib/widgets/gradient_clouds/arithmetic.mjs";
import { fixedDraws } from "../../../vae_lib/widgets/kit/draws.mjs";
import { furthest, reference } from "../reference.mjs";

const { draws, count, cases } = reference;

test("the draws are Python's", () => {
  assert.ok(furthest(fixedDraws(5, 123456).flat(), draws.flat()) < 1e-12);
});

test("many draws have the moments of a standard normal, and another seed gives others", () => {
  const scores = Array.from({ length: 40 }, (_, seed) => {
    const many = fixedDraws(5000, seed);
    const { mean, spread } = summaryOf(many);
    const product = many.reduce((sum, [x, y]) => sum + x * y, 0) / 5000;
    const errors = [...mean, ...spread.map((each) => Math.SQRT2 * (each - 1)), product];
    return errors.map((each) => each * Math.sqrt(5000)); // Each in its standard errors.
  }).flat();
  assert.ok(Math.max(...scores.map(Math.abs)) < 4.5);
  const square = scores.reduce((sum, each) => sum + each * each, 0) / scores.length;
  assert.ok(square > 0.7 && square < 1.4, String(square));
  assert.notDeepEqual(fixedDraws(3, 7), fixedDraws(3, 8));
});

test("every function that is offered was compared", () => {
  assert.deepEqual([...new Set(cases.map((each) => each.integrand))].sort(), Object.keys(INTEGRANDS).sort());
});

for (const [number, each] of cases.entries()) {
  test(`case ${number}: ${each.integrand} in ${each.parameter}, baseline ${each.baseline}, mu ${each.mu}`, () => {
    const came = gradientClouds({ ...each, draws: fixedDraws(count, each.seed) });
    assert.ok(furthest(came.z.flat(), each.z.flat()) < 1e-10);
    const largest = Math.max(1, ...each.score.flat().map(Math.abs));
    assert.ok(furthest(came.pathwise.flat(), each.pathwise.flat()) < 1e-10);
    assert.ok(furthest(came.score.flat(), each.score.flat()) < 1e-11 * largest);
    assert.ok(furthest(came.exact, each.exact) < 1e-9);
    for (const name of ["pathwise", "score"]) {
      const { mean, spread, variance } = summaryOf(came[name]);
      const expected = each[`${name}Summary`];
      assert.ok(furthest(mean, expected.mean) < 1e-10 * largest);
      assert.ok(furthest(spread, expected.spread) < 1e-10 * largest);
      assert.ok(Math.abs(variance - expected.variance) < 1e-10 * largest ** 2);
    }
  });
}

test("three draws are followed, and they lie well apart", () => {
  for (let seed = 0; seed < 50; seed++) {
    const all = fixedDraws(200, seed);
    const [a, b, c] = followedDraws(all).map((i) => all[i]);
    for (const [p, q] of [[a, b], [b, c], [a, c]]) assert.ok(Math.hypot(p[0] - q[0], p[1] - q[1]) > 1);
  }
});

test("the shared square is round, holds the exact gradient and nearly all points, and is never nothing", () => {
  const cloud = Array.from({ length: 100 }, (_, i) => [i / 100, -i / 50]);
  assert.equal(sideFor([cloud], [0, 0]), 2);
  assert.equal(sideFor([cloud], [0, 30]), 50);
  assert.equal(sideFor([[[0, 0], [0, 0]]], [0, 0]), 0.001);
  for (const size of [0.02, 0.7, 1, 3, 199, 4e4]) {
    const side = sideFor([cloud.map(([x, y]) => [size * x, size * y])], [0, 0]);
    assert.ok([1, 2, 5].includes(Number(side.toExponential()[0])));
    assert.ok(side >= 1.8 * size && side < 5.1 * size);
  }
});
