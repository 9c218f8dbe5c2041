// The samples z = μ + σ⊙ε that draws ε make, and two single-sample gradients of E[h(z)]. It knows no element.
//
// Points are pairs; a cloud is an array of pairs. The Python side, __init__.py, computes the same.
import CONSTANTS from "./constants.json" with { type: "json" };

const WAVE = CONSTANTS.wave; // How many radians of the wave one unit of z is long.

/** For each h: its value, its gradient, and the exact gradient of its mean under N(μ, diag σ²) in μ and in σ. */
export const INTEGRANDS = {
  bowl: {
    value: ([z1, z2]) => 0.5 * (z1 * z1 + z2 * z2),
    gradient: (z) => z,
    exact: (mu, sigma) => ({ mu, sigma }),
  },
  wave: {
    value: ([z1, z2]) => Math.sin(WAVE * z1) * Math.sin(WAVE * z2),
    gradient: ([z1, z2]) => [
      WAVE * Math.cos(WAVE * z1) * Math.sin(WAVE * z2),
      WAVE * Math.sin(WAVE * z1) * Math.cos(WAVE * z2),
    ],
    exact(mu, sigma) {
      // The mean of each factor, and its slopes.
      const [one, other] = mu.map((m, j) => {
        const left = Math.exp(-0.5 * (WAVE * sigma[j]) ** 2); // What the noise leaves of the wave.
        return {
          mean: left * Math.sin(WAVE * m),
          mu: left * WAVE * Math.cos(WAVE * m),
          sigma: -left * WAVE * WAVE * sigma[j] * Math.sin(WAVE * m),
        };
      });
      return {
        mu: [one.mu * other.mean, one.mean * other.mu],
        sigma: [one.sigma * other.mean, one.mean * other.sigma],
      };
    },
  },
  cliff: {
    value: ([z1]) => (z1 > 0 ? 1 : 0),
    gradient: () => [0, 0],
    exact([m], [s]) {
      const density = Math.exp(-0.5 * (m / s) ** 2) / (s * Math.sqrt(2 * Math.PI));
      return { mu: [density, 0], sigma: [(-m / s) * density, 0] };
    },
  },
};

/** Which draws the reader can follow from picture to picture: those nearest to three that lie well apart. */
export function followedDraws(draws) {
  const away = ([x, y], i) => (draws[i][0] - x) ** 2 + (draws[i][1] - y) ** 2;
  return CONSTANTS.followed.map((place) => draws.reduce((best, _, i) => (away(place, i) < away(place, best) ? i : best), 0));
}

/** {z, pathwise, score, exact}: each draw's sample and its two gradients in `parameter`, "mu" or "sigma". */
export function gradientClouds({ draws, mu, sigma, integrand, parameter, baseline }) {
  const h = INTEGRANDS[integrand];
  const inMean = parameter === "mu";
  const z = draws.map((epsilon) => epsilon.map((each, j) => mu[j] + sigma[j] * each));
  const values = z.map(h.value);
  const total = values.reduce((sum, each) => sum + each, 0);
  const pathwise = z.map((point, i) => h.gradient(point).map((slope, j) => (inMean ? slope : slope * draws[i][j])));
  const score = draws.map((epsilon, i) => {
    // The mean of the others: a baseline that knew its own draw would bias the estimate.
    const weight = values[i] - (baseline ? (total - values[i]) / (draws.length - 1) : 0);
    return epsilon.map((each, j) => (weight * (inMean ? each : each * each - 1)) / sigma[j]);
  });
  return { z, pathwise, score, exact: h.exact(mu, sigma)[parameter] };
}

/** {mean, spread, variance}: the mean, each axis's standard deviation, and the sum of both variances. */
export function summaryOf(cloud) {
  const mean = [0, 1].map((j) => cloud.reduce((sum, point) => sum + point[j], 0) / cloud.length);
  const variances = [0, 1].map((j) => {
    return cloud.reduce((sum, point) => sum + (point[j] - mean[j]) ** 2, 0) / (cloud.length - 1);
  });
  return { mean, spread: variances.map(Math.sqrt), variance: variances[0] + variances[1] };
}

/** Half the side of a square around 0 that holds the point and 19 in 20 of all others: 1, 2 or 5 times a power of ten. */
export function sideFor(clouds, point) {
  const reach = ([x, y]) => Math.max(Math.abs(x), Math.abs(y));
  const reaches = clouds.flat().map(reach).sort((a, b) => a - b);
  const least = Math.max(reaches[Math.floor(0.95 * (reaches.length - 1))], 1.25 * reach(point), 1e-3) * (1 - 1e-9);
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((times) => times * power >= least) ?? 10);
}
