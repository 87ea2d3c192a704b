/** Tables for people: aligned columns, a dim head, the last column cut to the width. */
import type { Paint, Style } from './style.ts';
import { cut, harmless, pad, widthOf } from './text.ts';

/** Plain text, or plain text with the colour that it gets once its width is known. */
export type Cell = string | number | { readonly text: string; readonly paint: Paint };

const textOf = (cell: Cell | undefined): string => harmless(typeof cell === 'object' ? cell.text : String(cell ?? ''));

export type TableOptions = {
  readonly style: Style;
  /** Lines are cut to this width. */
  readonly columns?: number;
  /** Keeps columns that are empty in every row: a table that is drawn again and again must not jump. */
  readonly steady?: boolean;
};

/** The lines of a table. Without rows there are none. */
export function tableLines(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions,
): string[] {
  if (rows.length === 0) return [];
  const widths = head.map((title, i) => Math.max(widthOf(title), ...rows.map((row) => widthOf(textOf(row[i])))));
  // A column that is empty in every row says nothing.
  const shown = head.flatMap((_, i) => (options.steady || rows.some((row) => textOf(row[i]) !== '') ? [i] : []));
  const line = (cells: readonly Cell[], paintAll?: Paint): string => {
    let left = options.columns ?? Number.POSITIVE_INFINITY;
    const parts = shown.map((column, position) => {
      const cell = cells[column];
      const last = position === shown.length - 1;
      const text = cut(last ? textOf(cell) : pad(textOf(cell), widths[column] ?? 0), Math.max(left, 1));
      left -= widthOf(text) + 2;
      return (paintAll ?? (typeof cell === 'object' ? cell.paint : String))(text);
    });
    return parts.join('  ').trimEnd();
  };
  return [line(head, options.style.dim), ...rows.map((row) => line(row))];
}
