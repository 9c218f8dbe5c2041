import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clampTo, decimalsOf, keyTarget, numberText, planeMap, roundTo, spread, stepOf, ticksBetween,
} from "../../../vae_lib/widgets/kit/plane.mjs";
import { furthest } from "../reference.mjs";

const SQUARE = [-4, 4, -4, 4];

test("the plane's corners are the picture's, with z2 upwards", () => {
  const map = planeMap([-1, 3, 2, 4], 400, 200);
  assert.deepEqual(map.toPixel([-1, 4]), [0, 0]);
  assert.deepEqual(map.toPixel([3, 2]), [400, 200]);
  assert.deepEqual(map.toPlane([200, 100]), [1, 3]);
});

test("from the plane to a pixel and back is no way at all", () => {
  for (const extent of [SQUARE, [-3, 13, -6.5, 9.5], [0.001, 0.002, -5, -4.999]]) {
    const map = planeMap(extent, 337, 337);
    for (const z of [[extent[0], extent[3]], [extent[1], extent[2]], [(extent[0] + extent[1]) / 2, extent[2]]]) {
      assert.ok(furthest(map.toPlane(map.toPixel(z)), z) < 1e-9);
    }
  }
});

test("an arrow key makes 0.1 on a plane of the prior, Shift 0.5, and coarser steps on a wider plane", () => {
  assert.deepEqual([7, 8, 9, 10, 13].map((width) => roundTo(9, stepOf([-width / 2, width / 2]))), Array(5).fill(0.1));
  assert.deepEqual([16, 30, 60, 160, 1].map((width) => roundTo(9, stepOf([0, width]))), [0.2, 0.2, 0.5, 2, 0.01]);
  assert.deepEqual(keyTarget("ArrowRight", true, [0, 0], 0.1, SQUARE), [0.5, 0]);
});

test("keys lead where they point to", () => {
  const at = [0.3, -0.7];
  const keys = {
    ArrowLeft: [0.2, -0.7], ArrowRight: [0.4, -0.7], ArrowUp: [0.3, -0.6], ArrowDown: [0.3, -0.8],
    PageUp: [0.3, -0.2], PageDown: [0.3, -1.2], Home: [0, 0],
  };
  for (const [key, z] of Object.entries(keys)) assert.deepEqual(keyTarget(key, false, at, 0.1, SQUARE), z);
});

test("other keys are left to the page, names of object properties among them", () => {
  for (const key of ["Tab", "Enter", "a", "Escape", "toString", "constructor"]) {
    assert.equal(keyTarget(key, false, [0, 0], 0.1, SQUARE), null);
  }
});

test("no key leaves the plane, and a point outside comes back to its edge", () => {
  assert.deepEqual(keyTarget("ArrowRight", true, [3.8, 0], 0.1, SQUARE), [4, 0]);
  assert.deepEqual(keyTarget("ArrowLeft", false, [10, -9], 0.1, SQUARE), [4, -4]);
  assert.deepEqual(keyTarget("Home", false, [3, 3], 0.1, [1, 5, 2, 6]), [1, 2]);
});

test("a hundred steps there and back end where they began, without rounding dust", () => {
  let z = [0.05, 0];
  for (let i = 0; i < 35; i++) z = keyTarget("ArrowRight", false, z, 0.1, SQUARE);
  assert.deepEqual(z, [3.55, 0]);
  for (let i = 0; i < 35; i++) z = keyTarget("ArrowLeft", false, z, 0.1, SQUARE);
  assert.deepEqual(z, [0.05, 0]);
});

test("numbers are written with a true minus, and no minus before zero", () => {
  assert.deepEqual([1.005, -1.5, -0.001, 0].map((value) => numberText(value, 2)), ["1.00", "−1.50", "0.00", "0.00"]);
  assert.deepEqual([0.1, 0.5, 1, 2, 10, 0.01].map(decimalsOf), [2, 2, 1, 1, 0, 3]);
  assert.ok(Object.is(roundTo(2, -0.0001), 0));
});

test("ticks are round numbers inside, at most nine", () => {
  assert.deepEqual(ticksBetween(-4, 4), [-4, -3, -2, -1, 0, 1, 2, 3, 4]);
  assert.deepEqual(ticksBetween(-3, 13), [-2, 0, 2, 4, 6, 8, 10, 12]);
  assert.deepEqual(ticksBetween(-0.35, 0.35), [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
  for (const width of [0.07, 1, 3, 7.7, 23, 101]) {
    const ticks = ticksBetween(-width, width);
    assert.ok(ticks.length >= 3 && ticks.length <= 10, `${ticks}`);
    assert.ok(ticks.every((tick) => Math.abs(tick) <= width));
  }
});

test("clamping changes only what lies outside", () => {
  assert.deepEqual(clampTo(SQUARE, [5, -0.5]), [4, -0.5]);
  assert.deepEqual(clampTo(SQUARE, [1, 2]), [1, 2]);
});

test("labels are set apart, also two at one place, and those with room stay", () => {
  const crowd = [[0, 0], [0, 0], [5, 0], [3, 4], [100, 100]];
  const places = spread(crowd, 20);
  for (let i = 0; i < places.length; i++) {
    for (let j = 0; j < i; j++) {
      const distance = Math.hypot(places[i][0] - places[j][0], places[i][1] - places[j][1]);
      assert.ok(distance > 19.9, `${i} and ${j} are ${distance} apart`);
    }
  }
  assert.deepEqual(places[4], [100, 100]);
  assert.deepEqual(crowd[2], [5, 0]);
  assert.deepEqual(spread([], 20), []);
});
