// Reads the bubbles that __init__.py packed, and counts among them. It knows no colour and no element.
import CONSTANTS from "./constants.json" with { type: "json" };
import { byteReader } from "../kit/payload.mjs";

/**
 * {betas, steps, digits, labels, images, mu, logVar, curves}. `mu` and `logVar` hold pairs by β, step and digit;
 * `curves` a Float32Array by β and step for each name; `images` the digits' pixels one after the other.
 */
export function readRecording(header, buffer) {
  if (header?.format !== CONSTANTS.format) {
    const [came, read] = [header?.format, CONSTANTS.format];
    throw new Error(`its recording has the format ${came}, this script reads ${read}; build the book anew`);
  }
  const { betas, steps, digits, image } = header;
  const frames = betas.length * steps.length;
  const reader = byteReader(buffer);
  const mu = reader.halves(2 * frames * digits);
  const logVar = reader.halves(2 * frames * digits);
  const curves = Object.fromEntries(header.curves.map((name) => [name, reader.floats(frames)]));
  const labels = reader.take(digits);
  const images = reader.take(digits * image[0] * image[1]);
  reader.end();
  return { betas, steps, digits, image, labels, images, mu, logVar, curves };
}

/** The bubbles of one β at one step, both by their place in the list: pairs {mu, sigma}. */
export function bubblesAt({ steps, digits, mu, logVar }, beta, step) {
  const from = 2 * digits * (beta * steps.length + step);
  const part = (array) => array.subarray(from, from + 2 * digits);
  return { mu: part(mu), sigma: part(logVar).map((each) => Math.exp(0.5 * each)) };
}

/** What the named curves say at that frame, by name. */
export function valuesAt({ steps, curves }, beta, step) {
  const at = beta * steps.length + step;
  return Object.fromEntries(Object.entries(curves).map(([name, values]) => [name, values[at]]));
}

/** One curve of one β over all steps. */
export function curveOf({ steps, curves }, name, beta) {
  return curves[name].subarray(beta * steps.length, (beta + 1) * steps.length);
}

/** The centres one digit had under that β up to that step, as points. */
export function pathOf({ steps, digits, mu }, beta, step, digit) {
  return Array.from({ length: step + 1 }, (_, k) => {
    const at = 2 * (digits * (beta * steps.length + k) + digit);
    return [mu[at], mu[at + 1]];
  });
}

/** KL(N(μ, diag σ²) ‖ N(0, I)) of one bubble, in nats. */
export function bubbleKl({ mu, sigma }, digit) {
  const term = (k) => 0.5 * (mu[k] ** 2 + sigma[k] ** 2 - 1) - Math.log(sigma[k]);
  return term(2 * digit) + term(2 * digit + 1);
}

/** The digit whose centre lies nearest to z. */
export function nearestBubble({ mu }, [z1, z2]) {
  let [best, least] = [0, Infinity];
  for (let i = 0; 2 * i < mu.length; i++) {
    const distance = (mu[2 * i] - z1) ** 2 + (mu[2 * i + 1] - z2) ** 2;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

/** How many centres lie farther out than `half` in either direction. */
export function countOutside({ mu }, half) {
  let count = 0;
  for (let i = 0; i < mu.length; i += 2) if (Math.abs(mu[i]) > half || Math.abs(mu[i + 1]) > half) count++;
  return count;
}

/** Half the side of a square around 0 that holds every centre the digits ever had under that β; a round number. */
export function reachOf({ steps, digits, mu }, beta, least) {
  const length = 2 * digits * steps.length;
  const most = mu.subarray(beta * length, (beta + 1) * length).reduce((top, each) => Math.max(top, Math.abs(each)), 0);
  const wanted = 1.05 * most;
  if (wanted <= least) return least;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((times) => times * power >= wanted);
}
