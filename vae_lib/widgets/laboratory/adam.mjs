// Adam, exactly as torch.optim.Adam takes its steps. It knows no network: it moves parts of one array of weights.

/** What Adam remembers of so many weights that are moved in `parts` parts: its two means, and each part's steps. */
export function createAdam(count, parts, { beta1, beta2, epsilon }) {
  const [first, second] = [new Float64Array(count), new Float64Array(count)];
  return { beta1, beta2, epsilon, first, second, taken: new Float64Array(parts) };
}

/**
 * Moves the weights from `from` to `to`, the part of that number, against their gradients. True where all of them are
 * finite afterwards. A part that is left out rests and its steps are not counted, as parameters without a gradient do.
 */
export function adamStep(adam, part, weights, gradients, from, to, learningRate) {
  const { beta1, beta2, epsilon, first, second, taken } = adam;
  const steps = ++taken[part];
  const rate = learningRate / (1 - beta1 ** steps);
  const root = Math.sqrt(1 - beta2 ** steps);
  let broken = 0;
  for (let k = from; k < to; k++) {
    const g = gradients[k];
    const m = first[k] + (1 - beta1) * (g - first[k]);
    const v = beta2 * second[k] + (1 - beta2) * g * g;
    first[k] = m;
    second[k] = v;
    weights[k] -= (rate * m) / (Math.sqrt(v) / root + epsilon);
    // Zero for a number, NaN for what is none and for infinity: no branch for each weight.
    broken += weights[k] * 0;
  }
  return broken === 0;
}
