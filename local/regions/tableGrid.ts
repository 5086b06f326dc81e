import type { SeenWord } from './seen.ts';

/** A table that was found in the positions of words: every row has as many cells as there are columns. */
export interface TableGrid {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly words: readonly SeenWord[];
}

interface Cell {
  readonly words: readonly SeenWord[];
  readonly left: number;
  readonly right: number;
}

interface Row {
  readonly top: number;
  readonly bottom: number;
  readonly cells: readonly Cell[];
}

/**
 * The tables that words form by standing in rows and columns: rows by their height on the page, cells by wide gaps,
 * columns by cells that stand above one another. At least two rows of two cells. Running text has no wide gaps and
 * forms none.
 */
export function tableGrids(words: readonly SeenWord[]): TableGrid[] {
  const runs: Row[][] = [];
  let run: Row[] = [];
  for (const row of rowsOf(words)) {
    const last = run.at(-1);
    // A gap of three lines ends a table; a line of one cell does too.
    const isNear = last !== undefined && row.top - last.bottom < 3 * (row.bottom - row.top);
    if (row.cells.length >= 2 && (run.length === 0 || isNear)) run.push(row);
    else {
      runs.push(run);
      run = row.cells.length >= 2 ? [row] : [];
    }
  }
  return [...runs, run].filter((rows) => rows.length >= 2).flatMap((rows) => gridOf(rows));
}

/** Words that stand on one height, rows from the top. */
export function rowsOf(words: readonly SeenWord[]): Row[] {
  const rows: SeenWord[][] = [];
  for (const word of [...words].sort((one, other) => middle(one) - middle(other))) {
    const row = rows.at(-1);
    const sameLine = row?.some((other) => middle(word) < other.bottom && middle(other) > word.top);
    if (row && sameLine) row.push(word);
    else rows.push([word]);
  }
  return rows.map((row) => ({
    top: Math.min(...row.map((word) => word.top)),
    bottom: Math.max(...row.map((word) => word.bottom)),
    cells: cellsOf(row),
  }));
}

export function cellText(cell: Cell): string {
  return cell.words.map((word) => word.text).join(' ');
}

function middle(word: SeenWord): number {
  return (word.top + word.bottom) / 2;
}

/** A gap as wide as the letters are high parts two cells. */
function cellsOf(row: readonly SeenWord[]): Cell[] {
  const height = Math.max(...row.map((word) => word.bottom - word.top));
  const cells: Cell[] = [];
  for (const word of [...row].sort((one, other) => one.left - other.left)) {
    const last = cells.at(-1);
    if (last && word.left - last.right < height) {
      cells[cells.length - 1] = { words: [...last.words, word], left: last.left, right: word.right };
    } else cells.push({ words: [word], left: word.left, right: word.right });
  }
  return cells;
}

function gridOf(rows: readonly Row[]): TableGrid[] {
  const columns: { left: number; right: number }[] = [];
  const cells = rows.flatMap((row) => row.cells);
  for (const cell of [...cells].sort((one, other) => one.left - other.left)) {
    const last = columns.at(-1);
    if (last && cell.left <= last.right) last.right = Math.max(last.right, cell.right);
    else columns.push({ left: cell.left, right: cell.right });
  }
  if (columns.length < 2) return [];
  const lined = rows.map((row) =>
    columns.map((column) =>
      row.cells
        .filter((cell) => cell.left <= column.right && cell.right >= column.left)
        .map(cellText)
        .join(' '),
    ),
  );
  const [header = [], ...body] = lined;
  return [{ header, rows: body, words: cells.flatMap((cell) => cell.words) }];
}
