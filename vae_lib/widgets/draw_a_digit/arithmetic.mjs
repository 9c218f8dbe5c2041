// The encoder of a conditional VAE run forwards, and the ELBO under each label. It knows no element and no page.
import { activate } from "../kit/dense.mjs";
import { decodeLogits } from "../kit/conditional.mjs";
import { sparseAffine, sparseForward } from "../kit/sparse.mjs";

// Stand in for the integral over a two-dimensional standard normal: with equal weights these four points give the mean
// of every polynomial up to the third degree exactly.
const POINTS = [Math.SQRT2, -Math.SQRT2].flatMap((r) => [[r, 0], [0, r]]);

/** What the encoder's first layer makes of a picture, before it is told a label: the same for all of them. */
export function seen({ encoder: [first], classes }, x) {
  const input = new Float32Array(x.length + classes);
  input.set(x);
  return sparseAffine(first, input).slice();
}

/** q(z|x, y) = N(mu, exp(logVar)) of what was `seen` and a label: {mu, logVar, kl}, kl to N(0, I) in nats. */
export function encodeAs({ encoder, heads, classes }, h, label) {
  const [{ rows, inputs, outputs, activation, parameter }, ...others] = encoder;
  const told = (inputs - classes + label) * outputs;
  const first = h.map((value, row) => value + rows[told + row]);
  const out = sparseForward(others, activate(activation, parameter, first));
  const [mu, logVar] = heads.map((head) => [...sparseAffine(head, out)]);
  const kl = mu.reduce((sum, m, k) => sum + 0.5 * (m * m + Math.expm1(logVar[k]) - logVar[k]), 0);
  return { mu, logVar, kl };
}

/** log p(x|z, y) in nats: the pixels are independent and the logits their log odds of ink. */
export function logLikelihood(x, logits) {
  let sum = 0;
  for (let p = 0; p < x.length; p++) {
    const l = logits[p];
    sum += x[p] * l - Math.max(l, 0) - Math.log1p(Math.exp(-Math.abs(l)));
  }
  return sum;
}

/** z = μ + σ ⊙ ε. */
export function reparameterized({ mu, logVar }, epsilon) {
  return mu.map((m, k) => m + Math.exp(0.5 * logVar[k]) * epsilon[k]);
}

/** The ε that leads to z. */
export function noiseOf({ mu, logVar }, z) {
  return z.map((value, k) => (value - mu[k]) / Math.exp(0.5 * logVar[k]));
}

/**
 * The ELBO of x under every label, in nats: one {mu, logVar, kl, reconstruction, value} for each. Yields between two
 * decodings, so that the caller can leave the work for a while.
 */
export function* elbosInSteps(network, x) {
  const h = seen(network, x);
  const all = [];
  for (let label = 0; label < network.classes; label++) {
    const q = encodeAs(network, h, label);
    let reconstruction = 0;
    for (const epsilon of POINTS) {
      const logits = decodeLogits(network, reparameterized(q, epsilon), label);
      reconstruction += logLikelihood(x, logits) / POINTS.length;
      yield;
    }
    all.push({ ...q, reconstruction, value: reconstruction - q.kl });
  }
  return all;
}

/** p(y|x) by Bayes from equally probable labels, each ELBO standing in for log p(x|y). */
export function labelProbabilities(elbos) {
  const most = Math.max(...elbos.map(({ value }) => value));
  const weights = elbos.map(({ value }) => Math.exp(value - most));
  const total = weights.reduce((sum, each) => sum + each, 0);
  return weights.map((each) => each / total);
}

/** The share of held-out digits with a smaller value, from the `quantiles` at equal steps of probability, 0 to 1. */
export function shareBelow(quantiles, value) {
  const steps = quantiles.length - 1;
  if (value <= quantiles[0]) return 0;
  const k = quantiles.findIndex((each) => each >= value);
  if (k < 0) return 1;
  return (k - 1 + (value - quantiles[k - 1]) / (quantiles[k] - quantiles[k - 1])) / steps;
}
