// Random numbers that Python draws too, bit for bit (draws.py). It knows no distribution but the uniform one.

/** A function that gives the next number between 0 and 1, both excluded: Tommy Ettinger's mulberry32. */
export function uniformDraws(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (((bits ^ (bits >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}
