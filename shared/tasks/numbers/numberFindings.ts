import type { Finding } from '../reading.ts';
import type { NumberReading } from './readNumbers.ts';

/** The numbers of one place, such as `tables[0].columns[2]`. */
export interface ReadPlace {
  readonly place: string;
  readonly readings: readonly NumberReading[];
}

/** The most that are named; others are only counted. */
const MAX_PLACES = 6;

/**
 * The findings about the numbers of an answer, each once: how many had two readings, decided or not, and how many
 * texts with digits are not plain numbers. None of them leads to a second model call, because the image shows no more.
 */
export function numberFindings(all: readonly ReadPlace[], language: string | undefined): readonly Finding[] {
  const finding = (
    code: Finding['code'],
    isMeant: (one: NumberReading) => boolean,
    what: string,
  ): readonly Finding[] => {
    const places = all.filter(({ readings }) => readings.some(isMeant));
    if (places.length === 0) return [];
    const readings = places.flatMap((one) => one.readings);
    const count = readings.filter(isMeant).length;
    const total = readings.filter(({ kind }) => kind !== 'none').length;
    const named = places.slice(0, MAX_PLACES).map(({ place }) => place);
    const more = places.length > MAX_PLACES ? ` and ${places.length - MAX_PLACES} more` : '';
    const numbers = `${count} of ${total} printed ${total === 1 ? 'number' : 'numbers'}`;
    return [{ code, detail: `${named.join(', ')}${more}: ${numbers} ${what}.`, repair: false }];
  };
  const isReadBy =
    (by: string) =>
    (one: NumberReading): boolean =>
      one.kind === 'value' && one.by === by;
  return [
    ...finding(
      'ambiguous-number',
      ({ kind }) => kind === 'ambiguous',
      'can be read in two ways (1.234 may be 1234 or 1.234) and got no value',
    ),
    ...finding(
      'assumed-number',
      isReadBy('language'),
      `can be read in two ways and got the value that the language "${language ?? ''}" gives`,
    ),
    ...finding(
      'assumed-number',
      isReadBy('few'),
      'can be read in two ways and got the value that only a few numbers beside them suggest',
    ),
    ...finding(
      'unread-number',
      ({ kind }) => kind === 'unread',
      'could not be read as numbers (ranges, dates, abbreviations, decimals of a whole number) and got no value',
    ),
  ];
}
