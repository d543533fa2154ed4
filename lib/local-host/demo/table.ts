export interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Lines of aligned columns below a rule, each indented by `indent` spaces. */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  indent = 0,
): readonly string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    ' '.repeat(indent) +
    cells
      .map((cell, index) => pad(cell, index))
      .join('  ')
      .trimEnd();
  const pad = (cell: string, index: number): string => {
    const width = widths[index] ?? 0;
    return columns[index]?.align === 'right' ? cell.padStart(width) : cell.padEnd(width);
  };
  const rule = widths.map((width) => '─'.repeat(width));
  return [line(columns.map(({ title }) => title)), line(rule), ...rows.map(line)];
}
