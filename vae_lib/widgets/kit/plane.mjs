// The arithmetic of a plane of two coordinates: pixels, key steps, ticks, numbers as text. It knows no element.

/** Maps between the plane's coordinates and a picture of it; `extent` is [left, right, bottom, top]. */
export function planeMap([left, right, bottom, top], width, height) {
  const across = width / (right - left);
  const down = height / (top - bottom);
  return {
    scale: across,
    toPixel: ([z1, z2]) => [(z1 - left) * across, (top - z2) * down],
    toPlane: ([x, y]) => [left + x / across, top - y / down],
  };
}

/** The point of the plane nearest to z. */
export function clampTo([left, right, bottom, top], [z1, z2]) {
  return [Math.min(Math.max(z1, left), right), Math.min(Math.max(z2, bottom), top)];
}

/** The step of an arrow key: the largest of 1, 2 and 5 times a power of ten that makes 70 or more steps across. */
export function stepOf([left, right]) {
  const most = ((right - left) / 70) * (1 + 1e-9);
  const power = 10 ** Math.floor(Math.log10(most));
  return power * (most >= 5 * power ? 5 : most >= 2 * power ? 2 : 1);
}

/** How many decimals tell two neighbouring positions apart when ten of them make a step. */
export function decimalsOf(step) {
  return Math.max(0, 1 - Math.floor(Math.log10(step) + 1e-9));
}

/** The number with that many decimals. */
export function roundTo(decimals, value) {
  const power = 10 ** decimals;
  // Adding 0 turns −0 into 0.
  return Math.round(value * power) / power + 0;
}

/** A number as it is read, with a true minus sign. */
export function numberText(value, decimals) {
  const text = value.toFixed(decimals);
  return Number(text) < 0 ? text.replace("-", "−") : text.replace("-", "");
}

/** Where a key takes z on the plane, or null for a key that does not move it. Shift makes five steps of one. */
export function keyTarget(key, shift, [z1, z2], step, extent) {
  const one = shift ? 5 * step : step;
  const moves = {
    ArrowLeft: [-one, 0],
    ArrowRight: [one, 0],
    ArrowUp: [0, one],
    ArrowDown: [0, -one],
    PageUp: [0, 5 * step],
    PageDown: [0, -5 * step],
    Home: [-z1, -z2],
  };
  if (!Object.hasOwn(moves, key)) return null;
  const decimals = decimalsOf(step);
  const [d1, d2] = moves[key];
  return clampTo(extent, [roundTo(decimals, z1 + d1), roundTo(decimals, z2 + d2)]);
}

/** Round numbers between two others, at most `most` of them. */
export function ticksBetween(from, to, most = 9) {
  const rough = (to - from) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((times) => times * power >= rough) ?? 10);
  const ticks = [];
  for (let k = Math.ceil(from / step); k * step <= to; k++) ticks.push(roundTo(6, k * step));
  return ticks;
}

/** The points moved apart until any two are `gap` from each other; for labels that overlap. */
export function spread(points, gap) {
  const places = points.map((each) => [...each]);
  for (let round = 0, moved = true; moved && round < 200; round++) {
    moved = false;
    for (let i = 0; i < places.length; i++) {
      for (let j = i + 1; j < places.length; j++) {
        const dx = places[j][0] - places[i][0];
        const dy = places[j][1] - places[i][1];
        const distance = Math.hypot(dx, dy);
        if (distance >= gap - 1e-6) continue;
        // Two at one place have no direction to part in: any will do, if it is always the same.
        const [ux, uy] = distance > 0 ? [dx / distance, dy / distance] : [Math.cos(i + j), Math.sin(i + j)];
        const push = (gap - distance) / 2;
        places[i] = [places[i][0] - ux * push, places[i][1] - uy * push];
        places[j] = [places[j][0] + ux * push, places[j][1] + uy * push];
        moved = true;
      }
    }
  }
  return places;
}
