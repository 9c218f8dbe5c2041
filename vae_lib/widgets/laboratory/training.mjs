// A training that is taken step by step and changed on its way. It knows no page: who calls `step` keeps the time.
import CONSTANTS from "./constants.json" with { type: "json" };
import { History } from "./history.mjs";
import { adamStep, createAdam } from "./adam.mjs";
import { brokenTerm } from "./faults.mjs";
import { chosenDigits } from "./digits.mjs";
import { costGradients, createNetwork, createRoom, decodeRows, encodeRows } from "./network.mjs";
import { createGauge, measureCodes, measureSet } from "./measures.mjs";
import { exportWeights, importWeights, layerShapes, placeLabel, placeRow } from "./network.mjs";
import { firstWeights, normalDraws, shuffle, streamOf } from "./randomness.mjs";

/** Where the log variance stands among the network's layers. Without noise it has no gradient, and rests. */
const LOG_VARIANCE = 2;

/**
 * A run over `digits` (of `readDigits`) with settings that `checkSettings` passed. It starts from `weights` in the
 * model's order, or else from those of its seed.
 *
 * `settings` are its own; `change` those that are live. `taken` steps it has gone, `epoch` and `stepsPerEpoch` say how
 * far that is; `beta` weighs the KL of the next step. `history` is its course. `fault` is null, or what broke and when
 * (`faultWords` says it); then the weights are the last ones that did not, and it takes no more steps.
 * Another seed or another setting is another run. A step allocates nothing.
 */
export class Run {
  constructor(settings, digits, weights = null) {
    const { hidden, latents, told, seed } = settings;
    const { streams, adam } = CONSTANTS;
    this.settings = { ...settings };
    this.digits = digits;
    this.shape = { pixels: digits.pixels, hidden, latents, classes: told ? digits.classes : 0 };
    this.order = chosenDigits(digits.training, settings.digits, settings.count);
    if (this.order.length === 0) throw new Error(`there is no digit to train on among ${settings.digits.join(", ")}`);
    // As in the book's loop, an epoch leaves out a last batch that is not full.
    this.batch = Math.min(settings.batch, this.order.length);
    this.stepsPerEpoch = Math.floor(this.order.length / this.batch);
    this.network = createNetwork(this.shape);
    this.room = createRoom(this.shape, Math.max(this.batch, 64));
    importWeights(this.network, weights ?? firstWeights(layerShapes(this.shape), streamOf(seed, streams, "weights")));
    this.before = this.network.weights.slice();
    this.adam = createAdam(this.before.length, this.network.layers.length, adam);
    this.orderDraws = streamOf(seed, streams, "order");
    this.noiseDraws = normalDraws(streamOf(seed, streams, "noise"));
    this.terms = { reconstruction: 0, kl: 0 };
    this.taken = 0;
    this.fault = null;
    this.history = new History();
    this.prepareMeasures(normalDraws(streamOf(seed, streams, "evaluation")));
  }

  /** What is measured: as many training digits as there are held-out ones, each with noise of its own for good. */
  prepareMeasures(draws) {
    const { digits, settings, shape } = this;
    const heldOut = chosenDigits(digits.heldOut, settings.digits);
    const training = this.order.slice(0, Math.max(heldOut.length, 1));
    const gauge = () => createGauge(shape, Math.max(heldOut.length, training.length));
    const noise = (count) => Float32Array.from({ length: count * shape.latents }, draws);
    this.measured = {
      heldOut: { set: digits.heldOut, chosen: heldOut, epsilon: noise(heldOut.length), gauge: gauge() },
      training: { set: digits.training, chosen: training, epsilon: noise(training.length), gauge: gauge() },
    };
  }

  get epoch() {
    return Math.floor(this.taken / this.stepsPerEpoch);
  }

  /** The weight of the KL in the next step: β, or a part of it on its way up from 0. */
  get beta() {
    const { beta, warmUp } = this.settings;
    return warmUp > 0 ? beta * Math.min(1, this.taken / warmUp) : beta;
  }

  /** Takes on other values of beta, noise, learningRate, variance or warmUp, from the next step on. */
  change(some) {
    Object.assign(this.settings, some);
  }

  /** Takes up to n steps, fewer where one breaks, and gives back how many. */
  step(n = 1) {
    const { terms, history } = this;
    for (let done = 0; done < n; done++) {
      if (this.fault) return done;
      this.takeBatch();
      const beta = this.beta;
      costGradients(this.network, this.room, this.batch, this.settings, beta, terms);
      const broken = brokenTerm(terms, this.shape.pixels, this.settings) ?? this.move();
      if (broken) return this.stop(broken) ?? done;
      history.add(terms.reconstruction, this.settings.noise ? terms.kl : NaN, beta);
      this.taken++;
    }
    return n;
  }

