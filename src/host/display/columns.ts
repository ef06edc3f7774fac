// Plain text in aligned columns. Every cell is one line, whatever a file or a model put into it. Without VS Code.
import { oneLine } from './oneLine.ts';

/** Pads every column but the last one to its widest cell, counted in characters. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const cells = rows.map((row) => row.map(oneLine));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    }
  }
  return cells.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('   ')
      .trimEnd(),
  );
}

function widthOf(cell: string): number {
  return Array.from(cell).length;
}
