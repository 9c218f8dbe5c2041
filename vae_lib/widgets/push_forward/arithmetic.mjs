// A curve g through points, and what it makes of a standard normal z: the density of x = g(z). It knows no element.
//
// Points are pairs [z, x] in the order of z. Between two of them g is Fritsch and Butland's monotone cubic, beyond the
// last ones a straight line, so that it turns at points only. The Python side, __init__.py, computes the same.

const HALVINGS = 50; // Of an interval in which g takes a value.

/** Where the standard normal is cut into 16 parts of equal probability. */
export const SIXTEENTHS = [
  -1.5341205, -1.1503494, -0.8871466, -0.6744898, -0.4887764, -0.3186394, -0.1573107, 0, 0.1573107, 0.3186394, 0.4887764,
  0.6744898, 0.8871466, 1.1503494, 1.5341205,
];

/** The density of N(0, 1). */
export function standardNormal(z) {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** The slope of g at each point: a harmonic mean of the rises on both sides, 0 where it turns. */
export function slopesAt(points) {
  const widths = points.slice(1).map(([z], k) => z - points[k][0]);
  const rises = points.slice(1).map(([, x], k) => (x - points[k][1]) / widths[k]);
  return points.map((_, k) => {
    const [before, after] = [rises[k - 1] ?? rises[k], rises[k] ?? rises[k - 1]];
    if (before * after <= 0) return 0;
    if (before === after) return before;
    const [left, right] = [2 * widths[k] + widths[k - 1], widths[k] + 2 * widths[k - 1]];
    return (left + right) / (left / before + right / after);
  });
}

/** The curve: {at(z), slope(z), preimages(x)}, the last without those where g is flat. */
export function curveThrough(points) {
  const slopes = slopesAt(points);
  const last = points.length - 1;
  /** The value and the slope of g at z. */
  const both = (z) => {
    const next = points.findIndex((point) => z < point[0]);
    if (next < 1) {
      const end = next === 0 ? 0 : last;
      return [points[end][1] + slopes[end] * (z - points[end][0]), slopes[end]];
    }
    const [[z0, x0], [z1, x1]] = [points[next - 1], points[next]];
    const [width, m0, m1] = [z1 - z0, slopes[next - 1], slopes[next]];
    const t = (z - z0) / width;
    const rise = (x1 - x0) / width;
    // Hermite's cubic, as the chord and what bends away from it.
    const bend = (1 - t) * (m0 - rise) - t * (m1 - rise);
    const bends = (1 - 2 * t) * bend - t * (1 - t) * (m0 + m1 - 2 * rise);
    return [x0 + width * t * (rise + (1 - t) * bend), rise + bends];
  };
  const at = (z) => both(z)[0];
  const preimages = (x) => {
    const found = [];
    for (const [end, sign] of [[0, -1], [last, 1]]) {
      const away = (x - points[end][1]) / slopes[end];
      if (sign * away > 0 && Number.isFinite(away)) found.push(points[end][0] + away);
    }
    points.forEach(([z, value], k) => {
      if (value === x) found.push(z);
      else if (k < last && (x - value) * (x - points[k + 1][1]) < 0) found.push(between(at, z, points[k + 1][0], x));
    });
    return found.sort((a, b) => a - b);
  };
  return { at, slope: (z) => both(z)[1], preimages };
}

/** Where g, monotone between two z, takes the value x. */
function between(at, low, high, x) {
  const rising = at(high) > at(low);
  for (let k = 0; k < HALVINGS; k++) {
    const middle = (low + high) / 2;
    if (at(middle) < x === rising) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The density of x = g(z): what each z that leads there brings along, thinned by the slope. */
export function pushedDensity(curve, x) {
  return curve.preimages(x).reduce((sum, z) => sum + standardNormal(z) / Math.abs(curve.slope(z)), 0);
}

/** The share of the values in each of `bins` equal parts of [from, to], below it and above it. */
export function sharesOf(values, [from, to], bins) {
  const shares = { below: 0, bins: new Array(bins).fill(0), above: 0 };
  for (const value of values) {
    const bin = Math.floor(((value - from) / (to - from)) * bins);
    if (bin < 0) shares.below += 1 / values.length;
    else if (bin >= bins) shares.above += 1 / values.length;
    else shares.bins[bin] += 1 / values.length;
  }
  return shares;
}

/** The points with one of them moved, as far as its neighbours, `gap` away along z, and the picture let it. */
export function withPoint(points, moved, [z, x], { gap, extent: [left, right, bottom, top] }) {
  const low = moved > 0 ? points[moved - 1][0] + gap : left;
  const high = moved < points.length - 1 ? points[moved + 1][0] - gap : right;
  const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
  const place = [clamp(z, low, high), clamp(x, bottom, top)].map((each) => Math.round(100 * each) / 100 + 0);
  return points.map((point, k) => (k === moved ? place : point));
}
