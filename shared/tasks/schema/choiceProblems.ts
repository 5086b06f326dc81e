import type { Problem } from '../../errors.ts';

/** What is wrong with the values that a part of a schema allows by `enum` or `const`: single values, of its own type. */
export function choiceProblems(part: Readonly<Record<string, unknown>>, path: string): readonly Problem[] {
  const problem = (place: string, message: string): readonly Problem[] => [
    { path: place, message: `${place} ${message}` },
  ];
  if ('const' in part && !isSingle(part.const)) return problem(`${path}.const`, 'must be a single value.');
  const isList = Array.isArray(part.enum) && part.enum.length > 0 && part.enum.every(isSingle);
  if (part.enum !== undefined && !isList) {
    return problem(`${path}.enum`, 'must be a list of texts, numbers, booleans or null.');
  }
  if (part.type === undefined) return [];
  const types: readonly unknown[] = Array.isArray(part.type) ? part.type : [part.type];
  const values: readonly unknown[] = [
    ...(Array.isArray(part.enum) ? part.enum : []),
    ...('const' in part ? [part.const] : []),
  ];
  const wrong = values.filter((value) => !typesOf(value).some((type) => types.includes(type)));
  if (wrong.length === 0) return [];
  return problem(path, `allows ${JSON.stringify(wrong[0])}, which is not of its type ${JSON.stringify(part.type)}.`);
}

function isSingle(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function typesOf(value: unknown): readonly string[] {
  if (value === null) return ['null'];
  if (typeof value !== 'number') return [typeof value];
  return Number.isInteger(value) ? ['integer', 'number'] : Number.isFinite(value) ? ['number'] : [];
}
