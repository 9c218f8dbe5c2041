import assert from "node:assert/strict";
import { test } from "node:test";
import { inTurns } from "../../../vae_lib/widgets/kit/digit_tiles.mjs";

test("what is painted in turns is all painted, however little time there is, and goes on where it stopped", () => {
  const painted = [];
  const turns = inTurns(4, (digit) => painted.push(digit));
  const once = () => {
    // A time that has just begun leaves room for one or more.
    const count = painted.length;
    while (painted.length === count) turns.work(performance.now() + 1e-3);
  };
  assert.equal(turns.work(Infinity), false);
  turns.stale();
  once();
  turns.stale();
  assert.equal(turns.work(Infinity), false);
  assert.deepEqual(painted.slice(-4).sort(), [0, 1, 2, 3]);
  assert.equal(painted[painted.length - 4], painted.length - 4 > 0 ? (painted[painted.length - 5] + 1) % 4 : 0);
});
