// Dense layers over many rows, forwards and backwards, and what a row's pixels cost. It knows no model and no training.
//
// A layer is {inputs, outputs, weight, bias, weightGradient, biasGradient}; its weight holds a row of `outputs` numbers
// for each input, so that an input that is zero (paper in a picture, a unit that a ReLU has cut off) is passed over.
// Four rows are added at a time: a sum in memory is then read and written once for four products. `places` is room for
// as many whole numbers as a layer has inputs or a batch has rows, whichever is more.

/** y = x W + b for each row of x. */
export function layerForward({ inputs, outputs, weight, bias }, x, y, rows, places) {
  for (let row = 0; row < rows; row++) {
    const to = row * outputs;
    const from = row * inputs;
    let some = 0;
    for (let i = 0; i < inputs; i++) if (x[from + i] !== 0) places[some++] = i;
    for (let j = 0; j < outputs; j++) y[to + j] = bias[j];
    let k = 0;
    for (; k + 3 < some; k += 4) {
      const x0 = x[from + places[k]];
      const x1 = x[from + places[k + 1]];
      const x2 = x[from + places[k + 2]];
      const x3 = x[from + places[k + 3]];
      const a = places[k] * outputs;
      const b = places[k + 1] * outputs;
      const c = places[k + 2] * outputs;
      const d = places[k + 3] * outputs;
      for (let j = 0; j < outputs; j++) {
        y[to + j] += x0 * weight[a + j] + x1 * weight[b + j] + x2 * weight[c + j] + x3 * weight[d + j];
      }
    }
    for (; k < some; k++) {
      const xk = x[from + places[k]];
      const a = places[k] * outputs;
      for (let j = 0; j < outputs; j++) y[to + j] += xk * weight[a + j];
    }
  }
}

/** The gradients of the layer's own numbers, summed over the rows, from those of its output. */
export function layerGradients({ inputs, outputs, weightGradient, biasGradient }, x, yGradient, rows, places) {
  biasGradient.fill(0);
  for (let row = 0, k = 0; row < rows; row++) for (let j = 0; j < outputs; j++) biasGradient[j] += yGradient[k++];
  weightGradient.fill(0);
  for (let i = 0; i < inputs; i++) {
    const to = i * outputs;
    let some = 0;
    for (let row = 0, at = i; row < rows; row++, at += inputs) if (x[at] !== 0) places[some++] = row;
    let k = 0;
    for (; k + 3 < some; k += 4) {
      const x0 = x[places[k] * inputs + i];
      const x1 = x[places[k + 1] * inputs + i];
      const x2 = x[places[k + 2] * inputs + i];
      const x3 = x[places[k + 3] * inputs + i];
      const a = places[k] * outputs;
      const b = places[k + 1] * outputs;
      const c = places[k + 2] * outputs;
      const d = places[k + 3] * outputs;
      for (let j = 0; j < outputs; j++) {
        weightGradient[to + j] +=
          x0 * yGradient[a + j] + x1 * yGradient[b + j] + x2 * yGradient[c + j] + x3 * yGradient[d + j];
      }
    }
    for (; k < some; k++) {
      const xk = x[places[k] * inputs + i];
      const a = places[k] * outputs;
      for (let j = 0; j < outputs; j++) weightGradient[to + j] += xk * yGradient[a + j];
    }
  }
}

/**
 * The gradient of the first `first` inputs of each row, added to what xGradient holds. Where `live` is given it is the
 * ReLU's output that the layer took: a unit it has cut off has no gradient, and none is computed.
 */
export function layerBackward({ inputs, outputs, weight }, yGradient, xGradient, rows, places, first, live) {
  for (let row = 0; row < rows; row++) {
    const from = row * outputs;
    const to = row * first;
    let some = 0;
    for (let i = 0; i < first; i++) if (live === null || live[row * inputs + i] > 0) places[some++] = i;
    let k = 0;
    for (; k + 3 < some; k += 4) {
      let a = places[k] * outputs;
      let b = places[k + 1] * outputs;
      let c = places[k + 2] * outputs;
      let d = places[k + 3] * outputs;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let j = from; j < from + outputs; j++) {
        const g = yGradient[j];
        s0 += weight[a++] * g;
        s1 += weight[b++] * g;
        s2 += weight[c++] * g;
        s3 += weight[d++] * g;
      }
      xGradient[to + places[k]] += s0;
      xGradient[to + places[k + 1]] += s1;
      xGradient[to + places[k + 2]] += s2;
      xGradient[to + places[k + 3]] += s3;
    }
    for (; k < some; k++) {
      let a = places[k] * outputs;
      let sum = 0;
      for (let j = from; j < from + outputs; j++) sum += weight[a++] * yGradient[j];
      xGradient[to + places[k]] += sum;
    }
  }
}

/** max(y, 0) in place, for the first `count` numbers. NaN stays NaN, so that nothing hides a training that broke. */
export function relu(y, count) {
  for (let k = 0; k < count; k++) if (y[k] < 0) y[k] = 0;
}

/**
 * −log p(x|z) of Bernoulli pixels given by their logits, in nats, summed over all rows. A row of x is `stride` numbers
 * of which the first `pixels` count. Where `gradient` is given it becomes `scale` (p − x).
 */
export function bernoulliCost(x, stride, logits, pixels, rows, gradient, scale) {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    // log Π (1 + e^−|y|) is the sum of so many logarithms at the price of one; each factor is at most 2.
    let product = 1;
    for (let p = 0, k = row * pixels, i = row * stride; p < pixels; p++, k++, i++) {
      const y = logits[k];
      const tail = Math.exp(-Math.abs(y));
      product *= 1 + tail;
      sum += Math.max(y, 0) - y * x[i];
      if (gradient !== null) gradient[k] = scale * ((y > 0 ? 1 : tail) / (1 + tail) - x[i]);
    }
    sum += Math.log(product);
  }
  return sum;
}

/**
 * −log p(x|z) of Gaussian pixels of the given variance around `means`, in nats, summed over all rows; the rest as for
 * `bernoulliCost`, with the gradient `scale` (mean − x) / variance.
 */
export function gaussianCost(x, stride, means, pixels, rows, variance, gradient, scale) {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    for (let p = 0, k = row * pixels, i = row * stride; p < pixels; p++, k++, i++) {
      const off = means[k] - x[i];
      sum += off * off;
      if (gradient !== null) gradient[k] = (scale * off) / variance;
    }
  }
  return (sum / variance + rows * pixels * Math.log(2 * Math.PI * variance)) / 2;
}

/** KL(N(μ, σ²) ‖ N(0, 1)) of one number, in nats. */
export function latentKl(mu, logVar) {
  // expm1 keeps the digits that 1 + log σ² − σ² loses near the prior, where its terms cancel.
  return (mu * mu + Math.expm1(logVar) - logVar) / 2;
}
