import assert from "node:assert/strict";
import { test } from "node:test";
import { costGradients, createNetwork, createRoom } from "../../../vae_lib/widgets/laboratory/network.mjs";
import { doubles, runOf, singles } from "./page.mjs";
import { exportWeights, importWeights } from "../../../vae_lib/widgets/laboratory/network.mjs";
import { firstWeights, normalDraws } from "../../../vae_lib/widgets/laboratory/randomness.mjs";
import { layerShapes, placeRow } from "../../../vae_lib/widgets/laboratory/network.mjs";
import { restingSigma, rowInformations } from "../../../vae_lib/widgets/laboratory/theory.mjs";
import { reference } from "../reference.mjs";
import { uniformDraws } from "../../../vae_lib/widgets/kit/draws.mjs";

/** The network, and a room with the given rows in it. */
function prepared({ shape, weights, x = null, label, epsilon = [] }, rows) {
  const network = createNetwork(shape);
  importWeights(network, singles(weights));
  const room = createRoom(shape, rows);
  const images = x ?? new Float64Array(rows * shape.pixels);
  for (let row = 0; row < rows; row++) placeRow(network, room, row, images, label, row);
  room.epsilon.set(epsilon);
  return { network, room };
}

/** The largest difference in each of the parts, as a share of the part's largest number. */
function worstShare(came, expected, sizes) {
  let [worst, at] = [0, 0];
  for (const size of sizes) {
    let [difference, largest] = [0, 0];
    for (let k = at; k < at + size; k++) {
      difference = Math.max(difference, Math.abs(came[k] - expected[k]));
      largest = Math.max(largest, Math.abs(expected[k]));
    }
    worst = Math.max(worst, largest ? difference / largest : difference);
    at += size;
  }
  assert.equal(at, came.length);
  return worst;
}

let worst = 0;
for (const each of reference.gradients) {
  test(`${each.name}: costs and the gradients of every parameter are autograd's`, () => {
    const { network, room } = prepared(each, each.label.length);
    const terms = {};
    costGradients(network, room, each.label.length, each.settings, each.settings.beta, terms);
    assert.ok(Math.abs(terms.reconstruction - each.reconstruction) <= 1e-6 * Math.abs(each.reconstruction));
    assert.ok(Math.abs(terms.kl - each.kl) <= 1e-6 * Math.max(each.kl, 1));
    const share = worstShare(exportWeights(network, network.gradients), doubles(each.gradients), each.sizes);
    worst = Math.max(worst, share);
    assert.ok(share < 1e-5, `${share}`);
  });
}

test("the gradients' worst error is said", (t) => {
  t.diagnostic(`worst gradient error, as a share of its parameter's largest: ${worst.toExponential(1)}`);
  assert.ok(worst > 0);
});

for (const each of reference.courses) {
  test(`${each.name}: ${each.terms.length} steps are those of torch.optim.Adam and the book's objective`, (t) => {
    const run = runOf(each.settings);
    assert.equal(run.step(each.terms.length), each.terms.length);
    let difference = 0;
    each.terms.forEach(([reconstruction, kl], step) => {
      difference = Math.max(difference, Math.abs(run.history.reconstruction.values[step] - reconstruction));
      const came = run.history.kl.values[step];
      if (each.settings.noise) difference = Math.max(difference, Math.abs(came - kl));
      else assert.ok(Number.isNaN(came));
    });
    t.diagnostic(`${each.name}: worst difference of a loss ${difference.toExponential(1)} nats`);
    assert.ok(difference < 1e-3, `${difference}`);
  });
}

for (const each of reference.theory) {
  const { likelihood } = each.settings;
  const name = likelihood + (each.shape.classes ? ", told" : "");
  test(`${name}: a latent's information is that of PyTorch's Jacobian`, () => {
    const { network, room } = prepared(each, each.z.length);
    room.mu.set(each.z.flat());
    const informations = new Float64Array(room.mu.length);
    rowInformations(network, room, each.z.length, each.settings, informations);
    assert.ok(worstShare(informations, each.informations.flat(), [informations.length]) < 1e-6);
  });
}

test("σ rests where PyTorch's optimiser leaves it, for every β", () => {
  for (const [beta, information, sigma] of reference.settled) {
    assert.ok(Math.abs(restingSigma(information, beta) - sigma) < 1e-6, `β = ${beta}, I = ${information}`);
  }
});

test("first weights and normal numbers are those that Python draws", () => {
  const { seed, normal, weights } = reference.draws;
  const draw = normalDraws(uniformDraws(seed));
  for (const each of normal) assert.ok(Math.abs(draw() - each) < 1e-12);
  const shape = { pixels: 196, hidden: 64, latents: 2, classes: 0 };
  const came = firstWeights(layerShapes(shape), uniformDraws(seed));
  assert.deepEqual(Array.from(came.subarray(0, weights.length)), weights);
  assert.deepEqual(Array.from(runOf({ seed }).weights()), Array.from(came));
});
