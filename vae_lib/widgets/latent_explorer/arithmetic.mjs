// What lies near a point among labelled codes. It knows no colour, no element and no model.

/** How many codes lie within `radius` of z, and of which classes: {total, classes: [[label, count], …]}, most first. */
export function neighbours(codes, labels, [z1, z2], radius) {
  const counts = new Uint32Array(256);
  const most = radius * radius;
  let total = 0;
  for (let i = 0; 2 * i < codes.length; i++) {
    const d1 = codes[2 * i] - z1;
    const d2 = codes[2 * i + 1] - z2;
    if (d1 * d1 + d2 * d2 > most) continue;
    total++;
    if (labels) counts[labels[i]]++;
  }
  const classes = [];
  counts.forEach((count, label) => count && classes.push([label, count]));
  return { total, classes: classes.sort((a, b) => b[1] - a[1] || a[0] - b[0]) };
}
