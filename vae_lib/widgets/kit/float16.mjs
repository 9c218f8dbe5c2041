// Half-precision numbers as the browser's own. It knows nothing of what they mean.

/** The numbers whose IEEE 754 half-precision bits stand in `halves` (a Uint16Array), exactly. */
export function halfToFloat(halves) {
  const floats = new Float32Array(halves.length);
  const bits = new Uint32Array(floats.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i];
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 31;
    const fraction = half & 0x3ff;
    if (exponent === 0) {
      // Zero and the subnormals, which have no hidden leading one: multiples of 2^-24.
      floats[i] = (sign ? -1 : 1) * fraction * 2 ** -24;
    } else {
      // The bias grows from 15 to 127; the largest exponent stands for infinity and NaN in both formats.
      bits[i] = sign | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
    }
  }
  return floats;
}
