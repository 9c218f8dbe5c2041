// What chance decides in a run, all from its seed: first weights, the order of the digits, noise. It knows no network.
//
// Each has a stream of its own, so that another β or another noise leaves the order of the digits as it was.
import { uniformDraws } from "../kit/draws.mjs";

/** A function that gives the next uniform number of one stream of a seed; `streams` names the streams. */
export function streamOf(seed, streams, name) {
  return uniformDraws((seed ^ streams[name]) >>> 0);
}

/** A function that gives the next standard normal number, by Box and Muller: both of a pair, one after the other. */
export function normalDraws(uniform) {
  let waiting = null;
  return () => {
    if (waiting !== null) {
      const number = waiting;
      waiting = null;
      return number;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    waiting = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** First weights by the law of torch.nn.Linear, uniform between ±1/√inputs, for layers in the model's order. */
export function firstWeights(shapes, uniform) {
  const numbers = [];
  for (const { inputs, outputs } of shapes) {
    const bound = 1 / Math.sqrt(inputs);
    for (let k = 0; k < (inputs + 1) * outputs; k++) numbers.push((2 * uniform() - 1) * bound);
  }
  return Float32Array.from(numbers);
}

/** Puts the numbers into a new order, each order as likely as any other (Fisher and Yates). */
export function shuffle(numbers, uniform) {
  for (let i = numbers.length - 1; i > 0; i--) {
    const other = Math.floor(uniform() * (i + 1));
    const number = numbers[i];
    numbers[i] = numbers[other];
    numbers[other] = number;
  }
}
