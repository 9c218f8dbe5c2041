import assert from "node:assert/strict";
import { test } from "node:test";
import { budgetFor } from "../../../vae_lib/widgets/laboratory/loop.mjs";
import { createDecoder } from "../../../vae_lib/widgets/laboratory/decoder.mjs";
import { createSurvey } from "../../../vae_lib/widgets/laboratory/survey.mjs";
import { digits, runOf } from "./page.mjs";
import { Experiment } from "../../../vae_lib/widgets/laboratory/experiment.mjs";
import { rangeOf, thinned } from "../../../vae_lib/widgets/laboratory/curves.mjs";
import { sideFor } from "../../../vae_lib/widgets/laboratory/picture.mjs";

function near(came, expected, most, what) {
  if (expected === null) assert.equal(came, null, what);
  else
    assert.ok(
      Math.abs(came - expected) <= most * Math.max(1, Math.abs(expected)),
      `${what}: ${came} against ${expected}`,
    );
}

for (const given of [{}, { likelihood: "gaussian", latents: 1 }, { noise: false }, { told: true, beta: 0 }]) {
  test(`a survey in parts measures what the whole does: ${JSON.stringify(given)}`, () => {
    const run = runOf({ ...given, hidden: 16, batch: 16 });
    run.step(30);
    const whole = run.evaluate().heldOut;
    const survey = createSurvey(run, run.measured.heldOut);
    survey.start();
    let found = survey.work();
    assert.equal(found, null);
    // Between its parts the run goes on, and the survey does not notice.
    for (; !found; found = survey.work()) run.step(1);
    assert.equal(survey.busy, false);
    assert.equal(found.step, 30);
    for (const name of ["count", "reconstruction", "kl", "negativeElbo"]) near(found[name], whole[name], 1e-9, name);
    whole.latents.forEach((each, j) => {
      for (const name of ["sigma", "spread", "ratio", "kl", "predicted"])
        near(found.latents[j][name], each[name], 1e-5, name);
    });
  });
}

test("many places are decoded as one is, and codes are the run's", () => {
  for (const given of [{}, { told: true }, { likelihood: "gaussian" }]) {
    const run = runOf({ ...given, hidden: 16 });
    run.step(5);
    const places = Array.from({ length: 37 }, (_, k) => [k / 10 - 2, 1 - k / 20]);
    let seen = 0;
    createDecoder(run).pictures(
      places,
      (k) => k % 10,
      (k, picture) => {
        const alone = run.decode(places[k], given.told ? k % 10 : null);
        picture.forEach((value, p) => near(value, Math.min(Math.max(alone[p], 0), 1), 1e-6, `pixel ${p}`));
        seen++;
      },
    );
    assert.equal(seen, places.length);
    const { mu } = createDecoder(run).codes(digits.heldOut, run.heldOut.subarray(0, 50));
    assert.deepEqual([...mu.subarray(0, 100)], [...run.codes().mu.subarray(0, 100)]);
  }
});

test("the plane grows at once, and shrinks only when it is half empty", () => {
  const at = (reach) => ({ mu: Float32Array.from([reach, -reach / 2]), sigma: Float32Array.from([0, 0]) });
  assert.equal(sideFor(at(1), 2, 3.5), 3.5);
  assert.equal(sideFor(at(3.6), 2, 3.5), 5);
  assert.equal(sideFor(at(3.4), 2, 5), 5);
  assert.equal(sideFor(at(1.5), 2, 5), 3.5);
  assert.equal(sideFor(at(1e9), 2, 5), 1000);
  assert.equal(sideFor({ mu: new Float32Array(2), sigma: Float32Array.from([4, 4]) }, 2, 3.5), 5);
});

test("steps fill the time between two frames, neither nothing of it nor all", () => {
  assert.equal(budgetFor(2, 8), 10);
  assert.ok(budgetFor(3, 16.7) > 10 && budgetFor(3, 16.7) + 3 < 16.7);
  assert.equal(budgetFor(15, 20), 24);
  assert.equal(budgetFor(500, 600), 28);
});

test("what waits for a restart is told from what is taken on at once", () => {
  const experiment = new Experiment(digits);
  experiment.open("no_kl", { seed: 3 });
  experiment.run.step(2);
  experiment.set("beta", 1);
  experiment.set("hidden", 32);
  assert.deepEqual(experiment.pending, ["hidden"]);
  assert.deepEqual([experiment.run.settings.beta, experiment.run.settings.hidden], [1, 64]);
  assert.deepEqual(experiment.marks, [
    { step: 0, beta: 0 },
    { step: 2, beta: 1 },
  ]);
  assert.deepEqual(experiment.changes, { seed: 3, beta: 1, hidden: 32 });
  experiment.restart();
  assert.deepEqual([experiment.pending, experiment.run.taken, experiment.run.settings.hidden], [[], 0, 32]);
  assert.equal(experiment.few, false);
  experiment.set("count", 2);
  experiment.restart();
  assert.deepEqual([experiment.few, experiment.shown.chosen.length], [true, 2]);
});

test("a run starts from the weights of a model where they fit, and with another seed from that seed's", () => {
  const weights = runOf({ hidden: 16, seed: 9 }).weights();
  const experiment = new Experiment(digits, weights);
  experiment.open("beta_one", { hidden: 16 });
  assert.deepEqual([...experiment.run.weights()], [...weights]);
  experiment.set("seed", 2);
  experiment.restart();
  assert.notDeepEqual([...experiment.run.weights()], [...weights]);
});

test("curves keep their mean, and their range passes over the first fall", () => {
  const values = Float32Array.from({ length: 1000 }, (_, k) => (k < 20 ? 500 : 40 + (k % 2)));
  const points = thinned(values, 100);
  assert.equal(points.length, 100);
  near(
    points.reduce((sum, [, value]) => sum + value, 0) / 100,
    values.reduce((sum, each) => sum + each, 0) / 1000,
    1e-6,
    "mean",
  );
  const [least, most] = rangeOf([points], 1000);
  assert.ok(least < 40.5 && most < 42, `${least} ${most}`);
  assert.deepEqual(rangeOf([[]], 10), [0, 1]);
});
