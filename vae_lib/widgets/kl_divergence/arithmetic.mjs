// The KL divergence between q = N(mu, exp(logVar)) and p = N(0, 1), in both directions, in nats. It knows no picture.
//
// `forward` is true for KL(q ‖ p), false for KL(p ‖ q).

const REACH = 10; // Standard deviations of the first density on either side: beyond them lies less than 1e-20.
const INTERVALS = 2000;

/** The density of N(mu, exp(logVar)) at z. */
export function gaussianDensity(z, mu, logVar) {
  return Math.exp(-0.5 * ((z - mu) ** 2 * Math.exp(-logVar) + logVar + Math.log(2 * Math.PI)));
}

/** log q(z) − log p(z), as a difference of logarithms: the densities themselves underflow far out. */
export function logRatio(z, mu, logVar) {
  return 0.5 * (z ** 2 - (z - mu) ** 2 * Math.exp(-logVar) - logVar);
}

/** The closed form of the divergence. */
export function gaussianKl(forward, mu, logVar) {
  if (forward) return 0.5 * (mu ** 2 + Math.expm1(logVar) - logVar);
  return 0.5 * (mu ** 2 * Math.exp(-logVar) + Math.expm1(-logVar) + logVar);
}

/** Its gradient with respect to (mu, logVar). */
export function gaussianKlGradient(forward, mu, logVar) {
  if (forward) return [mu, 0.5 * Math.expm1(logVar)];
  const precision = Math.exp(-logVar);
  return [mu * precision, 0.5 * (1 - (1 + mu ** 2) * precision)];
}

/** What the divergence sums up at z: q log(q/p), or p log(p/q). */
export function klIntegrand(forward, z, mu, logVar) {
  const ratio = logRatio(z, mu, logVar);
  return forward ? gaussianDensity(z, mu, logVar) * ratio : -gaussianDensity(z, 0, 0) * ratio;
}

/** The integrand's areas {above, below} the axis, both positive, by the trapezoidal rule over the whole line. */
export function signedAreas(forward, mu, logVar) {
  const [centre, sigma] = forward ? [mu, Math.exp(0.5 * logVar)] : [0, 1];
  const step = (2 * REACH * sigma) / INTERVALS;
  const areas = { above: 0, below: 0 };
  for (let i = 0; i <= INTERVALS; i++) {
    // The first and the last of the heights are nothing beside the others: no half weights.
    const height = klIntegrand(forward, centre - REACH * sigma + i * step, mu, logVar);
    if (height > 0) areas.above += height * step;
    else areas.below -= height * step;
  }
  return areas;
}

/**
 * Points [mu, logVar] with mu ≥ 0 on the curve along which the divergence is `level`, between two log variances, from
 * the lower to the higher; its other half is their mirror image. None where the curve stays outside.
 */
export function levelCurve(forward, level, [bottom, top], count = 64) {
  const squareAt = (logVar) =>
    forward
      ? 2 * level + 1 + logVar - Math.exp(logVar)
      : (2 * level + 1 - logVar) * Math.exp(logVar) - 1;
  // mu² as a function of logVar rises to one summit and falls: the curve lies between its two zeros.
  const summit = forward ? 0 : 2 * level;
  const low = Math.max(bottom, zeroBetween(squareAt, forward ? -2 * level - 2 : -level - 2, summit));
  const high = Math.min(top, zeroBetween(squareAt, 2 * level + 2, summit));
  const points = [];
  for (let i = 0; i <= count && low < high; i++) {
    // Close together at both ends, where mu changes fastest.
    const logVar = low + ((high - low) * (1 - Math.cos((Math.PI * i) / count))) / 2;
    points.push([Math.sqrt(Math.max(squareAt(logVar), 0)), logVar]);
  }
  return points;
}

/** Where f, negative at one end and not at the other, passes zero. */
function zeroBetween(f, negative, other) {
  for (let i = 0; i < 60; i++) {
    const middle = (negative + other) / 2;
    if (f(middle) < 0) negative = middle;
    else other = middle;
  }
  return other;
}
