// Both divergences between a target of two humps and a Gaussian q = N(mu, exp(logVar)), in nats. It knows no picture.
//
// A target is {left, right, weight, width}: two humps of one width, the left one with the probability `weight`. The
// Python side, __init__.py, computes the same.
import CONSTANTS from "./constants.json" with { type: "json" };

const REACH = CONSTANTS.reach; // Standard deviations on either side: beyond them lies less than 1e-11.
const LONGEST_STEP = CONSTANTS.longest_step; // Of a descent, on the plane of mu and logVar: a longer one might jump into another valley.
const SAME = 0.02; // Two ends of descents that lie nearer than this are one valley.

/** The standard normal's nodes [u, weight] by the trapezoidal rule, which is all but exact for what is smooth. */
function nodes(intervals) {
  const step = (2 * REACH) / intervals;
  return Array.from({ length: intervals + 1 }, (_, i) => {
    const u = -REACH + i * step;
    return [u, step * standardDensity(u)];
  });
}

function standardDensity(u) {
  return Math.exp(-0.5 * u * u) / Math.sqrt(2 * Math.PI);
}

const FINE = nodes(CONSTANTS.intervals);
const COARSE = 0.175; // Standard deviations between the nodes of a landscape, which is drawn and not read.

/** The logarithm of the target's density at x, its slope and its curvature. */
export function logTarget({ left, right, weight, width }, x) {
  const precision = 1 / (width * width);
  const a = left - x;
  const b = right - x;
  const one = Math.log(weight) - 0.5 * a * a * precision;
  const other = Math.log1p(-weight) - 0.5 * b * b * precision;
  const most = Math.max(one, other);
  const first = Math.exp(one - most);
  const second = Math.exp(other - most);
  const share = first / (first + second);
  const slope = precision * (share * a + (1 - share) * b);
  return {
    log: most + Math.log(first + second) - Math.log(width) - 0.5 * Math.log(2 * Math.PI),
    slope,
    curvature: precision ** 2 * (share * a * a + (1 - share) * b * b) - precision - slope ** 2,
  };
}

/** The target's mean and log variance, at which the forward divergence is smallest. */
export function momentsOf({ left, right, weight, width }) {
  const mean = weight * left + (1 - weight) * right;
  return [mean, Math.log(width ** 2 + weight * (1 - weight) * (right - left) ** 2)];
}

/** KL(p ‖ q): the target draws. */
export function forwardDivergence(target, mu, logVar) {
  const { left, right, weight, width } = target;
  const humps = [[weight, left], [1 - weight, right]];
  let minusEntropy = 0;
  for (const [share, centre] of humps) {
    for (const [u, mass] of FINE) minusEntropy += share * mass * logTarget(target, centre + width * u).log;
  }
  const [mean, logVariance] = momentsOf(target);
  const squares = Math.exp(logVariance) + (mean - mu) ** 2;
  return minusEntropy + 0.5 * (Math.log(2 * Math.PI) + logVar + squares * Math.exp(-logVar));
}

/** KL(q ‖ p): the Gaussian draws. */
export function reverseDivergence(target, mu, logVar) {
  const sigma = Math.exp(0.5 * logVar);
  let sum = 0;
  for (const [u, mass] of FINE) sum += mass * logTarget(target, mu + sigma * u).log;
  return -0.5 * (Math.log(2 * Math.PI) + 1 + logVar) - sum;
}

/** KL(q ‖ p) with its gradient in (mu, logVar) and its Hessian as [mu mu, mu logVar, logVar logVar]. */
export function reverseSlopes(target, mu, logVar) {
  const sigma = Math.exp(0.5 * logVar);
  const all = { value: -0.5 * (Math.log(2 * Math.PI) + 1 + logVar), gradient: [0, -0.5], hessian: [0, 0, 0] };
  for (const [u, mass] of FINE) {
    const { log, slope, curvature } = logTarget(target, mu + sigma * u);
    const half = 0.5 * sigma * u; // How far a change of logVar moves this node.
    all.value -= mass * log;
    all.gradient[0] -= mass * slope;
    all.gradient[1] -= mass * half * slope;
    all.hessian[0] -= mass * curvature;
    all.hessian[1] -= mass * half * curvature;
    all.hessian[2] -= mass * (half * half * curvature + 0.5 * half * slope);
  }
  return all;
}

