import assert from "node:assert/strict";
import { test } from "node:test";
import {
  SIXTEENTHS,
  curveThrough,
  pushedDensity,
  sharesOf,
  standardNormal,
  withPoint,
} from "../../../vae_lib/widgets/push_forward/arithmetic.mjs";
import { barScale } from "../../../vae_lib/widgets/push_forward/picture.mjs";
import { furthest, reference } from "../reference.mjs";

const { places, edges, curves, sixteenths, density } = reference;

/** The integral of the density of x, by the midpoint rule with small steps towards each place where it is infinite. */
function mass(curve, from, to, spikes) {
  const cuts = [from, ...spikes.filter((x) => from < x && x < to).sort((a, b) => a - b), to];
  let sum = 0;
  for (let k = 0; k + 1 < cuts.length; k++) {
    const [low, high] = [cuts[k], cuts[k + 1]];
    const count = 20_000;
    for (let i = 0; i < count; i++) {
      // x = low + (high − low) (3t² − 2t³) is flat at both ends, and tames a pole of order one half there.
      const t = (i + 0.5) / count;
      const x = low + (high - low) * (3 * t * t - 2 * t ** 3);
      sum += (pushedDensity(curve, x) * (high - low) * 6 * t * (1 - t)) / count;
    }
  }
  return sum;
}

test("the normal density and its sixteenths are PyTorch's", () => {
  assert.ok(furthest(places.map(standardNormal), density) < 1e-14);
  assert.ok(furthest(SIXTEENTHS, sixteenths) < 1e-6);
});

for (const { name, points, values, slopes, masses } of curves) {
  const curve = curveThrough(points);

  test(`${name}: the curve and its slopes are SciPy's`, () => {
    assert.ok(furthest(places.map(curve.at), values) < 1e-10);
    assert.ok(furthest(places.map(curve.slope), slopes) < 1e-10);
    points.forEach(([z, x]) => assert.ok(Math.abs(curve.at(z) - x) < 1e-12));
  });

  test(`${name}: each z is found among the preimages of its x, and no other values are`, () => {
    for (const z of places) {
      const x = curve.at(z);
      const found = curve.preimages(x);
      for (const each of found) assert.ok(Math.abs(curve.at(each) - x) < 1e-9);
      if (curve.slope(z) !== 0) assert.ok(Math.min(...found.map((each) => Math.abs(each - z))) < 1e-6, `${z}: ${found}`);
    }
  });

  if (!name.startsWith("flat")) {
    test(`${name}: the formula brings as much probability everywhere as the z that lead there`, () => {
      const spikes = points.map(([, x]) => x);
      const found = edges.slice(1).map((to, k) => mass(curve, edges[k], to, spikes));
      assert.ok(furthest(found, masses) < 2e-4, `${found} for ${masses}`);
    });
  }
}

test("where g turns the density is infinite, and just beside it large on one side and nothing on the other", () => {
  const curve = curveThrough([[-2.4, 2.2], [-0.4, -1.5], [0.8, 0.2], [2.4, 2.2]]);
  assert.equal(pushedDensity(curve, -1.5), Infinity);
  assert.ok(pushedDensity(curve, -1.5 + 1e-6) > 100);
  assert.equal(pushedDensity(curve, -1.5 - 1e-6), 0);
});

test("a point moves as far as its neighbours and the picture let it", () => {
  const points = [[-2, 0], [-1, 0], [1, 0], [2, 0]];
  const room = { gap: 0.1, extent: [-3, 3, -2, 2] };
  assert.deepEqual(withPoint(points, 1, [0.5, 1.234], room)[1], [0.5, 1.23]);
  assert.deepEqual(withPoint(points, 1, [5, 5], room)[1], [0.9, 2]);
  assert.deepEqual(withPoint(points, 1, [-5, -5], room)[1], [-1.9, -2]);
  assert.deepEqual(withPoint(points, 0, [-5, 0], room)[0], [-3, 0]);
  assert.deepEqual(withPoint(points, 3, [5, 0], room)[3], [3, 0]);
  assert.deepEqual(withPoint(points, 3, [5, 0], room).slice(0, 3), points.slice(0, 3));
  assert.deepEqual(points, [[-2, 0], [-1, 0], [1, 0], [2, 0]]);
});

test("every sample is counted once, inside or outside, and the longest bar fits its scale", () => {
  const shares = sharesOf([-9, -1, -0.99, 0, 0.3, 0.99, 1, 7], [-1, 1], 4);
  assert.deepEqual(shares, { below: 1 / 8, bins: [2 / 8, 0, 2 / 8, 1 / 8], above: 2 / 8 });
  for (const [share, scale] of [[0.01, 0.5], [0.25, 0.5], [0.26, 1], [1, 2]]) {
    assert.equal(barScale({ bins: [share, 0] }, 0.5), scale);
  }
});
