import assert from "node:assert/strict";
import { test } from "node:test";
import {
  gaussianDensity,
  gaussianKl,
  gaussianKlGradient,
  klIntegrand,
  levelCurve,
  logRatio,
  signedAreas,
} from "../../../vae_lib/widgets/kl_divergence/arithmetic.mjs";
import { scaleFor } from "../../../vae_lib/widgets/kl_divergence/picture.mjs";
import { furthest, reference } from "../reference.mjs";

const { places, cases } = reference;
const DIRECTIONS = [[true, "forward"], [false, "reverse"]];

/** Whether two numbers agree to a share of their size, or absolutely where they are small. */
function near(came, expected, tolerance) {
  assert.ok(Math.abs(came - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${came} for ${expected}`);
}

for (const { mu, logVar, density, logRatio: ratios, ...directions } of cases) {
  test(`q = N(${mu}, exp(${logVar})): densities, divergences and gradients are PyTorch's`, () => {
    assert.ok(furthest(places.map((z) => gaussianDensity(z, mu, logVar)), density) < 1e-12);
    places.forEach((z, k) => near(logRatio(z, mu, logVar), ratios[k], 1e-12));
    for (const [forward, name] of DIRECTIONS) {
      near(gaussianKl(forward, mu, logVar), directions[name].kl, 1e-12);
      gaussianKlGradient(forward, mu, logVar).forEach((each, k) => near(each, directions[name].gradient[k], 1e-12));
    }
  });

  test(`q = N(${mu}, exp(${logVar})): the areas are PyTorch's, and their difference is the closed form`, () => {
    for (const [forward, name] of DIRECTIONS) {
      const { above, below } = signedAreas(forward, mu, logVar);
      near(above, directions[name].above, 1e-4);
      near(below, directions[name].below, 1e-4);
      near(above - below, gaussianKl(forward, mu, logVar), 1e-12);
    }
  });

  test(`q = N(${mu}, exp(${logVar})): the integrand is a density times the log of the ratio of both`, () => {
    for (const z of places) {
      const [q, p] = [gaussianDensity(z, mu, logVar), gaussianDensity(z, 0, 0)];
      if (q < 1e-200) continue; // The ratio of underflown densities is no truth to compare with.
      near(klIntegrand(true, z, mu, logVar), q * Math.log(q / p), 1e-10);
      near(klIntegrand(false, z, mu, logVar), p * Math.log(p / q), 1e-10);
    }
  });
}

test("the area below the axis stays under 1/e, as the theory says", () => {
  for (const { mu, logVar } of cases) {
    for (const [forward] of DIRECTIONS) assert.ok(signedAreas(forward, mu, logVar).below <= 1 / Math.E);
  }
});

test("on a level curve the divergence is the level, from one end of the plane to the other", () => {
  for (const [forward] of DIRECTIONS) {
    for (const level of [0.25, 1, 4, 64]) {
      const points = levelCurve(forward, level, [-4, 1.5]);
      assert.equal(points.length, 65);
      for (const [mu, logVar] of points) {
        near(gaussianKl(forward, mu, logVar), level, 1e-9);
        assert.ok(mu >= 0 && logVar >= -4 - 1e-9 && logVar <= 1.5 + 1e-9);
      }
    }
  }
  // A small level closes inside the plane, so that its two halves meet on the axis.
  for (const [forward] of DIRECTIONS) {
    const points = levelCurve(forward, 0.25, [-4, 1.5]);
    assert.ok(points[0][0] < 1e-6 && points.at(-1)[0] < 1e-6);
  }
  assert.deepEqual(levelCurve(true, 0.1, [3, 4]), []);
});

test("the scale is round, holds the picture, and is the least that does", () => {
  assert.deepEqual([0, 0.3, 0.5, 0.51, 1, 1.01, 3, 7, 90].map((top) => scaleFor(top, 0)), [
    0.5, 0.5, 0.5, 1, 1, 2, 5, 10, 100,
  ]);
  assert.equal(scaleFor(0.4, -0.9), 5);
});
