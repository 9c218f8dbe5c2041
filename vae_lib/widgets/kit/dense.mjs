// A stack of dense layers, run forwards. It knows no picture and no page.

/** y = f(x) in place, for the activations that `packing.py` writes. */
export function activate(name, parameter, y) {
  const n = y.length;
  if (name === "relu") for (let i = 0; i < n; i++) y[i] = y[i] > 0 ? y[i] : 0;
  else if (name === "leaky_relu") for (let i = 0; i < n; i++) y[i] = y[i] > 0 ? y[i] : parameter * y[i];
  else if (name === "tanh") for (let i = 0; i < n; i++) y[i] = Math.tanh(y[i]);
  else if (name === "sigmoid") for (let i = 0; i < n; i++) y[i] = 1 / (1 + Math.exp(-y[i]));
  else if (name === "silu") for (let i = 0; i < n; i++) y[i] = y[i] / (1 + Math.exp(-y[i]));
  else if (name === "elu") for (let i = 0; i < n; i++) y[i] = y[i] > 0 ? y[i] : parameter * Math.expm1(y[i]);
  else if (name !== "identity") throw new Error(`this figure cannot compute the activation "${name}"`);
  return y;
}

/** One layer, with the room its output needs. `weight` holds one row of `inputs` numbers for each output. */
export function denseLayer({ inputs, outputs, weight, bias, activation = "identity", parameter = 0 }) {
  return { inputs, outputs, weight, bias, activation, parameter, y: new Float32Array(outputs) };
}

/** layer.y = W x + b. Four rows at a time: each x is read once for the four, and the four sums run side by side. */
export function affine({ inputs, outputs, weight, bias, y }, x) {
  let row = 0;
  for (; row + 3 < outputs; row += 4) {
    let a = row * inputs;
    let b = a + inputs;
    let c = b + inputs;
    let d = c + inputs;
    let s0 = bias[row];
    let s1 = bias[row + 1];
    let s2 = bias[row + 2];
    let s3 = bias[row + 3];
    for (let i = 0; i < inputs; i++) {
      const xi = x[i];
      s0 += weight[a++] * xi;
      s1 += weight[b++] * xi;
      s2 += weight[c++] * xi;
      s3 += weight[d++] * xi;
    }
    y[row] = s0;
    y[row + 1] = s1;
    y[row + 2] = s2;
    y[row + 3] = s3;
  }
  for (; row < outputs; row++) {
    let sum = bias[row];
    for (let i = 0, k = row * inputs; i < inputs; i++, k++) sum += weight[k] * x[i];
    y[row] = sum;
  }
  return y;
}

/** What the layers make of z. The answer is the last layer's own room: read it before the next call. */
export function decode(layers, z) {
  let x = z;
  for (const layer of layers) x = activate(layer.activation, layer.parameter, affine(layer, x));
  return x;
}
