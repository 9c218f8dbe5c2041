import assert from "node:assert/strict";
import { test } from "node:test";
import * as recorded from "../../../vae_lib/widgets/latent_bubbles/arithmetic.mjs";
import { bytes, furthest, reference } from "../reference.mjs";

const { header, buffer, places, halves, labels, images, curves, frames, furthest: reaches } = reference;
const packed = bytes(buffer);
const recording = recorded.readRecording(header, packed);

/** The largest difference as a share of the number's size, where that is over one. */
function share(came, expected) {
  return furthest(Array.from(came, (each, i) => each / Math.max(1, Math.abs(expected[i]))),
    expected.map((each) => each / Math.max(1, Math.abs(each))));
}

test("labels, pictures and curves are those that were packed", () => {
  assert.deepEqual(Array.from(recording.labels), labels);
  assert.deepEqual(Array.from(recording.images), images);
  header.betas.forEach((_, beta) => {
    for (const [name, rows] of Object.entries(curves)) {
      assert.ok(share(recorded.curveOf(recording, name, beta), rows[beta]) < 1e-6);
      header.steps.forEach((_, step) => {
        const value = recorded.valuesAt(recording, beta, step)[name];
        assert.ok(Math.abs(value - rows[beta][step]) < 1e-4);
      });
    }
  });
});

for (const [beta, row] of frames.entries()) {
  for (const [step, frame] of row.entries()) {
    test(`beta ${header.betas[beta]}, step ${header.steps[step]}: bubbles and all that is said of them are PyTorch's`, () => {
      const bubbles = recorded.bubblesAt(recording, beta, step);
      assert.deepEqual(Array.from(bubbles.mu), frame.mu);
      assert.ok(share(bubbles.sigma, frame.sigma) < 1e-6);
      const kl = labels.map((_, digit) => recorded.bubbleKl(bubbles, digit));
      assert.ok(share(kl, frame.kl) < 1e-5);
      assert.deepEqual(places.map((place) => recorded.nearestBubble(bubbles, place)), frame.nearest);
      assert.deepEqual(halves.map((half) => recorded.countOutside(bubbles, half)), frame.outside);
      assert.deepEqual(recorded.pathOf(recording, beta, step, labels.length - 1), frame.path);
    });
  }
}

test("zoomed out, the plane holds every centre, is not much larger, and never smaller than the near view", () => {
  header.betas.forEach((_, beta) => {
    const half = recorded.reachOf(recording, beta, 0.1);
    assert.ok(half >= reaches[beta] && half <= 2.2 * reaches[beta], `${half} for ${reaches[beta]}`);
    assert.equal(recorded.reachOf(recording, beta, 1000), 1000);
    header.steps.forEach((_, step) => {
      assert.equal(recorded.countOutside(recorded.bubblesAt(recording, beta, step), half), 0);
    });
  });
});

test("a view that begins at an odd address is read as well", () => {
  const larger = new Uint8Array(packed.length + 7);
  larger.set(packed, 7);
  const view = new DataView(larger.buffer, 7, packed.length);
  assert.deepEqual(recorded.readRecording(header, view), recording);
});

test("a recording that is cut off, too long or of another format says so", () => {
  assert.throws(() => recorded.readRecording(header, packed.slice(0, -1)), /cut off after \d+ bytes/);
  const longer = new Uint8Array(packed.length + 1);
  longer.set(packed);
  assert.throws(() => recorded.readRecording(header, longer), /bytes where \d+ were announced/);
  assert.throws(() => recorded.readRecording({ ...header, format: 1 }, packed), /format 1, this script reads/);
  assert.throws(() => recorded.readRecording(undefined, packed), /format undefined/);
});
