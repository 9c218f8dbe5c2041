// Where theory says that the noise of each latent comes to rest. It knows no training.
//
// Around the means the cost of a digit is a constant + Σ_j σ_j² I_j / 2 + β Σ_j (σ_j² − log σ_j²) / 2, and its slope in
// σ_j² is zero at σ_j² = β / (β + I_j). I_j is the Fisher information of z_j at the digit's mean: ‖∂_j g‖² / s² for
// Gaussian pixels of variance s² around g, Σ_p p (1 − p) (∂_j logit_p)² for Bernoulli pixels. For a decoder that is
// linear and Gaussian this is exact (Lucas et al. 2019); for ours it is a local form, which holds where the noise is
// small against the decoder's bends.
import { decodeRows } from "./network.mjs";
import { layerForward } from "./arithmetic.mjs";

/** Where σ comes to rest for a latent of that information: √(β / (β + I)). */
export function restingSigma(information, beta) {
  return Math.sqrt(beta / (beta + information));
}

/**
 * Writes I_j of each of the first `rows` rows, `latents` numbers a row, where the decoder is run at the means that the
 * room holds. It uses the room's `y` and its gradients up.
 */
export function rowInformations(network, room, rows, { likelihood, variance }, informations) {
  const { pixels, hidden, latents, classes, layers } = network;
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < latents; j++) room.z[row * (latents + classes) + j] = room.mu[row * latents + j];
  }
  decodeRows(network, room, rows);
  for (let k = 0; k < rows * pixels; k++) room.y[k] = likelihood === "gaussian" ? 1 / variance : spreadOf(room.y[k]);
  // Behind its ReLU the decoder is linear in the live units: a tangent is what its last layer makes of their slopes.
  const last = { ...layers[4], bias: new Float64Array(pixels) };
  const slopes = layers[3].weight;
  for (let j = 0; j < latents; j++) {
    for (let row = 0, k = 0; row < rows; row++) {
      for (let unit = 0; unit < hidden; unit++, k++) room.kGradient[k] = room.k[k] > 0 ? slopes[j * hidden + unit] : 0;
    }
    layerForward(last, room.kGradient, room.yGradient, rows, room.places);
    for (let row = 0, k = 0; row < rows; row++) {
      let sum = 0;
      for (let p = 0; p < pixels; p++, k++) sum += room.y[k] * room.yGradient[k] ** 2;
      informations[row * latents + j] = sum;
    }
  }
}

/** p (1 − p) of the logit, without the difference that rounds to nothing. */
function spreadOf(logit) {
  const tail = Math.exp(-Math.abs(logit));
  return tail / (1 + tail) ** 2;
}
