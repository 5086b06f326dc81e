import { editsBetween } from '../catalog/nearestNames.ts';
import { type Problem, shortened } from '../errors.ts';

/** More letters than this apart, two names are not taken for the same word. */
const MOST_DIFFERENT = 2;

/** Longer names are compared with none: the comparison takes the product of both lengths. */
const LONGEST_COMPARED = 40;

/**
 * The problem of a name that a call does not know, with the known one that was probably meant.
 *
 * @example unknownName('quaility', ['task', 'quality']).message // 'quaility is not known here. Did you mean quality?'
 */
export function unknownName(name: string, known: readonly string[]): Problem {
  const path = shortened(name);
  const nearest = nearestName(name, known);
  const names = known.length === 0 ? 'This call takes no options.' : `Known names: ${known.join(', ')}.`;
  const advice = nearest === undefined ? names : `Did you mean ${nearest}?`;
  return { path, message: `${path} is not known here. ${advice}` };
}

/** The known name that differs least, by at most two letters or only by case, hyphens and underscores; else undefined. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST_COMPARED) return undefined;
  const wanted = bare(name);
  const [nearest] = known
    .map((each) => ({ each, apart: editsBetween(wanted, bare(each), { swapsAreOne: true }) }))
    .filter(({ each, apart }) => apart <= Math.min(MOST_DIFFERENT, Math.floor(each.length / 3)))
    .toSorted((a, b) => a.apart - b.apart);
  return nearest?.each;
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '');
}
