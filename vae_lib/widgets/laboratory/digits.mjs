// The digits that the laboratory trains on, read from what `digits.py` packed. It knows no network.

/**
 * {side, pixels, classes, training, heldOut} from a payload's header and its bytes. Both sets are {images, labels,
 * count}: grey levels from 0 to 1, a row for each digit, in turns by class. Throws where the bytes are not what was
 * announced.
 */
export function readDigits(header, bytes) {
  if (header?.format !== 1) {
    throw new Error(`its digits have the format ${header?.format}, this script reads format 1; build the book anew`);
  }
  const { side, levels, classes } = header;
  const total = header.training + header.heldOut;
  const grey = greyLevels(bytes.subarray(total), total * side * side, levels);
  const labels = bytes.slice(0, total);
  const set = (from, count) => ({
    images: grey.slice(from * side * side, (from + count) * side * side),
    labels: labels.slice(from, from + count),
    count,
  });
  const sets = { training: set(0, header.training), heldOut: set(header.training, header.heldOut) };
  return { side, pixels: side * side, classes, ...sets };
}

/** Four bits at a time, the high ones first: a grey level, or a zero and how many more zeros follow it. */
function greyLevels(bytes, count, levels) {
  const grey = new Float32Array(count);
  let filled = 0;
  let half = 0;
  const next = () => {
    const byte = bytes[half >> 1];
    return half++ % 2 ? byte & 15 : byte >> 4;
  };
  while (filled < count && half < 2 * bytes.length) {
    const level = next();
    if (level === 0) filled += next() + 1;
    else grey[filled++] = level / levels;
  }
  if (filled !== count || half + 1 < 2 * bytes.length) {
    throw new Error(`its digits are damaged: expected ${count} grey levels, got ${filled}`);
  }
  return grey;
}

/** The numbers of the first `count` digits of a set that belong to one of `classes`. */
export function chosenDigits({ labels }, classes, count = labels.length) {
  const chosen = [];
  for (let i = 0; i < labels.length && chosen.length < count; i++) if (classes.includes(labels[i])) chosen.push(i);
  return Int32Array.from(chosen);
}
