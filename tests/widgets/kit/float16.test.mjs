import assert from "node:assert/strict";
import { test } from "node:test";
import { halfToFloat } from "../../../vae_lib/widgets/kit/float16.mjs";
import { bytes, reference } from "../reference.mjs";

const every = Uint16Array.from({ length: 65536 }, (_, i) => i);

test("every half-precision number is read as numpy reads it", () => {
  const expected = new Float32Array(bytes(reference.halves).buffer);
  const came = halfToFloat(every);
  for (let i = 0; i < 65536; i++) assert.ok(Object.is(came[i], expected[i]), `${i}: ${came[i]} for ${expected[i]}`);
});

test("zeros keep their sign, subnormals are not flushed, infinity and NaN stay what they are", () => {
  const came = halfToFloat(Uint16Array.of(0x0000, 0x8000, 0x0001, 0x83ff, 0x7c00, 0xfc00, 0x7e00, 0x7bff));
  const expected = [0, -0, 2 ** -24, -1023 * 2 ** -24, Infinity, -Infinity, NaN, 65504];
  expected.forEach((value, i) => assert.ok(Object.is(came[i], value), `${came[i]} for ${value}`));
});
