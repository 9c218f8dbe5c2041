import assert from "node:assert/strict";
import { test } from "node:test";
import { noiseAfter, noiseCosts, noisePulls, restingNoise } from "../../../vae_lib/widgets/noise_balance/arithmetic.mjs";
import { reference } from "../reference.mjs";

const { cases, flows } = reference;

/** Whether two numbers agree to a share of their size, or absolutely where they are small. */
function near(came, expected, tolerance) {
  assert.ok(Math.abs(came - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${came} for ${expected}`);
}

for (const { balance, places, rest } of cases) {
  const name = `‖w‖ = ${balance.weight}, s² = ${balance.variance}, ${balance.kl ? "with" : "without"} the KL`;

  test(`${name}: costs and pulls are PyTorch's`, () => {
    for (const { logSigma, costs, pulls } of places) {
      const [came, pulled] = [noiseCosts(balance, logSigma), noisePulls(balance, logSigma)];
      near(came.reconstruction, costs[0], 1e-10);
      near(came.kl, costs[1], 1e-10);
      near(came.total, costs[0] + costs[1], 1e-10);
      near(pulled.reconstruction, pulls[0], 1e-10);
      near(pulled.kl, pulls[1], 1e-10);
      near(pulled.total, pulls[0] + pulls[1], 1e-10);
    }
  });

  if (balance.kl) {
    test(`${name}: the point rests where PyTorch finds no gradient, and nowhere is the cost less`, () => {
      near(restingNoise(balance), rest, 1e-9);
      const least = noiseCosts(balance, rest).total;
      for (const { logSigma } of places) assert.ok(noiseCosts(balance, logSigma).total >= least);
    });
  }
}

test("without a KL there is no rest before zero, and with nothing to lose any noise will do", () => {
  assert.equal(restingNoise({ weight: 0.1, variance: 4, kl: false }), -Infinity);
  assert.equal(restingNoise({ weight: 0, variance: 1, kl: false }), null);
  assert.equal(restingNoise({ weight: 0, variance: 1, kl: true }), -0);
});

for (const { balance: [weight, variance, kl], from, time, to } of flows) {
  test(`gradient flow ${kl ? "with" : "without"} the KL from log σ = ${from} for a time of ${time}`, () => {
    near(noiseAfter({ weight, variance, kl }, from, time), to, 1e-5);
  });
}

test("flow in two parts is flow in one", () => {
  for (const kl of [true, false]) {
    const balance = { weight: 1.7, variance: 0.4, kl };
    const parts = noiseAfter(balance, noiseAfter(balance, 0.9, 0.3), 0.8);
    near(parts, noiseAfter(balance, 0.9, 1.1), 1e-12);
  }
});
