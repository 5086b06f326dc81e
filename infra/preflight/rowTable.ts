import type { Row, State } from './row.ts';

const GAP = '  ';
const SHORTEST_TEXT = 40;

/** The rows as a table for a terminal of so many columns; what to do stands below what was found. */
export function rowTable(rows: readonly Row[], columns: number): string {
  const stateWidth = widthOf(rows.map(({ state }) => state));
  const checkWidth = widthOf(rows.map(({ check }) => check));
  const isWide = columns - stateWidth - checkWidth - 2 * GAP.length >= SHORTEST_TEXT;
  const indent = ' '.repeat(stateWidth + GAP.length + (isWide ? checkWidth + GAP.length : 0));
  const lines = rows.flatMap(({ state, check, found, todo }) => {
    const [first = '', ...rest] = [
      ...wrapped(found, columns - indent.length),
      ...wrapped(todo, columns - indent.length - GAP.length).map((line) => `${GAP}${line}`),
    ];
    const start = `${state.padEnd(stateWidth)}${GAP}`;
    const head = isWide
      ? [`${start}${check.padEnd(checkWidth)}${GAP}${first}`]
      : [`${start}${check}`, `${indent}${first}`];
    return [...head, ...rest.map((line) => `${indent}${line}`)];
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

/** `1 would fail, 0 warnings, 2 could not be checked, 9 are fine.` */
function summaryOf(rows: readonly Row[]): string {
  const count = (state: State): number => rows.filter((row) => row.state === state).length;
  const warnings = count('warning');
  return `${count('fails')} would fail, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${count('could not check')} could not be checked, ${count('ok')} are fine.`;
}
