// Random numbers that Python draws too (draws.py): the uniform ones bit for bit, and normal ones made of them.

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

/** `count` standard normal pairs that are the same on every machine, by Box and Muller's rule. */
export function fixedDraws(count, seed) {
  const uniform = uniformDraws(seed);
  return Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}