/** The points [mu, logVar] down the slope of KL(q ‖ p), from the start to where it vanishes. */
export function reversePath(target, start) {
  const path = [[...start]];
  let here = reverseSlopes(target, ...start);
  let rate = 0.1;
  for (let i = 0; i < CONSTANTS.most_steps && Math.hypot(...here.gradient) > 1e-3; i++) {
    const length = Math.min(rate, LONGEST_STEP / Math.hypot(...here.gradient));
    const next = path.at(-1).map((each, k) => each - length * here.gradient[k]);
    const there = reverseSlopes(target, ...next);
    // A step that leads up again was too long.
    if (there.value > here.value) {
      rate = length / 3;
      continue;
    }
    rate = 1.5 * length;
    path.push(next);
    here = there;
  }
  return polished(target, path, here);
}

/** The path with Newton's steps at its end, where the slope curves up both ways. */
function polished(target, path, last) {
  let here = last;
  for (let i = 0; i < 6; i++) {
    const [[a, b, c], [g, h]] = [here.hessian, here.gradient];
    const determinant = a * c - b * b;
    if (!(a > 0 && determinant > 0)) break;
    const step = [(c * g - b * h) / determinant, (a * h - b * g) / determinant];
    if (Math.hypot(...step) > LONGEST_STEP) break;
    path.push(path.at(-1).map((each, k) => each - step[k]));
    here = reverseSlopes(target, ...path.at(-1));
  }
  return path;
}

/** The local minima of KL(q ‖ p) that descents from both humps and from the moments find, by their mean. */
export function reverseValleys(target) {
  const narrow = 2 * Math.log(target.width);
  const starts = [[target.left, narrow], [target.right, narrow], momentsOf(target)];
  const found = [];
  for (const end of starts.map((start) => reversePath(target, start).at(-1))) {
    const known = found.some((each) => Math.hypot(each[0] - end[0], each[1] - end[1]) < SAME);
    const [a, b, c] = reverseSlopes(target, ...end).hessian;
    if (!known && a > 0 && a * c - b * b > 0) found.push(end);
  }
  return found.sort((one, other) => one[0] - other[0]);
}

/**
 * KL(q ‖ p) over the plane: rows from the bottom up, `columns` and `rows` intervals.
 *
 * The means lie evenly, so the nodes of all sums can be shared: the target is evaluated once at each of them.
 */
export function reverseLandscape(target, [left, right, bottom, top], columns, rows) {
  const narrowest = Math.exp(0.5 * bottom);
  const between = Math.ceil((right - left) / columns / (COARSE * narrowest)); // Nodes from one mean to the next.
  const step = (right - left) / columns / between;
  const beyond = Math.ceil((REACH * Math.exp(0.5 * top)) / step);
  const logs = Float64Array.from({ length: columns * between + 2 * beyond + 1 }, (_, i) => logTarget(target, left + (i - beyond) * step).log);
  return Array.from({ length: rows + 1 }, (_, j) => {
    const logVar = bottom + ((top - bottom) * j) / rows;
    const sigma = Math.exp(0.5 * logVar);
    const stride = Math.max(1, Math.floor((COARSE * sigma) / step));
    const spacing = (stride * step) / sigma;
    const most = Math.floor(REACH / spacing);
    const masses = Float64Array.from({ length: 2 * most + 1 }, (__, k) => spacing * standardDensity((k - most) * spacing));
    return Array.from({ length: columns + 1 }, (__, i) => {
      let sum = 0;
      let at = beyond + i * between - most * stride;
      for (let k = 0; k < masses.length; k++, at += stride) sum += masses[k] * logs[at];
      return -0.5 * (Math.log(2 * Math.PI) + 1 + logVar) - sum;
    });
  });
}
