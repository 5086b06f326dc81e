import { itemsOf, type Place } from './answerScope.ts';
import type { Shape } from './answerShape.ts';
import { allWordsSentence, description, lacksSight, titleOf, wordsSentence } from './answerWords.ts';
import { amountOf } from './chartValues.ts';
import { readFields } from './readFields.ts';
import { readout } from './readout.ts';
import type { Seen } from './seen.ts';

/** The answer in the shape that was asked for: words and grids as read, plain words where sight is lacking. */
export function composeAnswer(shape: Shape, seen: Seen): unknown {
  const whole = { scope: { kind: 'image' }, hasTables: false, isAlone: false } as const;
  const place: Place = { ...whole, readout: readout(seen), name: '' };
  if (shape.kind !== 'object') return fill(shape, place);
  const names = shape.properties.map(([name]) => name);
  const fields = shape.properties.find(([name]) => name === 'fields')?.[1];
  const answer = fill(shape, { ...place, hasTables: names.includes('tables'), isAlone: names.length === 1 });
  if (!fields || !names.includes('notFound')) return answer;
  const read = readFields(fields, place.readout.lines);
  return { ...(answer as object), fields: read.fields, notFound: read.notFound };
}

/** The answer where no shape was asked for. */
export function composeProse(seen: Seen): string {
  return description(readout(seen));
}

function fill(shape: Shape, place: Place): unknown {
  if (shape.kind === 'nullable') return applies(shape.shape, place) ? fill(shape.shape, place) : null;
  if (shape.kind === 'object') {
    const named = shape.properties.map(([name, child]) => {
      return [name, fill(child, { ...place, name: name.toLowerCase() })] as const;
    });
    return Object.fromEntries(named);
  }
  if (shape.kind === 'array') return itemsOf(place).map((scope) => fill(shape.items, { ...place, scope }));
  if (shape.kind === 'choice') return choose(shape.values, place);
  if (shape.kind === 'number') return numberFor(place);
  if (shape.kind === 'boolean') return /text|legible|readable/.test(place.name) && place.readout.lines.length > 0;
  return textFor(place);
}

/** Whether there is anything to put where null may stand too. */
function applies(shape: Shape, place: Place): boolean {
  const { name, readout } = place;
  if (shape.kind === 'string') return !['', lacksSight, 'und'].includes(textFor(place));
  if (shape.kind === 'array') return itemsOf(place).length > 0;
  if (shape.kind === 'number') return /confidence|width|height/.test(name) || place.scope.kind === 'point';
  if (/chart/.test(name)) return readout.chart !== undefined;
  if (/table/.test(name)) return readout.tables.length > 0;
  return /text|language|kind|type/.test(name) && readout.lines.length > 0;
}

function textFor({ readout, name, scope, hasTables }: Place): string {
  switch (scope.kind) {
    case 'text':
      return /evidence|basis/.test(name) ? wordsSentence(readout) : scope.text;
    case 'column':
      return /unit|descr/.test(name) ? '' : scope.name;
    case 'paragraph':
      return scope.paragraph.text;
    case 'point':
      return name === 'y' ? String(scope.value) : scope.category;
    case 'row':
      return scope.cells.join(' | ');
    case 'table':
      return '';
    case 'unseen':
      return name === 'name' ? 'not recognised' : lacksSight;
    case 'chart':
      return /name|title/.test(name) ? (readout.apart[0]?.text.split('\n')[0] ?? 'Values') : '';
    case 'image':
  }
  if (/language/.test(name)) return readout.lines.length > 0 ? 'en' : 'und';
  if (/title|heading|caption/.test(name)) return titleOf(readout);
  if (/text|content|transcri|plain|verbatim|markdown/.test(name)) {
    return hasTables ? readout.apart.map(({ text }) => text).join('\n') : readout.lines.join('\n');
  }
  if (/colou?r/.test(name)) return readout.seen.colours[0] ?? '';
  if (/descri|summary|overview|alt/.test(name)) return description(readout);
  if (/answer|reason|explan|evidence|basis/.test(name)) return `${allWordsSentence(readout)} ${lacksSight}`;
  return /unit|label/.test(name) ? '' : lacksSight;
}

function choose(values: readonly unknown[], { readout, name, scope }: Place): unknown {
  const wanted: string[] = [];
  if (scope.kind === 'paragraph') wanted.push(scope.paragraph.isHeading ? 'heading' : 'paragraph');
  if (scope.kind === 'column') wanted.push(isNumeric(scope.cells) ? 'number' : 'text');
  if (scope.kind === 'point') wanted.push('read');
  if (scope.kind === 'chart') wanted.push(name === 'scale' ? 'linear' : 'other');
  if (/language/.test(name)) wanted.push('en');
  if (/answered/.test(name) && readout.lines.length > 0) wanted.push('partly');
  if (/kind|type/.test(name) && scope.kind === 'image') {
    if (readout.chart) wanted.push('chart');
    else if (readout.lines.length > 3) wanted.push('document');
  }
  wanted.push('unknown', 'other', 'none', 'no', 'low');
  return wanted.find((value) => values.includes(value)) ?? values[0] ?? '';
}

function isNumeric(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell !== '');
  return filled.length > 0 && filled.filter((cell) => amountOf(cell) !== undefined).length * 2 >= filled.length;
}

function numberFor({ readout, name, scope }: Place): number {
  if (scope.kind === 'point') return scope.value;
  if (scope.kind === 'text') return amountOf(scope.text) ?? 0;
  if (/width/.test(name)) return readout.seen.width;
  if (/height/.test(name)) return readout.seen.height;
  if (!/confidence/.test(name)) return 0;
  const words = readout.seen.lines.flatMap((line) => line.words);
  const total = words.reduce((sum, word) => sum + word.confidence, 0);
  return words.length === 0 ? 0 : Math.round(total / words.length) / 100;
}
