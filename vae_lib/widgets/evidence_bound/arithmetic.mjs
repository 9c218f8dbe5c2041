// One model whose every number is known: z ~ N(0, 1), x ~ N(g(z), s²), and the ELBO of q = N(mu, sigma²), in nats.
//
// The decoder g folds the line, so that two codes can have made one x. It knows no picture. A state is {mu, sigma, x}. The Python side, __init__.py, computes the same.
import CONSTANTS from "./constants.json" with { type: "json" };

const VARIANCE = CONSTANTS.variance; // s².
const WHOLE = [-8, 8]; // The line of z, as far as prior and posterior have any probability.
const STEPS = 3200;
const REACH = 9; // Standard deviations of q on either side: beyond them lies less than 1e-18.
const NODES = 600;
const LOG_2PI = Math.log(2 * Math.PI);

/** What the decoder makes of z. */
export function folded(z) {
  return z * z + z / 2;
}

/** log p(x|z). */
export function logLikelihood(z, x) {
  return -0.5 * ((x - folded(z)) ** 2 / VARIANCE + Math.log(VARIANCE) + LOG_2PI);
}

/** log p(z), the standard normal. */
export function logPrior(z) {
  return -0.5 * (z * z + LOG_2PI);
}

/** log p(x), the integral of p(z) p(x|z) over z. */
export function logEvidence(x) {
  const step = (WHOLE[1] - WHOLE[0]) / STEPS;
  let sum = 0;
  // The first and the last of the heights are nothing beside the others: no half weights.
  for (let i = 0; i <= STEPS; i++) {
    const z = WHOLE[0] + i * step;
    sum += Math.exp(logPrior(z) + logLikelihood(z, x));
  }
  return Math.log(sum * step);
}

/** The mean of f(z, epsilon) for z = mu + sigma epsilon under q. */
function meanUnder(mu, sigma, f) {
  const step = (2 * REACH) / NODES;
  let sum = 0;
  for (let i = 0; i <= NODES; i++) {
    const epsilon = -REACH + i * step;
    sum += Math.exp(logPrior(epsilon)) * f(mu + sigma * epsilon, epsilon);
  }
  return sum * step;
}

/**
 * {evidence, reconstruction, kl, bound, gap}: log p(x); the two terms of the ELBO and the ELBO; and KL(q ‖ p(z|x)) by an
 * integral of its own, so that bound + gap = evidence is a truth and not a definition.
 */
export function boundParts({ mu, sigma, x }, evidence = logEvidence(x)) {
  const reconstruction = meanUnder(mu, sigma, (z) => logLikelihood(z, x));
  const kl = 0.5 * (mu * mu + sigma * sigma - 1) - Math.log(sigma);
  const gap = meanUnder(mu, sigma, (z, epsilon) => {
    const logQ = logPrior(epsilon) - Math.log(sigma);
    return logQ - (logPrior(z) + logLikelihood(z, x) - evidence);
  });
  return { evidence, reconstruction, kl, bound: reconstruction - kl, gap };
}

/** The ELBO's derivatives with respect to mu and log sigma, along the path z = mu + sigma epsilon. */
export function boundSlopes({ mu, sigma, x }) {
  const slope = (z) => ((x - folded(z)) * (2 * z + 0.5)) / VARIANCE - z;
  return [
    meanUnder(mu, sigma, (z) => slope(z)),
    sigma * meanUnder(mu, sigma, (z, epsilon) => slope(z) * epsilon) + 1,
  ];
}

/** How far from level the ground is where q stands: the slopes in units of q's own width. */
export function steepness(state) {
  const [forMu, forLogSigma] = boundSlopes(state);
  return Math.hypot(state.sigma * forMu, forLogSigma / 2);
}

/**
 * q after a step uphill along the natural gradient, which weighs the slopes by the shape of q. The step is halved until
 * the ELBO has not fallen; mu and sigma stay within `limits`, {mu: [low, high], sigma: [low, high]}.
 */
export function climbed(state, time, limits) {
  const { mu, sigma, x } = state;
  const [forMu, forLogSigma] = boundSlopes(state);
  const before = elboOf(state);
  for (let length = time; length > time / 1e6; length /= 2) {
    const across = within([-0.5 * sigma, 0.5 * sigma], length * sigma * sigma * forMu);
    const wider = within([-0.2, 0.2], (length * forLogSigma) / 2);
    const next = { mu: within(limits.mu, mu + across), sigma: within(limits.sigma, sigma * Math.exp(wider)), x };
    if (elboOf(next) >= before) return next;
  }
  return state;
}

function elboOf({ mu, sigma, x }) {
  return boundParts({ mu, sigma, x }, 0).bound;
}

function within([low, high], value) {
  return Math.min(Math.max(value, low), high);
}