  /** The next digits of the epoch's order into the room, and noise for them. */
  takeBatch() {
    const { network, room, batch, order } = this;
    const at = (this.taken % this.stepsPerEpoch) * batch;
    if (at === 0) shuffle(order, this.orderDraws);
    const { images, labels } = this.digits.training;
    for (let row = 0; row < batch; row++) placeRow(network, room, row, images, labels, order[at + row]);
    // Drawn where it is not used, too: without noise for a while, the rest of a run's chance stays as it was.
    for (let k = 0; k < batch * network.latents; k++) room.epsilon[k] = this.noiseDraws();
  }

  /** Adam's step, or what broke in it. */
  move() {
    const { adam, before, settings } = this;
    const { weights, gradients, layers } = this.network;
    before.set(weights);
    for (let part = 0; part < layers.length; part++) {
      if (part === LOG_VARIANCE && !settings.noise) continue;
      const { from, to, name } = layers[part];
      if (!adamStep(adam, part, weights, gradients, from, to, settings.learningRate)) {
        return { term: name, value: weights.subarray(from, to).find((each) => !Number.isFinite(each)) };
      }
    }
    return null;
  }

  /** Ends the run, with the last weights whose cost was good. */
  stop({ term, value }) {
    this.fault = { step: this.taken + 1, term, value, learningRate: this.settings.learningRate };
    this.network.weights.set(this.before);
  }

  /**
   * {step, heldOut, training, approximate}: what `measureSet` says of the held-out digits and, where `training` is
   * asked for, of training digits; with `theory` also where σ comes to rest. These decoders bend, so that it is nowhere
   * exact; `approximate` is true where the likelihood bends as well, with Bernoulli pixels.
   */
  evaluate({ training = true, theory = true } = {}) {
    const measure = ({ set, chosen, epsilon, gauge }) =>
      measureSet(this.network, this.room, gauge, set, chosen, epsilon, this.settings, this.beta, theory);
    const heldOut = measure(this.measured.heldOut);
    this.history.hold(this.taken, heldOut);
    return {
      step: this.taken,
      heldOut,
      training: training ? measure(this.measured.training) : null,
      approximate: this.settings.likelihood === "bernoulli",
    };
  }

  /**
   * {mu, sigma} of the held-out digits, row after row, without costs. The room is kept: read it before the next call.
   * Here and in `encode` σ is what the network gives, which nothing trains while there is no noise.
   */
  codes() {
    const { set, chosen, gauge } = this.measured.heldOut;
    measureCodes(this.network, this.room, gauge, set, chosen);
    const count = chosen.length * this.shape.latents;
    return { mu: gauge.mu.subarray(0, count), sigma: gauge.sigma.subarray(0, count) };
  }

  /** The numbers of the held-out digits that are measured, in the order of their codes. */
  get heldOut() {
    return this.measured.heldOut.chosen;
  }

  /** {mu, sigma} of one picture, with its label where the networks are told it: arrays of `latents` numbers. */
  encode(image, label = null) {
    const { network, room } = this;
    this.expectLabel(label);
    placeRow(network, room, 0, image, [label], 0);
    encodeRows(network, room, 1);
    const latents = Array.from({ length: network.latents }, (_, j) => j);
    return { mu: latents.map((j) => room.mu[j]), sigma: latents.map((j) => Math.exp(room.logVar[j] / 2)) };
  }

  /** The picture at z, a number for each pixel: a probability, or a Gaussian pixel's mean, which may leave [0, 1]. */
  decode(z, label = null) {
    const { network, room } = this;
    this.expectLabel(label);
    if (network.classes) placeLabel(network, room, 0, label);
    for (let j = 0; j < network.latents; j++) room.z[j] = z[j];
    decodeRows(network, room, 1);
    const picture = room.y.slice(0, network.pixels);
    if (this.settings.likelihood === "gaussian") return picture;
    return picture.map((logit) => 1 / (1 + Math.exp(-logit)));
  }

  expectLabel(label) {
    const { classes } = this.network;
    if (classes && !(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new Error(`this network is told a label: expected one from 0 to ${classes - 1}, got ${label}`);
    }
  }

  /** All numbers of the network as one Float32Array in the order of its model's parameters() (exchange.py). */
  weights() {
    return exportWeights(this.network);
  }
}
