import type { Shape } from './answerShape.ts';
import type { Seen } from './seen.ts';
import { type TableGrid, tableGrids } from './tableGrid.ts';

/** What the emulated model cannot do, said in its answers wherever it matters. */
export const lacksSight =
  'The emulated model reads words and measures colours; it does not recognise objects, people or scenes, and it measures no bar heights or curves.';

/** What a part of the answer is about: the whole image, one of its tables, a row or cell of one, a line. */
type Scope =
  | { readonly kind: 'image' }
  | { readonly kind: 'table'; readonly table: TableGrid }
  | { readonly kind: 'row'; readonly cells: readonly string[] }
  | { readonly kind: 'piece'; readonly text: string };

interface Place {
  readonly seen: Seen;
  /** The property's name in lower case. */
  readonly name: string;
  readonly scope: Scope;
}

/** The answer in the shape that was asked for: words and grids as read, plain words where sight is lacking. */
export function composeAnswer(shape: Shape, seen: Seen): unknown {
  return fill(shape, { seen, name: '', scope: { kind: 'image' } });
}

/** The answer where no shape was asked for. */
export function composeProse(seen: Seen): string {
  return describe(seen);
}

function fill(shape: Shape, place: Place): unknown {
  if (shape.kind === 'nullable') return fillNullable(shape.shape, place);
  if (shape.kind === 'object') {
    return Object.fromEntries(
      shape.properties.map(([name, child]) => [name, fill(child, { ...place, name: name.toLowerCase() })]),
    );
  }
  if (shape.kind === 'array') return piecesFor(place).map((scope) => fill(shape.items, { ...place, scope }));
  if (shape.kind === 'choice') return choose(shape.values, place);
  if (shape.kind === 'number') return numberFor(place);
  if (shape.kind === 'boolean') return /has_?text|legible|readable/.test(place.name) && place.seen.lines.length > 0;
  return textFor(place);
}

function fillNullable(shape: Shape, place: Place): unknown {
  if (shape.kind === 'string') {
    const text = textFor(place);
    return text === '' || text === lacksSight ? null : text;
  }
  if (shape.kind === 'array') {
    const pieces = piecesFor(place);
    return pieces.length === 0 ? null : fill(shape, place);
  }
  const isKnown = shape.kind === 'number' ? /confidence|certainty|width|height/.test(place.name) : isAbout(place);
  return isKnown ? fill(shape, place) : null;
}

/** Whether an object or choice that may be left out applies to what was seen. */
function isAbout({ name, seen }: Place): boolean {
  if (/chart|graph|plot|figure/.test(name)) return false;
  if (/table/.test(name)) return tablesOf(seen).length > 0;
  return /text|language|kind|type/.test(name) && seen.lines.length > 0;
}

function piecesFor({ seen, name, scope }: Place): Scope[] {
  const pieces = (texts: readonly string[]): Scope[] => texts.map((text) => ({ kind: 'piece', text }));
  if (scope.kind === 'table') {
    if (/row|body|data/.test(name)) return scope.table.rows.map((cells) => ({ kind: 'row', cells }));
    return /col|head/.test(name) ? pieces(scope.table.header) : [];
  }
  if (scope.kind === 'row') return pieces(scope.cells);
  if (/tables?$/.test(name)) return tablesOf(seen).map((table) => ({ kind: 'table', table }));
  if (/colou?r/.test(name)) return pieces(seen.colours);
  if (/word/.test(name)) return pieces(seen.lines.flatMap((line) => line.words.map((word) => word.text)));
  if (/line|paragraph|block|section|text|content/.test(name)) return pieces(linesOf(seen));
  if (/insight|finding|observation|key_?point|fact/.test(name)) return pieces([readWords(seen), colourWords(seen)]);
  return /note|limit|caveat|uncertain|warning/.test(name) ? pieces([lacksSight]) : [];
}

function textFor({ seen, name, scope }: Place): string {
  if (scope.kind === 'piece') {
    if (/colou?r|text|content|name|title|label|value|cell|statement|insight|finding|^$/.test(name)) return scope.text;
    if (/language/.test(name)) return 'en';
    return nameOfList.test(name) ? scope.text : '';
  }
  if (scope.kind === 'row') return scope.cells.join(' ');
  if (scope.kind === 'table') return /markdown/.test(name) ? markdownOf(scope.table) : '';
  if (/language/.test(name)) return seen.lines.length > 0 ? 'en' : 'und';
  if (/title|heading|headline|caption/.test(name)) return linesOf(seen)[0] ?? '';
  if (/text|content|transcri|markdown|plain|verbatim/.test(name)) return linesOf(seen).join('\n');
  if (/colou?r/.test(name)) return seen.colours[0] ?? '';
  if (/descri|summary|overview|alt/.test(name)) return describe(seen);
  if (/answer|reason|explan|evidence|basis/.test(name)) return `${readWords(seen)} ${lacksSight}`;
  return lacksSight;
}

/** Lists whose items are plain strings keep the list's name, so that name counts as text too. */
const nameOfList =
  /line|paragraph|block|section|word|row|col|head|note|limit|caveat|uncertain|warning|fact|point|observation/;

function choose(values: readonly unknown[], { seen, name }: Place): unknown {
  const wanted = /language/.test(name)
    ? ['en', 'english']
    : [
        ...(seen.lines.length > 3 ? ['document', 'text', 'scan'] : []),
        'unknown',
        'other',
        'none',
        'unclear',
        'und',
        'low',
      ];
  return wanted.find((value) => values.includes(value)) ?? values[0] ?? '';
}

function numberFor({ seen, name, scope }: Place): number {
  if (/confidence|certainty/.test(name)) return confidenceOf(seen);
  if (/width/.test(name)) return seen.width;
  if (/height/.test(name)) return seen.height;
  if (scope.kind === 'table' && /col/.test(name)) return scope.table.header.length;
  if (scope.kind === 'table' && /row/.test(name)) return scope.table.rows.length;
  if (scope.kind === 'piece') return Number.parseFloat(scope.text.replaceAll(',', '')) || 0;
  return 0;
}

function confidenceOf(seen: Seen): number {
  const words = seen.lines.flatMap((line) => line.words);
  const total = words.reduce((sum, word) => sum + word.confidence, 0);
  return words.length === 0 ? 0 : Math.round(total / words.length) / 100;
}

function linesOf(seen: Seen): string[] {
  return seen.lines.map((line) => line.text);
}

function tablesOf(seen: Seen): TableGrid[] {
  return tableGrids(seen.lines.flatMap((line) => line.words));
}

function markdownOf(table: TableGrid): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(table.header), line(table.header.map(() => '---')), ...table.rows.map(line)].join('\n');
}

function readWords(seen: Seen): string {
  if (seen.lines.length === 0) return 'No words could be read in the image.';
  return `The words read in the image are: "${linesOf(seen).join(' / ')}".`;
}

function colourWords(seen: Seen): string {
  return `The image has ${seen.width} x ${seen.height} pixels and is mostly ${seen.colours.join(' and ')}.`;
}

function describe(seen: Seen): string {
  return `${colourWords(seen)} ${readWords(seen)} ${lacksSight}`;
}
