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
