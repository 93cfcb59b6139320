/** Dark modules as the node gives them, rows of hexadecimal digits from the left, as one path with the white margin around. */
const MARGIN = 4;

export function qrPath(rows: string[]): { side: number; d: string } {
  const size = rows.length;
  let d = '';
  rows.forEach((row, y) => {
    let from = -1;
    for (let x = 0; x <= size; ++x) {
      const dark = x < size && ((parseInt(row[x >> 2] ?? '0', 16) >> (3 - (x & 3))) & 1) === 1;
      if (dark && from < 0) from = x;
      else if (!dark && from >= 0) {
        d += `M${from + MARGIN} ${y + MARGIN}h${x - from}v1h-${x - from}z`;
        from = -1;
      }
    }
  });
  return { side: size + 2 * MARGIN, d };
}
