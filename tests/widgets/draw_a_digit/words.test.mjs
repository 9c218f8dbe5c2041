import assert from "node:assert/strict";
import { test } from "node:test";
import { probabilityText, termText, verdictOf, wordsOf } from "../../../vae_lib/widgets/draw_a_digit/words.mjs";

const terms = { error: Array.from({ length: 101 }, (_, k) => 2 * k), kl: Array.from({ length: 101 }, (_, k) => k / 10) };
const elbos = Array.from({ length: 10 }, (_, k) => ({ value: -100 - 10 * Math.abs(k - 4) }));

test("the verdict goes by the term that is farther out", () => {
  const verdict = (error, kl) => verdictOf({ error, kl, elbos }, terms).split(/[ :,]/)[0];
  assert.deepEqual([verdict(20, 1), verdict(20, 9.7), verdict(197, 1), verdict(20, 99), verdict(999, 1)], [
    "Both", "Unusual", "Unusual", "Hardly", "Hardly",
  ]);
  assert.equal(verdictOf({ error: 20, kl: 1, elbos }, null), "");
  assert.equal(verdictOf(null, terms), "");
});

test("the words name the digit, its probability, the numbers, and which ELBO is best", () => {
  const here = { label: 4, shown: 7, mu: [0.5, -1], logVar: [0, 2 * Math.log(0.1)], z: [0.25, -1.5] };
  const found = { error: 98.76, kl: 3.21, elbos };
  const words = wordsOf(here, found);
  assert.deepEqual(words.lines, ["Read as a 4, p(y|x) ≈ 1.00", "μ = (0.50, −1.00), σ = (1.00, 0.10)", "z = (0.25, −1.50)"]);
  assert.deepEqual([words.best, words.caption, words.reads], [4, "z decoded as a 7", "Most plausible: 4"]);
  assert.deepEqual(words.notes.slice(3, 6), ["−110", "−100", "−110"]);
  assert.equal(termText("error", found, terms), "Reconstruction error 98.8 nats: more than 49 % of held-out digits have");
  assert.equal(termText("kl", found, null), "KL to the prior 3.2 nats");
  const plain = wordsOf({ ...here, label: 0, labelled: false }, { ...found, elbos: found.elbos.slice(0, 1) });
  assert.deepEqual(plain.lines, words.lines.slice(1));
  assert.deepEqual([plain.caption, plain.sheet], ["z decoded", "Your drawing"]);
  const nothing = wordsOf({ label: null, shown: null, mu: null, logVar: null, z: null }, null);
  assert.match(nothing.lines[0], /Nothing is drawn yet/);
  assert.deepEqual([0.9999, 0.5, 0.0001].map(probabilityText), ["1.00", "0.50", "0.00"]);
});
