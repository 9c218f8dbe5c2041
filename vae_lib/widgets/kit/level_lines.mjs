// Lines of equal value through a grid of numbers, by marching squares. It knows no picture.

/**
 * The segments [[x, y], [x, y]] along which the grid has the value `level`, in grid units: x counts columns and y rows,
 * from the first. A saddle within a cell is cut one way, always the same.
 */
export function levelSegments(grid, level) {
  const segments = [];
  for (let j = 0; j + 1 < grid.length; j++) {
    const [row, next] = [grid[j], grid[j + 1]];
    for (let i = 0; i + 1 < row.length; i++) {
      // Nearly every cell lies on one side of the level: what follows would be slow for all of them.
      const below = row[i] < level;
      if (row[i + 1] < level === below && next[i + 1] < level === below && next[i] < level === below) continue;
      const points = [];
      const [a, b, c, d] = [row[i], row[i + 1], next[i + 1], next[i]];
      if (a < level !== b < level) points.push([i + (level - a) / (b - a), j]);
      if (b < level !== c < level) points.push([i + 1, j + (level - b) / (c - b)]);
      if (c < level !== d < level) points.push([i + (level - d) / (c - d), j + 1]);
      if (d < level !== a < level) points.push([i, j + (level - a) / (d - a)]);
      for (let k = 0; k + 1 < points.length; k += 2) segments.push([points[k], points[k + 1]]);
    }
  }
  return segments;
}
