import type { Row, State } from './row.ts';

const GAP = '  ';
const SHORTEST_TEXT = 40;

/**
 * The rows as a table for a terminal of so many columns. What to do stands below what was found, in one line, so that a
 * command can be copied.
 */
export function rowTable(rows: readonly Row[], columns: number): string {
  const stateWidth = widthOf(rows.map(({ state }) => state));
  const checkWidth = widthOf(rows.map(({ check }) => check));
  const isWide = columns - stateWidth - checkWidth - 2 * GAP.length >= SHORTEST_TEXT;
  const below = ' '.repeat(stateWidth + GAP.length);
  const indent = isWide ? `${below}${' '.repeat(checkWidth)}${GAP}` : below;
  const lines = rows.flatMap(({ state, check, found, todo }) => {
    const [first = '', ...rest] = wrapped(found, columns - indent.length);
    const start = `${state.padEnd(stateWidth)}${GAP}`;
    const head = isWide
      ? [`${start}${check.padEnd(checkWidth)}${GAP}${first}`]
      : [`${start}${check}`, `${below}${first}`];
    return [...head, ...rest.map((line) => `${indent}${line}`), ...(todo === '' ? [] : [`${below}To do: ${todo}`])];
  });
  return [...lines, '', summaryOf(rows)].map((line) => line.trimEnd()).join('\n');
}

const widthOf = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length));

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** `1 would fail, 0 warnings, 2 not checked, 9 ok.` */
function summaryOf(rows: readonly Row[]): string {
  const count = (state: State): number => rows.filter((row) => row.state === state).length;
  const warnings = count('warning');
  return `${count('fails')} would fail, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${count('could not check')} not checked, ${count('ok')} ok.`;
}
