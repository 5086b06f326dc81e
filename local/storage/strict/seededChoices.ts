import { seededRandom } from '../../seededRandom.ts';

/** Numbers from 0 to 1 for the choices that the service leaves open. */
export type NextChoice = () => number;

/** Far enough apart that two sequences have nothing in common. */
const SEEDS_APART = 7_919;

/**
 * One sequence of numbers for each container, queue or table. The nth choice about the mth table is then the same in every run,
 * whatever else is asked meanwhile and whatever the table is called.
 */
export function seededChoices(seed: number): (resource: string) => NextChoice {
  const sequences = new Map<string, NextChoice>();
  return (resource) => {
    const sequence = sequences.get(resource) ?? seededRandom(seed + SEEDS_APART * sequences.size);
    sequences.set(resource, sequence);
    return sequence;
  };
}

/** The most that the service may do: each listing begins with an empty page, and a new partition's place has no row key. */
export function worstChoices(): NextChoice {
  let count = 0;
  // The first of an answer's choices is its kind, the second where it ends, the third how it writes its place.
  return () => [0, 1, 0][count++ % 3] ?? 0;
}

/**
 * The most rows or blobs of a page of a table or container, where each listing begins with an empty page as well; undefined
 * where the seed decides.
 *
 * @example (resource) => (resource === 'analyses' ? 2 : undefined)
 */
export type SmallPages = (resource: string) => number | undefined;

/** The path of an address with some query parameters set, or removed where undefined; all others stay exactly as they were. */
export function withQuery(url: URL, parameters: Readonly<Record<string, string | undefined>>): string {
  const kept = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !Object.hasOwn(parameters, decodedName(pair)));
  const set = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  const query = [...kept, ...set].join('&');
  return query === '' ? url.pathname : `${url.pathname}?${query}`;
}

function decodedName(pair: string): string {
  return decodeURIComponent(pair.split('=')[0] ?? '');
}
