// The verdicts of the laboratory's experiments, by one judge for its JavaScript and for PyTorch.
import assert from "node:assert/strict";
import { test } from "node:test";
import { reference } from "../reference.mjs";
import { runOf } from "./page.mjs";

/** What `experiments.py` measures, of one seed of an experiment. */
function measured(run, settings) {
  const { training, heldOut } = run.evaluate();
  const { latents, kl, negativeElbo } = settings.count < 10 ? training : heldOut;
  const [sigma, predicted] = [latents.map((each) => each.sigma), latents.map((each) => each.predicted)];
  return { sigma, predicted, kl, negativeElbo };
}

const seeds = [1, 2, 3, 4, 5];
const ours = new Map();

/** {start, end} for each seed, run once. */
function oursOf(name) {
  if (!ours.has(name)) {
    const { settings, steps } = reference.experiments[name];
    const all = seeds.map((seed) => {
      const run = runOf({ ...settings, seed });
      const start = measured(run, settings);
      assert.equal(run.step(steps), steps);
      return { start, end: measured(run, settings) };
    });
    ours.set(name, all);
  }
  return ours.get(name);
}

const mean = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
const least = (numbers) => Math.min(...numbers);
const most = (numbers) => Math.max(...numbers);

// Each is given what the experiments it names began and ended with, of one seed, and answers with a number and a judge.
const verdicts = {
  "without a KL the mean σ falls below a tenth of its start": {
    of: ["no KL"],
    judge: ([{ start, end }]) => [mean(end.sigma) / mean(start.sigma), (share) => share < 0.1],
  },
  "β = 100 silences the code: its KL is below a tenth of a nat": {
    of: ["beta of 100"],
    judge: ([{ end }]) => [end.kl, (kl) => kl < 0.1],
  },
  "without a KL two digits drive σ below half of what one digit leaves": {
    of: ["two digits without KL", "one digit without KL"],
    judge: ([two, one]) => [mean(two.end.sigma) / mean(one.end.sigma), (share) => share < 0.5],
  },
  "of one digit any σ is free: the KL raises it to 1 at no cost": {
    of: ["one digit"],
    judge: ([{ end }]) => [least(end.sigma), (sigma) => sigma > 0.9 && end.kl < 0.1],
  },
  "of two digits it is not: one latent stays below": {
    of: ["two digits"],
    judge: ([{ end }]) => [least(end.sigma), (sigma) => sigma < 0.6 && end.kl > 0.3],
  },
  "told the label, the −ELBO is less": {
    of: ["told", "not told"],
    judge: ([told, not]) => [told.end.negativeElbo - not.end.negativeElbo, (difference) => difference < -2],
  },
  "Gaussian with β = 1: σ rests near where theory has it": {
    of: ["Gaussian"],
    judge: ([{ end: { sigma, predicted } }]) => [
      most(sigma.map((each, j) => Math.abs(each / predicted[j] - 1))),
      (off) => off < 0.25,
    ],
  },
};

for (const [claim, { of, judge }] of Object.entries(verdicts)) {
  test(`${claim}, for five seeds here and in PyTorch`, (t) => {
    for (const [where, results] of [
      ["here", of.map(oursOf)],
      ["PyTorch", of.map((name) => reference.experiments[name].torch)],
    ]) {
      const judged = seeds.map((_, k) => judge(results.map((each) => each[k])));
      t.diagnostic(`${claim}: ${where} ${judged.map(([number]) => number.toFixed(3)).join(", ")}`);
      judged.forEach(([number, good], k) => assert.ok(good(number), `${where}, seed ${seeds[k]}: ${number}`));
    }
  });
}

for (const { settings, steps, negativeElbo } of reference.long) {
  test(`seed ${settings.seed}: after ${steps} steps the held-out −ELBO is PyTorch's within half a nat`, (t) => {
    const run = runOf(settings);
    run.step(steps);
    const came = run.evaluate({ training: false, theory: false }).heldOut.negativeElbo;
    t.diagnostic(`seed ${settings.seed}: −ELBO ${came.toFixed(3)} here, ${negativeElbo.toFixed(3)} in PyTorch`);
    assert.ok(Math.abs(came - negativeElbo) < 0.5);
  });
}
