import assert from "node:assert/strict";
import { test } from "node:test";
import { axesOf, eStep, levelsOf, mStep, startOf, unpackPoints } from "../../../vae_lib/widgets/em_steps/arithmetic.mjs";
import { createRun, isAtRest, nextKind, verdictOf } from "../../../vae_lib/widgets/em_steps/history.mjs";
import { rangeOf } from "../../../vae_lib/widgets/em_steps/staircase.mjs";
import { furthest, reference } from "../reference.mjs";

const { bytes, extent, points, start, steps } = reference;
const flat = ({ weights, means, covariances }) => [weights, means, covariances].flat(2);
const levels = ({ evidence, bound }) => [evidence, bound];

test("points come out of their three bytes as Python reads them", () => {
  assert.ok(furthest(unpackPoints(Uint8Array.from(bytes), extent).flat(), points.flat()) < 1e-12);
});

test("a run begins where Python says, with a q that knows nothing", () => {
  const { theta, q } = startOf(points, 2);
  assert.ok(furthest(flat(theta), start.theta.flat(2)) < 1e-12);
  assert.deepEqual(new Set(q.flat()), new Set([1 / 3]));
  assert.ok(furthest(levels(levelsOf(theta, q, points)), start.levels) < 1e-9);
});

test("every half-step is PyTorch's posterior and NumPy's weighted fit, and so are the levels", () => {
  let { theta, q } = startOf(points, 2);
  for (const step of steps) {
    if (step.kind === "E") {
      q = eStep(theta, points);
      assert.ok(furthest(q.flat(), step.q.flat()) < 1e-9);
    } else {
      theta = mStep(q, points, theta);
      assert.ok(furthest(flat(theta), step.theta.flat(2)) < 1e-8);
    }
    assert.ok(furthest(levels(levelsOf(theta, q, points)), step.levels) < 1e-9);
  }
});

test("bound and evidence climb in EM's chain", () => {
  const run = createRun(points, 2);
  for (let i = 0; i < 600; i++) run.take(nextKind(run));
  run.entries.slice(1).forEach(({ kind, evidence, bound }, i) => {
    const before = run.entries[i];
    assert.ok(bound >= before.bound - 1e-12 && evidence >= before.evidence - 1e-12 && bound <= evidence + 1e-12);
    if (kind === "E") assert.ok(Math.abs(bound - evidence) < 1e-12 && evidence === before.evidence);
  });
  assert.ok(isAtRest(run));
  assert.match(verdictOf(run), /^At rest/);
});

test("an M-step on a q that knows nothing raises the bound and may lower the evidence, into a saddle", () => {
  const run = createRun(points, 2);
  for (let i = 0; i < 600; i++) run.take(nextKind(run));
  const best = run.entries.at(-1);
  run.take("forget");
  const forgotten = run.entries.at(-1);
  assert.equal(forgotten.evidence, best.evidence);
  run.take("M");
  assert.ok(run.entries.at(-1).bound > forgotten.bound && run.entries.at(-1).evidence < best.evidence);
  assert.match(verdictOf(run), /log p\(x\) falls/);
  const [first, ...others] = run.theta.means;
  others.forEach((mean) => assert.ok(furthest(mean, first) < 1e-12));
  run.take("E");
  run.take("M");
  assert.ok(isAtRest(run));
  run.move(0, [first[0] + 0.5, first[1]]);
  for (let i = 0; i < 200; i++) run.take(nextKind(run));
  assert.ok(run.entries.at(-1).evidence > forgotten.bound && furthest(run.theta.means[1], run.theta.means[0]) > 0.1);
});

test("a hand that moves a centre changes theta and not q, and one drag is one entry", () => {
  const run = createRun(points, 0);
  run.take("E");
  const { q, entries: { length } } = run;
  run.move(1, [9, 0]);
  run.move(1, [10, 0.5]);
  assert.equal(run.q, q);
  assert.deepEqual(run.theta.means[1], [10, 0.5]);
  assert.equal(run.entries.length, length + 1);
  assert.ok(run.entries.at(-1).bound < run.entries.at(-1).evidence);
});

test("what comes back from Python with another rounding is no hand; another theta is", () => {
  const run = createRun(points, 0);
  const { theta, q } = run;
  run.adopt({ ...theta, weights: theta.weights.map((each) => each + 1e-13) }, q);
  assert.equal(run.entries.length, 1);
  run.adopt({ ...theta, weights: [0.5, 0.25, 0.25] }, q);
  assert.deepEqual(run.theta.weights, [0.5, 0.25, 0.25]);
  assert.equal(run.entries.at(-1).kind, "drag");
  run.restart(3);
  assert.deepEqual(run.entries.map(({ kind }) => kind), ["start"]);
  assert.deepEqual(run.theta.means[0], points[9]);
});

test("a component that answers for one point or for none keeps numbers, and the bound does not fall", () => {
  const run = createRun(points, 0);
  const lonely = points.map((_, i) => (i === 5 ? [1, 0, 0] : [0, 1, 0]));
  run.adopt(run.theta, lonely);
  const before = run.entries.at(-1).bound;
  run.take("M");
  assert.deepEqual(run.theta.means[0], points[5]);
  for (const covariance of run.theta.covariances) assert.ok(axesOf(covariance).variances[1] > 0);
  assert.ok(run.entries.at(-1).bound >= before);
  for (let i = 0; i < 20; i++) run.take(nextKind(run));
  run.take("forget");
  assert.ok([flat(run.theta), run.entries.map(levels).flat()].flat().every(Number.isFinite));
});

test("axes of a covariance", () => {
  const { angle, variances } = axesOf([2.5, 1.5, 2.5]);
  assert.ok(furthest([angle, ...variances], [Math.PI / 4, 4, 1]) < 1e-12);
});

test("the staircase drops a q that knew nothing once the run has left it behind", () => {
  const entry = (kind, bound, evidence) => ({ kind, bound, evidence });
  const entries = [entry("start", -9, -4), entry("E", -4, -4), entry("M", -3, -2.9), entry("E", -2.9, -2.9)];
  assert.ok(rangeOf(entries)[0] < -9);
  const [low, high] = rangeOf([...entries, entry("M", -2.5, -2.4)]);
  assert.ok(low < -4 && low > -5 && high > -2.4);
});
