// What a network makes of a set of digits: costs, codes, each latent's noise and signal. It knows no training.
import { decodeRows, encodeRows, klCost, placeRow, reconstructionCost, sampleRows } from "./network.mjs";
import { latentKl } from "./arithmetic.mjs";
import { restingSigma, rowInformations } from "./theory.mjs";

/** A latent tells digits apart where the variance of its mean is above this: Burda et al. (2016), section 5. */
const ACTIVE_VARIANCE = 0.01;

/** Room for measurements of up to `count` digits through a network's room of `room.rows` rows. */
export function createGauge({ latents }, count) {
  const numbers = () => new Float32Array(count * latents);
  return { mu: numbers(), sigma: numbers(), logVar: numbers(), told: numbers() };
}

/** Calls `visit(rows, done)` for the digits `chosen` of a set, as many rows at a time as the room takes. */
function inParts(network, room, { images, labels }, chosen, visit) {
  for (let done = 0; done < chosen.length; done += room.rows) {
    const rows = Math.min(room.rows, chosen.length - done);
    for (let row = 0; row < rows; row++) placeRow(network, room, row, images, labels, chosen[done + row]);
    encodeRows(network, room, rows);
    visit(rows, done);
  }
}

/** Writes μ, σ and log σ² of the digits `chosen` into the gauge, row after row. */
export function measureCodes(network, room, gauge, set, chosen) {
  const { latents } = network;
  inParts(network, room, set, chosen, (rows, done) => keepCodes(gauge, room, rows * latents, done * latents));
}

function keepCodes(gauge, { mu, logVar }, count, to) {
  for (let k = 0; k < count; k++) {
    gauge.mu[to + k] = mu[k];
    gauge.logVar[to + k] = logVar[k];
    gauge.sigma[to + k] = Math.exp(logVar[k] / 2);
  }
}

/**
 * {count, reconstruction, kl, negativeElbo, latents, silent, mu, sigma} of the digits `chosen` of a set.
 *
 * Costs are means in nats, by one sample of z for each digit, made with the given `epsilon`; without noise z = μ, and
 * `kl` and `negativeElbo` are null, since no KL is meant. `latents` has for each latent {sigma, spread, ratio, kl,
 * active, predicted}: its mean noise, the deviation of its means, noise to signal, its part of the KL, whether it tells
 * digits apart, and, where `theory` is asked for, the σ at which theory has it rest (`restingSigma` of the mean
 * information). `silent` is "encoder" or "decoder" where no hidden unit of that network answers to any of the digits,
 * and else null. What is not defined is null: a spread of one digit, a ratio to none, σ without noise, its rest with
 * β = 0.
 * mu and sigma, `count` × `latents` numbers, are the gauge's own room: read them before the next measurement.
 */
export function measureSet(network, room, gauge, set, chosen, epsilon, settings, beta, theory) {
  const { latents } = network;
  const predicts = theory && settings.noise && beta > 0;
  let [reconstruction, kl] = [0, 0];
  let [encoder, decoder] = [false, false];
  inParts(network, room, set, chosen, (rows, done) => {
    keepCodes(gauge, room, rows * latents, done * latents);
    for (let k = 0; k < rows * latents; k++) room.epsilon[k] = epsilon[done * latents + k];
    sampleRows(network, room, rows, settings.noise);
    decodeRows(network, room, rows);
    reconstruction += reconstructionCost(network, room, rows, settings);
    kl += klCost(network, room, rows);
    encoder ||= answers(room.h, rows * network.hidden);
    decoder ||= answers(room.k, rows * network.hidden);
    if (predicts) rowInformations(network, room, rows, settings, gauge.told.subarray(done * latents));
  });
  const count = chosen.length;
  const { noise } = settings;
  const ranks = Array.from({ length: latents }, (_, j) => j);
  return {
    count,
    reconstruction: reconstruction / count,
    kl: noise ? kl / count : null,
    negativeElbo: noise ? (reconstruction + kl) / count : null,
    latents: ranks.map((j) => latentOf(gauge, latents, j, count, noise, predicts ? beta : null)),
    silent: count === 0 || (encoder && decoder) ? null : encoder ? "decoder" : "encoder",
    mu: gauge.mu.subarray(0, count * latents),
    sigma: gauge.sigma.subarray(0, count * latents),
  };
}

/** Whether any of the first `count` hidden numbers is alive. */
function answers(hidden, count) {
  for (let k = 0; k < count; k++) if (hidden[k] > 0) return true;
  return false;
}

/** What latent j is, of the gauge's first `count` digits. */
function latentOf({ mu, sigma, logVar, told }, latents, j, count, noise, beta) {
  const mean = (of) => {
    let sum = 0;
    for (let k = j; k < count * latents; k += latents) sum += of(k);
    return sum / count;
  };
  const centre = mean((k) => mu[k]);
  const variance = count > 1 ? (mean((k) => (mu[k] - centre) ** 2) * count) / (count - 1) : null;
  const spread = variance === null ? null : Math.sqrt(variance);
  const noiseOf = noise ? mean((k) => sigma[k]) : null;
  return {
    sigma: noiseOf,
    spread,
    ratio: noise && spread ? noiseOf / spread : null,
    kl: noise ? mean((k) => latentKl(mu[k], logVar[k])) : null,
    active: variance === null ? null : variance > ACTIVE_VARIANCE,
    predicted: beta === null ? null : restingSigma(mean((k) => told[k]), beta),
  };
}

/**
 * How many of the numbers of latent j lie in each of `bins` equal parts of log₁₀ from `least` to `most`; what lies
 * beyond counts in the part at that end. `sigma` is a measurement's.
 */
export function noiseHistogram(sigma, latents, j, { least, most, bins }) {
  const counts = new Array(bins).fill(0);
  for (let k = j; k < sigma.length; k += latents) {
    const place = ((Math.log10(sigma[k]) - least) / (most - least)) * bins;
    counts[Math.min(Math.max(Math.floor(place), 0), bins - 1)]++;
  }
  return counts;
}
