// What the laboratory's tests under Node share: the digits of the reference, runs over them, numbers in base64.
import { Run } from "../../../vae_lib/widgets/laboratory/training.mjs";
import { bytes, reference } from "../reference.mjs";
import { checkSettings } from "../../../vae_lib/widgets/laboratory/settings.mjs";
import { readDigits } from "../../../vae_lib/widgets/laboratory/digits.mjs";

export const digits = readDigits(reference.digits.header, bytes(reference.digits.buffer));

/** A run with these settings, the defaults for all others. */
export function runOf(given = {}, weights = null) {
  const { settings, refused } = checkSettings(given);
  if (refused.length) throw new Error(refused.join("; "));
  return new Run(settings, digits, weights);
}

/** The float32 numbers that base64 text stands for. */
export function singles(text) {
  return new Float32Array(bytes(text).buffer);
}

/** The float64 numbers that base64 text stands for. */
export function doubles(text) {
  return new Float64Array(bytes(text).buffer);
}
