// Relaxed draws among three classes, and what they say of a gradient. It knows no element.
import { uniformDraws } from "../kit/draws.mjs";

const HEIGHT = Math.sqrt(3) / 2; // Of the triangle whose corners are the classes.

/** `count` triples of standard Gumbel noise that are the same on every machine. */
export function gumbelDraws(count, seed) {
  const uniform = uniformDraws(seed);
  return Array.from({ length: count }, () => Array.from({ length: 3 }, () => -Math.log(-Math.log(uniform()))));
}

/** Numbers that add up to one, in the proportions of e to the power of each. */
export function softmax(logits) {
  const most = Math.max(...logits);
  const powers = logits.map((each) => Math.exp(each - most));
  const total = powers.reduce((sum, each) => sum + each, 0);
  return powers.map((each) => each / total);
}

/** The number of the largest. */
export function largestOf(values) {
  return values.indexOf(Math.max(...values));
}

/** One point of the simplex: the softmax of (logits + noise) / temperature, or its limit at 0, a corner. */
export function relaxed(logits, noise, temperature) {
  const scores = logits.map((each, k) => each + noise[k]);
  if (temperature > 0) return softmax(scores.map((each) => each / temperature));
  const winner = largestOf(scores);
  return scores.map((_, k) => (k === winner ? 1 : 0));
}

/**
 * {probabilities, points, winners, won, mean, gradient}: the relaxed draws, the class that each of them wins for and how
 * often each class won, their mean, and the gradient of P(class 1) in its logit: {exact, mean, deviation} of the draws.
 */
export function relaxedDraws(logits, noise, temperature) {
  const probabilities = softmax(logits);
  const points = noise.map((each) => relaxed(logits, each, temperature));
  const winners = noise.map((each) => largestOf(logits.map((a, k) => a + each[k])));
  const won = [0, 1, 2].map((k) => winners.filter((each) => each === k).length);
  const mean = [0, 1, 2].map((k) => points.reduce((sum, point) => sum + point[k], 0) / points.length);
  const slopes = points.map(([share]) => (temperature > 0 ? (share * (1 - share)) / temperature : 0));
  const slope = slopes.reduce((sum, each) => sum + each, 0) / slopes.length;
  const squares = slopes.reduce((sum, each) => sum + (each - slope) ** 2, 0);
  const deviation = Math.sqrt(squares / (slopes.length - 1));
  const exact = probabilities[0] * (1 - probabilities[0]);
  return { probabilities, points, winners, won, mean, gradient: { exact, mean: slope, deviation } };
}

/** Where three shares stand in the triangle: class 1 at (0, 0), class 2 at (1, 0), class 3 above them. */
export function toTriangle([, second, third]) {
  return [second + third / 2, third * HEIGHT];
}

/** The logits, of mean 0 and within `bound`, whose probabilities stand nearest to a point of the plane. */
export function logitsAt([x, y], bound) {
  const third = y / HEIGHT;
  const second = x - third / 2;
  const shares = [1 - second - third, second, third].map((each) => Math.max(each, 0.004));
  const logs = shares.map(Math.log);
  const middle = (logs[0] + logs[1] + logs[2]) / 3;
  return logs.map((each) => Math.round(100 * Math.min(Math.max(each - middle, -bound), bound)) / 100 + 0);
}
