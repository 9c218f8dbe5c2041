// The two networks of a dense VAE, told the label or not: their numbers in one array, forwards, backwards. It knows no
// data and no optimiser.
//
// It is `VAE` or `DenseCVAE` of vae_lib.models, pixels-hidden-latents-hidden-pixels: `exportWeights` gives its weights
// in the order and form of that model's parameters(), and `importWeights` takes them so. Inside, a weight is turned
// over, and all numbers have 64 bits: browsers compute with nothing less, and turning each into 32 and back costs a
// fifth of the time.
import { bernoulliCost, gaussianCost, latentKl, relu } from "./arithmetic.mjs";
import { layerBackward, layerForward, layerGradients } from "./arithmetic.mjs";

/** The five layers in the order of a model's parameters(): {name, inputs, outputs}. */
export function layerShapes({ pixels, hidden, latents, classes }) {
  return [
    { name: "encoder.0.0", inputs: pixels + classes, outputs: hidden },
    { name: "to_mu", inputs: hidden, outputs: latents },
    { name: "to_log_var", inputs: hidden, outputs: latents },
    { name: "decoder.0", inputs: latents + classes, outputs: hidden },
    { name: "decoder.2", inputs: hidden, outputs: pixels },
  ];
}

/** How many numbers a network of that shape has. */
export function weightCount(shape) {
  return layerShapes(shape).reduce((sum, { inputs, outputs }) => sum + (inputs + 1) * outputs, 0);
}

/**
 * A network of that shape, {pixels, hidden, latents, classes}: classes is 0 where the label is not told. All its
 * numbers lie in `weights`, their gradients in `gradients`; each of its `layers` also has `from` and `to`, its place
 * there.
 */
export function createNetwork(shape) {
  const weights = new Float64Array(weightCount(shape));
  const gradients = new Float64Array(weights.length);
  let at = 0;
  const layers = layerShapes(shape).map(({ name, inputs, outputs }) => {
    const from = at;
    const middle = from + inputs * outputs;
    at = middle + outputs;
    return {
      ...{ name, inputs, outputs, from, to: at },
      ...{ weight: weights.subarray(from, middle), bias: weights.subarray(middle, at) },
      ...{ weightGradient: gradients.subarray(from, middle), biasGradient: gradients.subarray(middle, at) },
    };
  });
  return { ...shape, weights, gradients, layers };
}

/** The room that `rows` rows need on their way through the network. */
export function createRoom({ pixels, hidden, latents, classes }, rows) {
  const numbers = (each) => new Float64Array(rows * each);
  return {
    ...{ rows, places: new Int32Array(Math.max(rows, pixels + classes, hidden)) },
    ...{ x: numbers(pixels + classes), h: numbers(hidden), mu: numbers(latents), logVar: numbers(latents) },
    ...{ epsilon: numbers(latents), z: numbers(latents + classes), k: numbers(hidden), y: numbers(pixels) },
    ...{ yGradient: numbers(pixels), kGradient: numbers(hidden), zGradient: numbers(latents) },
    ...{ muGradient: numbers(latents), logVarGradient: numbers(latents), hGradient: numbers(hidden) },
  };
}

/** Writes picture `index` of a set {images, labels} into a row of the room, with its label where that is told. */
export function placeRow({ pixels, latents, classes }, room, row, images, labels, index) {
  const at = row * (pixels + classes);
  for (let p = 0, from = index * pixels; p < pixels; p++) room.x[at + p] = images[from + p];
  if (classes) placeLabel({ pixels, latents, classes }, room, row, labels[index]);
}

/** Tells both networks the label of a row. */
export function placeLabel({ pixels, latents, classes }, room, row, label) {
  const inEncoder = row * (pixels + classes) + pixels;
  const inDecoder = row * (latents + classes) + latents;
  for (let c = 0; c < classes; c++) room.x[inEncoder + c] = room.z[inDecoder + c] = c === label ? 1 : 0;
}

/** room.mu and room.logVar of the first `rows` rows of room.x. */
export function encodeRows({ hidden, layers }, room, rows) {
  layerForward(layers[0], room.x, room.h, rows, room.places);
  relu(room.h, rows * hidden);
  layerForward(layers[1], room.h, room.mu, rows, room.places);
  layerForward(layers[2], room.h, room.logVar, rows, room.places);
}

/** z = μ + σ ε of each row, or z = μ where there is no noise. */
export function sampleRows({ latents, classes }, room, rows, noise) {
  for (let row = 0, k = 0; row < rows; row++) {
    for (let j = 0, at = row * (latents + classes); j < latents; j++, k++) {
      room.z[at + j] = room.mu[k] + (noise ? Math.exp(room.logVar[k] / 2) * room.epsilon[k] : 0);
    }
  }
}

