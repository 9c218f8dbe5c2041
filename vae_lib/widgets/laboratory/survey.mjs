// Measures a run in small parts between its steps, so that no frame waits for hundreds of digits. It knows no element.
import { createNetwork, createRoom } from "./network.mjs";
import { createGauge, measureSet } from "./measures.mjs";
import { restingSigma } from "./theory.mjs";

const PART = 32; // Digits in one part.

/** Surveys of a run's digits {set, chosen, epsilon}: {start, work, busy}. */
export function createSurvey(run, { set, chosen, epsilon }) {
  const { latents } = run.shape;
  const network = createNetwork(run.shape);
  const room = createRoom(run.shape, PART);
  const gauge = createGauge(run.shape, PART);
  const [mu, sigma] = [new Float32Array(chosen.length * latents), new Float32Array(chosen.length * latents)];
  let [at, under, parts] = [0, null, []];
  const take = () => {
    const some = chosen.subarray(at, at + PART);
    const { settings, beta } = under;
    const noise = epsilon.subarray(at * latents);
    const part = measureSet(network, room, gauge, set, some, noise, settings, beta, true);
    mu.set(part.mu, at * latents);
    sigma.set(part.sigma, at * latents);
    parts.push(part);
    at += some.length;
  };
  return {
    get busy() {
      return under !== null;
    },
    /** Begins with the weights and settings of this moment: all parts are measured of them. */
    start() {
      network.weights.set(run.network.weights);
      [at, parts, under] = [0, [], { step: run.taken, beta: run.beta, settings: { ...run.settings } }];
    },
    /** Measures one part, or all that are left; gives back the whole measurement once it is complete, else null. */
    work(whole = false) {
      do take();
      while (whole && at < chosen.length);
      if (at < chosen.length) return null;
      const found = { ...under, ...joined(parts, under.beta, mu, latents), mu, sigma };
      under = null;
      return found;
    },
  };
}

/** The measurement that its parts make: means over all digits. */
function joined(parts, beta, mu, latents) {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const mean = (of) =>
    parts.some((part) => of(part) === null)
      ? null
      : parts.reduce((sum, part) => sum + part.count * of(part), 0) / count;
  return {
    count,
    reconstruction: mean((part) => part.reconstruction),
    kl: mean((part) => part.kl),
    negativeElbo: mean((part) => part.negativeElbo),
    silent: parts.every((part) => part.silent) ? parts[0].silent : null,
    latents: Array.from({ length: latents }, (_, j) => {
      const noise = mean((part) => part.latents[j].sigma);
      const spread = spreadOfMeans(mu, latents, j, count);
      // σ² at rest is β / (β + I): back to the information I, which is what has a mean over digits.
      const told = mean(({ latents: each }) =>
        each[j].predicted === null ? null : beta / each[j].predicted ** 2 - beta,
      );
      return {
        sigma: noise,
        spread,
        ratio: noise !== null && spread ? noise / spread : null,
        kl: mean((part) => part.latents[j].kl),
        predicted: told === null ? null : restingSigma(told, beta),
      };
    }),
  };
}

/** The standard deviation of latent j's means, or null for a single digit. */
function spreadOfMeans(mu, latents, j, count) {
  if (count < 2) return null;
  let [sum, squares] = [0, 0];
  for (let k = j; k < count * latents; k += latents) sum += mu[k];
  for (let k = j; k < count * latents; k += latents) squares += (mu[k] - sum / count) ** 2;
  return Math.sqrt(squares / (count - 1));
}
