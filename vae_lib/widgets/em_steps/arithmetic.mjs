// EM for a mixture of Gaussians in the plane. It knows no element and no reader.
//
// theta is {weights, means, covariances}: a number, [x, y] and [xx, xy, yy] for each component. q holds for each point
// the share of it that each component answers for. Levels are in nats, a mean over the points.

import CONSTANTS from "./constants.json" with { type: "json" };

const COMPONENTS = CONSTANTS.components;

/** Points from three bytes each, twelve bits a coordinate, over `extent`, which is [left, right, bottom, top]. */
export function unpackPoints(bytes, [left, right, bottom, top]) {
  const points = [];
  for (let i = 0; i + 2 < bytes.length; i += 3) {
    const [x, y] = [(bytes[i] << 4) | (bytes[i + 1] >> 4), ((bytes[i + 1] & 15) << 8) | bytes[i + 2]];
    points.push([left + ((right - left) * x) / CONSTANTS.finest, bottom + ((top - bottom) * y) / CONSTANTS.finest]);
  }
  return points;
}

/** Where a run begins: three of the points as means, wide round Gaussians of one weight, and an even q. */
export function startOf(points, start) {
  const each = (make) => Array.from({ length: COMPONENTS }, (_, k) => make(k));
  const variance = varianceOf(points) / 2;
  const theta = {
    weights: each(() => 1 / COMPONENTS),
    means: each((k) => [...points[(COMPONENTS * start + k) % points.length]]),
    covariances: each(() => [variance, 0, variance]),
  };
  return { theta, q: evenQ(points) };
}

/** The q that knows nothing yet: every component answers for an equal share of every point. */
export function evenQ(points) {
  return points.map(() => Array(COMPONENTS).fill(1 / COMPONENTS));
}

/** The points' variance, averaged over both coordinates. */
function varianceOf(points) {
  const axis = (k) => {
    const mean = points.reduce((sum, point) => sum + point[k], 0) / points.length;
    return points.reduce((sum, point) => sum + (point[k] - mean) ** 2, 0) / points.length;
  };
  return (axis(0) + axis(1)) / 2;
}

/** log p(x, k) for each component k. */
function logJoint({ weights, means, covariances }, [x, y]) {
  return weights.map((weight, k) => {
    const [xx, xy, yy] = covariances[k];
    const [dx, dy] = [x - means[k][0], y - means[k][1]];
    const det = xx * yy - xy * xy;
    const distance = (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / det;
    return Math.log(weight) - Math.log(2 * Math.PI) - 0.5 * (Math.log(det) + distance);
  });
}

function logSumExp(values) {
  const most = Math.max(...values);
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}

/** The exact posterior of each point's component. */
export function eStep(theta, points) {
  return points.map((point) => {
    const joint = logJoint(theta, point);
    const evidence = logSumExp(joint);
    return joint.map((each) => Math.exp(each - evidence));
  });
}

/**
 * The theta with the highest bound for this q. A component that would shrink onto a few points keeps its covariance,
 * and one that answers for nothing keeps its place: neither lowers the bound.
 */
export function mStep(q, points, theta) {
  const least = CONSTANTS.least_variance * varianceOf(points);
  const next = { weights: [], means: [], covariances: [] };
  for (let k = 0; k < COMPONENTS; k++) {
    const share = q.reduce((sum, row) => sum + row[k], 0);
    const mean = (f) => points.reduce((sum, point, i) => sum + q[i][k] * f(point), 0) / share;
    const stays = share < CONSTANTS.least_share;
    const [mx, my] = stays ? theta.means[k] : [mean(([x]) => x), mean(([, y]) => y)];
    const spread = stays ? [0, 0, 0] : [
      mean(([x]) => (x - mx) ** 2),
      mean(([x, y]) => (x - mx) * (y - my)),
      mean(([, y]) => (y - my) ** 2),
    ];
    next.weights.push(Math.max(share / points.length, CONSTANTS.least_weight));
    next.means.push([mx, my]);
    next.covariances.push(axesOf(spread).variances[1] < least ? [...theta.covariances[k]] : spread);
  }
  return next;
}

/** {evidence, bound}: log p(x) and the ELBO that q makes of it, which lies below it by KL(q ‖ posterior). */
export function levelsOf(theta, q, points) {
  let [evidence, bound] = [0, 0];
  points.forEach((point, i) => {
    const joint = logJoint(theta, point);
    evidence += logSumExp(joint);
    joint.forEach((each, k) => {
      if (q[i][k] > 0) bound += q[i][k] * (each - Math.log(q[i][k]));
    });
  });
  return { evidence: evidence / points.length, bound: bound / points.length };
}

/** The axes of a covariance: {angle, variances}, the longer one first and at that angle. */
export function axesOf([xx, xy, yy]) {
  const [middle, reach] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)];
  return { angle: 0.5 * Math.atan2(2 * xy, xx - yy), variances: [middle + reach, middle - reach] };
}
