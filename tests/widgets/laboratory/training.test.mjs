import assert from "node:assert/strict";
import { test } from "node:test";
import CONSTANTS from "../../../vae_lib/widgets/laboratory/constants.json" with { type: "json" };
import { adamStep, createAdam } from "../../../vae_lib/widgets/laboratory/adam.mjs";
import { bytes, reference } from "../reference.mjs";
import { checkSettings, isLive } from "../../../vae_lib/widgets/laboratory/settings.mjs";
import { chosenDigits, readDigits } from "../../../vae_lib/widgets/laboratory/digits.mjs";
import { digits, runOf } from "./page.mjs";
import { faultWords } from "../../../vae_lib/widgets/laboratory/faults.mjs";
import { noiseHistogram } from "../../../vae_lib/widgets/laboratory/measures.mjs";

test("the digits are those that Python packed", () => {
  const { training, heldOut, pixels } = digits;
  assert.deepEqual([training.count, heldOut.count], [3000, 500]);
  reference.digits.ink.heldOut.forEach((ink, i) => {
    const levels = heldOut.images.subarray(i * pixels, (i + 1) * pixels).reduce((sum, each) => sum + each * 15, 0);
    assert.ok(Math.abs(levels - ink) < 1e-3);
  });
  const first = Array.from(training.images.subarray(0, pixels), (each) => Math.round(each * 15));
  assert.deepEqual(first, reference.digits.ink.first);
  assert.deepEqual(Array.from(training.labels.subarray(0, 12)), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
});

test("digits that are cut off, too long or of another format are refused", () => {
  const { header } = reference.digits;
  const whole = bytes(reference.digits.buffer);
  assert.throws(() => readDigits(header, whole.subarray(0, whole.length - 9)), /damaged/);
  assert.throws(() => readDigits(header, Uint8Array.from([...whole, 1, 1])), /damaged/);
  assert.throws(() => readDigits({ ...header, format: 2 }, whole), /format 2/);
});

test("digits are chosen by class and number, in their order", () => {
  assert.deepEqual(Array.from(chosenDigits(digits.training, [3, 8], 4)), [3, 8, 13, 18]);
  assert.equal(runOf({ digits: [3, 8] }).order.length, 600);
  const run = runOf({ count: 10, batch: 64 });
  assert.deepEqual([run.batch, run.stepsPerEpoch], [10, 1]);
});

test("every epoch visits each digit once, and the same seed gives the same run in parts or whole", () => {
  const run = runOf({ hidden: 8, count: 128, batch: 32 });
  const seen = [];
  for (let step = 0; step < 4; step++) {
    run.step();
    for (let k = 0; k < 32; k++) seen.push(run.order[step * 32 + k]);
  }
  assert.equal(new Set(seen).size, 128);
  const whole = runOf({ hidden: 8, count: 128, batch: 32 });
  whole.step(4);
  run.evaluate();
  assert.deepEqual(run.weights(), whole.weights());
  assert.notDeepEqual(runOf({ hidden: 8, seed: 2 }).weights(), runOf({ hidden: 8 }).weights());
});

test("a run goes on from the weights of another, and refuses weights that are none", () => {
  const first = runOf({ hidden: 8 });
  first.step(3);
  const second = runOf({ hidden: 8 }, first.weights());
  assert.deepEqual(second.weights(), first.weights());
  assert.throws(() => runOf({ hidden: 9 }, first.weights()), /expected \d+ weights, got/);
  assert.throws(() => runOf({ hidden: 8 }, first.weights().fill(NaN)), /finite/);
});

test("without noise the log variance rests, and nothing is said of a KL", () => {
  const run = runOf({ hidden: 8, noise: false });
  const { from, to } = run.network.layers[2];
  const before = run.network.weights.slice(from, to);
  run.step(20);
  assert.deepEqual(run.network.weights.slice(from, to), before);
  const { heldOut } = run.evaluate();
  assert.deepEqual([heldOut.kl, heldOut.negativeElbo], [null, null]);
  for (const { sigma, ratio, predicted } of heldOut.latents) {
    assert.deepEqual([sigma, ratio, predicted], [null, null, null]);
  }
  run.change({ noise: true });
  run.step();
  assert.notDeepEqual(run.network.weights.slice(from, to), before);
});

test("β warms up from 0, and what is live is taken on in the next step", () => {
  const run = runOf({ hidden: 8, beta: 3, warmUp: 4 });
  run.step(6);
  assert.deepEqual(Array.from(run.history.beta.values), [0, 0.75, 1.5, 2.25, 3, 3]);
  run.change({ beta: 0 });
  assert.equal(run.evaluate().heldOut.latents[0].predicted, null);
  assert.deepEqual([isLive("beta"), isLive("hidden"), isLive("told"), isLive("digits")], [true, false, false, false]);
});

test("decode and encode give one picture and one code, as the whole set has them", () => {
  const run = runOf({ hidden: 8, told: true });
  run.step(5);
  const { mu, sigma } = run.codes();
  const at = 7;
  const image = digits.heldOut.images.subarray(at * 196, (at + 1) * 196);
  const code = run.encode(image, digits.heldOut.labels[at]);
  code.mu.forEach((each, j) => assert.ok(Math.abs(each - mu[2 * at + j]) < 1e-6));
  code.sigma.forEach((each, j) => assert.ok(Math.abs(each - sigma[2 * at + j]) < 1e-6));
  const [three, four] = [run.decode([0.5, -1], 3), run.decode([0.5, -1], 4)];
  assert.ok(three.every((each) => each > 0 && each < 1));
  assert.notDeepEqual(three, four);
  assert.throws(() => run.decode([0, 0]), /expected one from 0 to 9, got null/);
});

test("a latent's numbers are the mean noise, the deviation of the means, and their ratio", () => {
  const run = runOf({ hidden: 8 });
  run.step(30);
  const { latents, sigma, mu, kl, count } = run.evaluate().heldOut;
  latents.forEach((latent, j) => {
    const mine = (of) => Array.from({ length: count }, (_, i) => of[2 * i + j]);
    const mean = (of) => of.reduce((sum, each) => sum + each, 0) / of.length;
    const centre = mean(mine(mu));
    const spread = Math.sqrt(mine(mu).reduce((sum, each) => sum + (each - centre) ** 2, 0) / (count - 1));
    assert.ok(Math.abs(latent.sigma - mean(mine(sigma))) < 1e-6);
    assert.ok(Math.abs(latent.spread - spread) < 1e-6);
    assert.ok(Math.abs(latent.ratio - latent.sigma / spread) < 1e-6);
    assert.equal(latent.active, spread ** 2 > 0.01);
  });
  assert.ok(Math.abs(latents[0].kl + latents[1].kl - kl) < 1e-6);
  assert.deepEqual(noiseHistogram([0.001, 9, 0.1, 9, 1, 9, 50, 9], 2, 0, { least: -2, most: 1, bins: 3 }), [1, 1, 2]);
});

for (const [name, given, term] of [
  ["Bernoulli", { learningRate: 10 }, /^At step 2 the reconstruction became [\d.e+]+ nats: a learning rate of 10 is /],
  ["Gaussian", { learningRate: 1, likelihood: "gaussian" }, /^At step \d the reconstruction became/],
  ["β = 100", { learningRate: 10, beta: 100 }, /^At step 2 the reconstruction became not a number/],
]) {
  test(`${name}: a learning rate that explodes ends in a sentence, with weights that are still good`, () => {
    for (const seed of [1, 3, 5]) {
      const run = runOf({ ...given, seed });
      const taken = run.step(50);
      assert.ok(run.fault && taken < 50 && taken === run.taken);
      assert.match(faultWords(run.fault), term);
      assert.match(faultWords(run.fault), /choose a smaller rate and start again\.$/);
      assert.equal(run.step(1), 0);
      const { heldOut } = run.evaluate();
      assert.ok(heldOut.reconstruction < 1000 && heldOut.mu.every(Number.isFinite));
    }
  });
}

test("weights that overflow are noticed in the step that makes them, and named by their layer", () => {
  const adam = createAdam(3, 1, CONSTANTS.adam);
  const weights = Float64Array.of(1e308, 1, 2);
  assert.equal(adamStep(adam, 0, weights, Float64Array.of(-1, 1, 1), 0, 3, 1e308), false);
  assert.equal(adamStep(adam, 0, Float64Array.of(1, 2, 3), new Float64Array(3), 0, 3, 1), true);
  assert.match(
    faultWords({ step: 9, term: "decoder.2", value: Infinity, learningRate: 3 }),
    /^At step 9 a weight of the layer decoder.2 became infinite/,
  );
});

test("an encoder that answers to no digit any more is said to be silent", () => {
  const run = runOf({ hidden: 8 });
  assert.equal(run.evaluate().heldOut.silent, null);
  run.network.layers[0].bias.fill(-100);
  assert.equal(run.evaluate().heldOut.silent, "encoder");
  run.network.layers[0].bias.fill(0);
  run.network.layers[3].bias.fill(-1000);
  assert.equal(run.evaluate().heldOut.silent, "decoder");
});

test("settings are taken from text, and refused in words", () => {
  const taken = checkSettings({ beta: "2.5", told: "true", digits: "701", seed: 7, likelihood: "gaussian" });
  assert.deepEqual(taken.refused, []);
  const { beta, told, digits: classes, seed, likelihood } = taken.settings;
  assert.deepEqual([beta, told, classes, seed, likelihood], [2.5, true, [0, 1, 7], 7, "gaussian"]);
  for (const [given, words] of [
    [{ beta: "much" }, 'expected beta to be a number from 0 to 196, got "much"'],
    [{ beta: NaN }, "expected beta to be a number from 0 to 196, got NaN"],
    [{ beta: -1 }, "expected beta to be a number from 0 to 196, got -1"],
    [{ beta: "" }, 'expected beta to be a number from 0 to 196, got ""'],
    [{ hidden: 12.5 }, "expected hidden to be a whole number from 4 to 256, got 12.5"],
    [{ noise: "perhaps" }, 'expected noise to be true or false, got "perhaps"'],
    [{ likelihood: "poisson" }, 'expected likelihood to be one of bernoulli, gaussian, got "poisson"'],
    [{ digits: "00" }, 'expected digits to be different digits from 0 to 9, at least one, got "00"'],
    [{ digits: [] }, "expected digits to be different digits from 0 to 9, at least one, got []"],
  ]) {
    const { settings, refused } = checkSettings(given);
    assert.deepEqual(refused, [words]);
    assert.deepEqual(settings, CONSTANTS.defaults);
  }
  assert.match(checkSettings({ gamma: 1 }).refused[0], /^expected a setting among beta, .*, got "gamma"$/);
});
