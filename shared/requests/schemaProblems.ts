import type { z } from 'zod';
import { nearestName } from '../catalog/nearestNames.ts';
import { type Problem, shortened } from '../errors.ts';
import { isNestedDeeperThan, valueAt } from '../tasks/schema/jsonValue.ts';

/**
 * What a schema found, as problems that name the place, the value and the rule: `limit is "0": must be from 1 to 200.`
 *
 * @param known names that the whole may have: the nearest to an unknown one is offered
 * @param place where the checked value stands in the whole, such as `images[2]`; absent: it is the whole
 */
export function schemaProblems(
  error: z.ZodError,
  given: unknown,
  place = '',
  known: readonly string[] = [],
): readonly Problem[] {
  return error.issues.flatMap((issue): readonly Problem[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const path = pathOf(place, [...issue.path, shortened(key)]);
        const nearest = issue.path.length === 0 ? nearestName(key, known) : undefined;
        const advice = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
        return { path, message: `${path} is not known here.${advice}` };
      });
    }
    const path = pathOf(place, issue.path);
    const value = valueAt(given, issue.path);
    const is = value === undefined ? 'is missing' : `is ${shown(value)}`;
    return [{ path: path || 'body', message: `${path || 'The body'} ${is}: ${ruleOf(issue)}.` }];
  });
}

/** What the library calls by names of its own, in the words of JSON. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ object: 'an object', record: 'an object', array: 'a list', string: 'text', number: 'a number' },
  ...{ int: 'a whole number', boolean: 'true or false' },
};

/** The rule that a schema names, else the library's own as a rule. */
function ruleOf(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith('Invalid input: expected ') && issue.code === 'invalid_type') {
    return `must be ${TYPES[issue.expected] ?? issue.expected}`;
  }
  if (issue.message.startsWith('Invalid option: ') && issue.code === 'invalid_value') {
    return `must be one of ${issue.values.join(', ')}`;
  }
  return issue.message.replace(/\.$/, '');
}

/** `pathOf('images[2]', ['size', 0])` is `images[2].size[0]`. */
function pathOf(place: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((whole, part) => {
    if (typeof part === 'number') return `${whole}[${part}]`;
    return whole === '' ? String(part) : `${whole}.${String(part)}`;
  }, place);
}

function shown(value: unknown): string {
  // Deeper values would exhaust the stack, and be unreadable.
  return isNestedDeeperThan(value, 50)
    ? 'nested too deeply to show'
    : shortened(typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value)));
}

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
