import type { Finding } from './reading.ts';
import type { NumberReading } from './readNumbers.ts';

/**
 * What is to be said about the numbers of a place (`tables[0].columns[2]`): how many could mean two, with or without a
 * language that decided, and how many texts with digits are no plain numbers. None of it is asked for again: the image
 * prints no more than it does.
 */
export function numberFindings(
  place: string,
  readings: readonly NumberReading[],
  language: string | undefined,
): readonly Finding[] {
  const total = readings.filter(({ kind }) => kind !== 'none').length;
  const told = (code: Finding['code'], count: number, what: string): readonly Finding[] => {
    if (count === 0) return [];
    return [
      {
        code,
        detail: `${place}: ${count} of ${total} printed ${total === 1 ? 'number' : 'numbers'} ${what}.`,
        repair: false,
      },
    ];
  };
  const ambiguous = readings.filter(({ kind }) => kind === 'ambiguous').length;
  const unread = readings.filter(({ kind }) => kind === 'unread').length;
  const assumed = readings.filter((reading) => reading.kind === 'value' && reading.by === 'language').length;
  return [
    ...told('ambiguous-number', ambiguous, 'can be read in two ways (1.234 may be 1234 or 1.234) and got no value'),
    ...told(
      'assumed-number',
      assumed,
      `can be read in two ways and got the value that the language "${language ?? ''}" gives`,
    ),
    ...told('unread-number', unread, 'are no plain numbers (a range, a date, an abbreviation) and got no value'),
  ];
}
