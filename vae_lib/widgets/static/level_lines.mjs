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
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      const crossings = corners.flatMap((from, k) => crossing(grid, level, from, corners[(k + 1) % 4]));
      for (let k = 0; k + 1 < crossings.length; k += 2) segments.push([crossings[k], crossings[k + 1]]);
    }
  }
  return segments;
}

/** Where the level is passed between two neighbours: a list of one point, or of none. */
function crossing(grid, level, [x, y], [toX, toY]) {
  const [a, b] = [grid[y][x], grid[toY][toX]];
  if (a < level === b < level) return [];
  const share = (level - a) / (b - a);
  return [[x + share * (toX - x), y + share * (toY - y)]];
}
