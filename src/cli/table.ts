/** Columns as wide as they must be, numbers to the right; nothing where there are no rows. */
export function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  if (rows.length === 0) return ''
  const cells = [heads, ...rows.map((row) => row.map(written))]
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)))
  const isNumber = heads.map((_, column) => typeof rows[0]![column] === 'number')
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const written = (cell: string | number): string =>
  typeof cell === 'number' ? cell.toLocaleString('en-US') : cell
