import assert from "node:assert/strict";
import { test } from "node:test";
import {
  boundParts,
  boundSlopes,
  climbed,
  logEvidence,
  steepness,
} from "../../../vae_lib/widgets/evidence_bound/arithmetic.mjs";
import { reference } from "../reference.mjs";

const LIMITS = { mu: [-3, 3], sigma: [0.15, 2] };

/** Whether two numbers agree to a share of their size, or absolutely where they are small. */
function near(came, expected, tolerance) {
  assert.ok(Math.abs(came - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${came} for ${expected}`);
}

for (const { mu, sigma, x, slopes, ...expected } of reference) {
  test(`q = N(${mu}, ${sigma}²), x = ${x}: bound, gap and slopes are PyTorch's`, () => {
    const parts = boundParts({ mu, sigma, x });
    assert.deepEqual(Object.keys(parts).sort(), Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected)) near(parts[name], value, 1e-9);
    boundSlopes({ mu, sigma, x }).forEach((each, k) => near(each, slopes[k], 1e-9));
  });

  test(`q = N(${mu}, ${sigma}²), x = ${x}: bound and gap share the evidence, and the gap is never below zero`, () => {
    const { evidence, bound, gap } = boundParts({ mu, sigma, x });
    near(bound + gap, evidence, 1e-10);
    assert.ok(gap >= 0);
  });

  test(`a climb from q = N(${mu}, ${sigma}²) with x = ${x} never loses, and ends where the ground is level`, () => {
    let state = { mu, sigma, x };
    let last = -Infinity;
    for (let i = 0; i < 400; i++) {
      state = climbed(state, 0.2, LIMITS);
      const { bound } = boundParts(state, expected.evidence);
      assert.ok(bound >= last - 1e-12);
      last = bound;
    }
    assert.ok(steepness(state) < 1e-4, `${steepness(state)} at ${JSON.stringify(state)}`);
    assert.equal(state.x, x);
  });
}

test("log p(x) is a density: its exponential integrates to one", () => {
  let sum = 0;
  for (let x = -4; x <= 60; x += 0.05) sum += Math.exp(logEvidence(x)) * 0.05;
  near(sum, 1, 1e-3);
});

test("a climb leaves neither the picture nor the finest q", () => {
  const tight = { mu: [-0.5, 0.5], sigma: [0.4, 0.5] };
  let state = { mu: 0, sigma: 0.45, x: 2 };
  for (let i = 0; i < 100; i++) state = climbed(state, 4, tight);
  assert.ok(state.mu >= -0.5 && state.mu <= 0.5 && state.sigma >= 0.4 && state.sigma <= 0.5);
});
