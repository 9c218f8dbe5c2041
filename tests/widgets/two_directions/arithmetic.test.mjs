import assert from "node:assert/strict";
import { test } from "node:test";
import {
  forwardDivergence,
  logTarget,
  momentsOf,
  reverseDivergence,
  reverseLandscape,
  reversePath,
  reverseSlopes,
  reverseValleys,
} from "../../../vae_lib/widgets/two_directions/arithmetic.mjs";
import { levelSegments } from "../../../vae_lib/widgets/kit/level_lines.mjs";
import { reference } from "../reference.mjs";

/** Whether two numbers agree to a share of their size, or absolutely where they are small. */
function near(came, expected, tolerance) {
  assert.ok(Math.abs(came - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${came} for ${expected}`);
}

for (const { target, places, log, moments, cases } of reference) {
  const name = Object.values(target).join(", ");

  test(`${name}: the target's density and moments are PyTorch's`, () => {
    places.forEach((x, k) => near(logTarget(target, x).log, log[k], 1e-12));
    momentsOf(target).forEach((each, k) => near(each, moments[k], 1e-12));
  });

  test(`${name}: divergences, gradients and Hessians are PyTorch's`, () => {
    for (const { q, forward, reverse, gradient, hessian } of cases) {
      near(forwardDivergence(target, ...q), forward, 1e-6);
      near(reverseDivergence(target, ...q), reverse, 2e-3);
      const slopes = reverseSlopes(target, ...q);
      near(slopes.value, reverseDivergence(target, ...q), 1e-9);
      slopes.gradient.forEach((each, k) => near(each, gradient[k], 5e-3));
      slopes.hessian.forEach((each, k) => near(each, hessian[k], 5e-2));
    }
  });

  test(`${name}: the moments are the least forward price, and no descent ends on a slope`, () => {
    const best = forwardDivergence(target, ...moments);
    for (const { q } of cases) {
      assert.ok(forwardDivergence(target, ...q) >= best - 1e-12);
      const path = reversePath(target, q);
      assert.deepEqual(path[0], q);
      assert.ok(Math.hypot(...reverseSlopes(target, ...path.at(-1)).gradient) < 1e-6);
      for (let i = 1; i < path.length; i++) {
        assert.ok(Math.hypot(path[i][0] - path[i - 1][0], path[i][1] - path[i - 1][1]) < 0.1 + 1e-9);
      }
      const ends = reverseValleys(target).map((each) => Math.hypot(each[0] - path.at(-1)[0], each[1] - path.at(-1)[1]));
      assert.ok(Math.min(...ends) < 0.02, "the descent found a valley that is not among the valleys");
    }
  });
}

test("humps that are far apart have a valley each and one between; near ones have one, the cover", () => {
  const valleys = (a) => reverseValleys({ left: -a, right: a, weight: 0.5, width: 1 });
  assert.deepEqual([1, 2, 2.3, 2.6, 3, 3.5].map((a) => valleys(a).length), [1, 1, 1, 3, 3, 3]);
  for (const [mu] of valleys(2)) near(mu, 0, 1e-6);
  const prices = (a) => valleys(a).map((each) => reverseDivergence({ left: -a, right: a, weight: 0.5, width: 1 }, ...each));
  near(prices(3.5)[0], Math.log(2), 2e-3);
  assert.ok(prices(2.6)[1] < prices(2.6)[0] && prices(3)[1] > prices(3)[0]);
});

test("one hump is fitted without loss by both directions", () => {
  const target = { left: 0, right: 0, weight: 0.3, width: 0.8 };
  near(forwardDivergence(target, ...momentsOf(target)), 0, 1e-9);
  near(reverseDivergence(target, ...reversePath(target, [2, 1]).at(-1)), 0, 1e-9);
});

test("the landscape is the divergence at each of its places", () => {
  const [target, extent] = [reference[1].target, [-4, 4, -3, 3]];
  const grid = reverseLandscape(target, extent, 8, 6);
  assert.deepEqual([grid.length, grid[0].length], [7, 9]);
  near(grid[4][2], reverseDivergence(target, -2, 1), 1e-6);
});

test("along its lines a grid has the level's value", () => {
  const grid = Array.from({ length: 21 }, (_, j) => Array.from({ length: 31 }, (__, i) => i + 2 * j));
  const segments = levelSegments(grid, 20.5);
  assert.ok(segments.length >= 20);
  for (const [x, y] of segments.flat()) near(x + 2 * y, 20.5, 1e-9);
  assert.deepEqual(levelSegments(grid, 1000), []);
});