/** room.y, the logits or the means of the pixels, of the first `rows` rows of room.z. */
export function decodeRows({ hidden, layers }, room, rows) {
  layerForward(layers[3], room.z, room.k, rows, room.places);
  relu(room.k, rows * hidden);
  layerForward(layers[4], room.k, room.y, rows, room.places);
}

/** −log p(x|z) of the rows in nats, summed; with `scale` also its gradient by y, times that. */
export function reconstructionCost({ pixels, classes }, room, rows, { likelihood, variance }, scale = null) {
  const [stride, gradient] = [pixels + classes, scale === null ? null : room.yGradient];
  if (likelihood === "bernoulli") return bernoulliCost(room.x, stride, room.y, pixels, rows, gradient, scale);
  return gaussianCost(room.x, stride, room.y, pixels, rows, variance, gradient, scale);
}

/** KL(q(z|x) ‖ N(0, I)) of the rows in nats, summed. */
export function klCost({ latents }, room, rows) {
  let sum = 0;
  for (let k = 0; k < rows * latents; k++) sum += latentKl(room.mu[k], room.logVar[k]);
  return sum;
}

/**
 * Forwards and backwards over the first `rows` rows: {reconstruction, kl} in nats for each row on average, written into
 * `terms`. The network's gradients become those of reconstruction + β KL, with z = μ + σ ε for the room's ε; without
 * noise those of the reconstruction alone, with z = μ, and then the log variance has none.
 */
export function costGradients(network, room, rows, settings, beta, terms) {
  const { hidden, latents, layers } = network;
  encodeRows(network, room, rows);
  sampleRows(network, room, rows, settings.noise);
  decodeRows(network, room, rows);
  terms.reconstruction = reconstructionCost(network, room, rows, settings, 1 / rows) / rows;
  terms.kl = settings.noise ? klCost(network, room, rows) / rows : 0;
  layerGradients(layers[4], room.k, room.yGradient, rows, room.places);
  room.kGradient.fill(0);
  layerBackward(layers[4], room.yGradient, room.kGradient, rows, room.places, hidden, room.k);
  layerGradients(layers[3], room.z, room.kGradient, rows, room.places);
  room.zGradient.fill(0);
  layerBackward(layers[3], room.kGradient, room.zGradient, rows, room.places, latents, null);
  codeGradients(room, rows * latents, settings.noise, beta / rows);
  layerGradients(layers[1], room.h, room.muGradient, rows, room.places);
  layerGradients(layers[2], room.h, room.logVarGradient, rows, room.places);
  room.hGradient.fill(0);
  layerBackward(layers[1], room.muGradient, room.hGradient, rows, room.places, hidden, room.h);
  if (settings.noise) layerBackward(layers[2], room.logVarGradient, room.hGradient, rows, room.places, hidden, room.h);
  layerGradients(layers[0], room.x, room.hGradient, rows, room.places);
}

/** The gradients by μ and log σ², from that by z and from the KL of the given weight. */
function codeGradients({ mu, logVar, epsilon, zGradient, muGradient, logVarGradient }, count, noise, weight) {
  for (let k = 0; k < count; k++) {
    muGradient[k] = zGradient[k] + (noise ? weight * mu[k] : 0);
    logVarGradient[k] = noise
      ? (zGradient[k] * epsilon[k] * Math.exp(logVar[k] / 2) + weight * Math.expm1(logVar[k])) / 2
      : 0;
  }
}

/** Copies numbers between the order inside and that of a model's parameters(), where a weight is [outputs, inputs]. */
function exchangeNumbers({ layers }, inside, outside, outwards) {
  for (const { from, inputs, outputs } of layers) {
    for (let i = 0; i < inputs; i++) {
      for (let j = 0; j < outputs; j++) {
        const [here, there] = [from + i * outputs + j, from + j * inputs + i];
        if (outwards) outside[there] = inside[here];
        else inside[here] = outside[there];
      }
    }
    for (let k = from + inputs * outputs; k < from + (inputs + 1) * outputs; k++) {
      if (outwards) outside[k] = inside[k];
      else inside[k] = outside[k];
    }
  }
}

/** The numbers of `inside` (the network's weights, or its gradients) as one Float32Array in the model's order. */
export function exportWeights(network, inside = network.weights) {
  const outside = new Float32Array(inside.length);
  exchangeNumbers(network, inside, outside, true);
  return outside;
}

/** Gives the network these weights, in the model's order. Throws for another number of them, and for NaN among them. */
export function importWeights(network, outside) {
  const expected = network.weights.length;
  if (outside.length !== expected) throw new Error(`expected ${expected} weights, got ${outside.length}`);
  if (!outside.every(Number.isFinite)) throw new Error("expected finite weights, got NaN or infinite ones");
  exchangeNumbers(network, network.weights, outside, false);
}
