import assert from "node:assert/strict";
import { test } from "node:test";
import { centreOfMass, renderStrokes } from "../../../vae_lib/widgets/draw_a_digit/strokes.mjs";
import { furthest, reference } from "../reference.mjs";

const { drawings } = reference;

for (const { name, strokes, pixels } of drawings) {
  test(`${name}: every pixel is Python's to 1e-5`, () => {
    assert.ok(furthest([...renderStrokes(strokes)], pixels) < 1e-5);
  });
}

test("the ink's centre of mass lies where MNIST has it", () => {
  for (const { strokes } of drawings.filter(({ name }) => name.startsWith("the example"))) {
    assert.ok(furthest(centreOfMass(renderStrokes(strokes)), [14.5, 14.5]) < 0.1);
  }
});
