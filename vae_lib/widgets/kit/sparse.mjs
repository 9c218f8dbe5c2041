// Dense layers run forwards where many inputs are zero: paper in a picture, units a ReLU has cut off. It knows no model.
import { activate } from "./dense.mjs";

/** A layer of `dense.mjs` with its weights turned over: one row of `outputs` numbers for each input. */
export function byInput({ inputs, outputs, weight, bias, activation, parameter, y }) {
  const rows = new Float32Array(inputs * outputs);
  for (let row = 0, k = 0; row < outputs; row++) {
    for (let i = 0; i < inputs; i++) rows[i * outputs + row] = weight[k++];
  }
  return { inputs, outputs, rows, bias, activation, parameter, y };
}

/** layer.y = W x + b, at the cost of the inputs that are not zero; four of them at a time, so that y is passed less. */
export function sparseAffine({ inputs, outputs, rows, bias, y }, x) {
  y.set(bias);
  const some = [];
  for (let i = 0; i < inputs; i++) if (x[i] !== 0) some.push(i);
  let k = 0;
  for (; k + 3 < some.length; k += 4) {
    const [i0, i1, i2, i3] = [some[k], some[k + 1], some[k + 2], some[k + 3]];
    const [x0, x1, x2, x3] = [x[i0], x[i1], x[i2], x[i3]];
    const [a, b, c, d] = [i0 * outputs, i1 * outputs, i2 * outputs, i3 * outputs];
    for (let row = 0; row < outputs; row++) {
      y[row] += x0 * rows[a + row] + x1 * rows[b + row] + x2 * rows[c + row] + x3 * rows[d + row];
    }
  }
  for (; k < some.length; k++) {
    const at = some[k] * outputs;
    for (let row = 0; row < outputs; row++) y[row] += x[some[k]] * rows[at + row];
  }
  return y;
}

/** What the layers make of x. The answer is the last layer's own room: read it before the next call. */
export function sparseForward(layers, x) {
  for (const layer of layers) x = activate(layer.activation, layer.parameter, sparseAffine(layer, x));
  return x;
}
