import { coloursSentence, lacksSight, wordsSentence } from './answerWords.ts';
import type { Paragraph, Readout } from './readout.ts';
import type { TableGrid } from './tableGrid.ts';

/** What a part of an answer is about. */
export type Scope =
  | { readonly kind: 'image' }
  | { readonly kind: 'table'; readonly table: TableGrid }
  | { readonly kind: 'column'; readonly name: string; readonly cells: readonly string[] }
  | { readonly kind: 'row'; readonly cells: readonly string[] }
  | { readonly kind: 'paragraph'; readonly paragraph: Paragraph }
  | { readonly kind: 'chart' }
  | { readonly kind: 'point'; readonly category: string; readonly value: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unseen' };

export interface Place {
  readonly readout: Readout;
  /** The property's name in lower case. */
  readonly name: string;
  readonly scope: Scope;
  /** The answer has tables or charts of its own, so that its text leaves theirs out. */
  readonly hasTables: boolean;
  /** The list is all that was asked for: where sight is lacking, only its items can say so. */
  readonly isAlone: boolean;
}

const texts = (all: readonly string[]): Scope[] => all.map((text) => ({ kind: 'text', text }));

/** What the items of a list are about, by the list's name and by what it is part of; none where sight is lacking. */
export function itemsOf(place: Place): Scope[] {
  const { scope } = place;
  if (scope.kind === 'image') return imageItems(place);
  if (scope.kind === 'table') return tableItems(scope.table, place.name);
  if (scope.kind === 'row') return texts(scope.cells);
  if (scope.kind === 'chart') return chartItems(place);
  return [];
}

function imageItems({ readout, name, hasTables, isAlone }: Place): Scope[] {
  if (/tables?$/.test(name)) return readout.tables.map((table) => ({ kind: 'table', table }));
  if (/charts?$/.test(name)) return readout.chart ? [{ kind: 'chart' }] : [];
  if (/series|points/.test(name)) return chartItems({ readout, name });
  if (/colou?rs/.test(name)) return texts(readout.seen.colours);
  if (/words/.test(name)) return texts(readout.lines.flatMap((line) => line.split(' ')));
  if (/lines/.test(name)) return texts(readout.lines);
  if (/blocks|paragraphs|sections|texts/.test(name)) {
    const paragraphs = hasTables ? readout.apart : readout.paragraphs;
    return paragraphs.map((paragraph) => ({ kind: 'paragraph', paragraph }));
  }
  const hasWords = readout.lines.length > 0;
  if (/insight|finding|observation/.test(name)) return hasWords ? texts([wordsSentence(readout)]) : [];
  if (/evidence/.test(name)) return hasWords ? texts([wordsSentence(readout)]) : [];
  if (/detail|fact/.test(name)) return texts([coloursSentence(readout), wordsSentence(readout), lacksSight]);
  if (/objects/.test(name) && isAlone) return [{ kind: 'unseen' }];
  return /note|limit|caveat|uncertain/.test(name) ? texts([lacksSight]) : [];
}

function tableItems(table: TableGrid, name: string): Scope[] {
  if (/rows|body/.test(name)) return table.rows.map((cells) => ({ kind: 'row', cells }));
  if (!/columns|header/.test(name)) return [];
  return table.header.map((header, index) => ({
    kind: 'column',
    name: header,
    cells: table.rows.map((row) => row[index] ?? ''),
  }));
}

function chartItems({ readout, name }: Pick<Place, 'readout' | 'name'>): Scope[] {
  if (!readout.chart) return [];
  if (/series/.test(name)) return [{ kind: 'chart' }];
  if (/points|values|data/.test(name)) return readout.chart.points.map((point) => ({ kind: 'point', ...point }));
  return /note/.test(name) ? texts([`The values are those that are printed. ${lacksSight}`]) : [];
}
