// What can be counted among labelled points of a plane. It knows no colour and no model.

/** For each class present, in order: {label, at: [median z1, median z2], count}. */
export function classMedians(codes, labels) {
  const members = new Map();
  labels.forEach((label, i) => {
    if (!members.has(label)) members.set(label, []);
    members.get(label).push(i);
  });
  const median = (indices, axis) => {
    const values = Float32Array.from(indices, (i) => codes[2 * i + axis]).sort();
    const middle = values.length >> 1;
    return values.length % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  };
  return [...members]
    .sort(([a], [b]) => a - b)
    .map(([label, indices]) => ({ label, at: [median(indices, 0), median(indices, 1)], count: indices.length }));
}

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
