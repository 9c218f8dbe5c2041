// What holds the noise of one coordinate: its cost, the two pulls on log σ, where they balance. It knows no element.
//
// A balance is {weight, variance, kl}: the norm ‖w‖ of the decoder's column, the s² of its likelihood, and whether the
// KL divergence to the standard normal is counted. Costs are in nats, pulls in nats per unit of log σ.

/** The precision that the reconstruction asks for, ‖w‖²/s². */
function asked({ weight, variance }) {
  return (weight * weight) / variance;
}

/** What noise costs in the negative ELBO: {reconstruction, kl, total}. The KL is at its least, zero, where σ = 1. */
export function noiseCosts(balance, logSigma) {
  const square = Math.exp(2 * logSigma);
  const reconstruction = 0.5 * square * asked(balance);
  const kl = balance.kl ? 0.5 * Math.expm1(2 * logSigma) - logSigma : 0;
  return { reconstruction, kl, total: reconstruction + kl };
}

/** Where gradient descent is pulled along log σ, downwards negative: {reconstruction, kl, total}. */
export function noisePulls(balance, logSigma) {
  const square = Math.exp(2 * logSigma);
  const reconstruction = -square * asked(balance);
  const kl = balance.kl ? -Math.expm1(2 * logSigma) : 0;
  return { reconstruction, kl, total: reconstruction + kl };
}

/** The log σ at which nothing pulls: −Infinity where no KL holds it, null where any will do. */
export function restingNoise(balance) {
  if (balance.kl) return -0.5 * Math.log1p(asked(balance));
  return balance.weight > 0 ? -Infinity : null;
}

/** Where gradient flow on log σ has come after some time: the precision relaxes with the KL and grows without it. */
export function noiseAfter(balance, logSigma, time) {
  const precision = Math.exp(-2 * logSigma);
  if (!balance.kl) return -0.5 * Math.log(precision + 2 * asked(balance) * time);
  const rest = 1 + asked(balance);
  return -0.5 * Math.log(rest + (precision - rest) * Math.exp(-2 * time));
}
