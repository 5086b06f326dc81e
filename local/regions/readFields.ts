import type { Shape } from './answerShape.ts';
import { amountOf } from './chartValues.ts';

/** Fields that were read from lines such as "Invoice number: 4711", and the paths of those that no line shows. */
interface ReadFields {
  readonly fields: unknown;
  readonly notFound: readonly string[];
}

/**
 * Looks for each field's name at the beginning of a line: `invoiceNumber` and `invoice_number` are "invoice number". The
 * rest of the line is its value, of a number the first number in it. Lists stay empty: names do not tell their rows.
 */
export function readFields(shape: Shape, lines: readonly string[]): ReadFields {
  const notFound: string[] = [];
  const read = (part: Shape, path: string): unknown => {
    if (part.kind === 'object') {
      const named = part.properties.map(([name, child]) => {
        return [name, read(child, path === '' ? name : `${path}.${name}`)] as const;
      });
      return Object.fromEntries(named);
    }
    if (part.kind === 'array') return [];
    const value = fieldValue(part, { label: labelOf(path), lines });
    if (value !== undefined) return value;
    notFound.push(path);
    return nothing(part);
  };
  const fields = read(shape, '');
  return { fields, notFound };
}

function labelOf(path: string): string {
  const name = path.split('.').at(-1) ?? '';
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase();
}

function fieldValue(part: Shape, from: { readonly label: string; readonly lines: readonly string[] }): unknown {
  if (part.kind === 'nullable') return fieldValue(part.shape, from);
  const line = from.lines.find((one) => one.toLowerCase().startsWith(from.label));
  const rest = line?.slice(from.label.length).replace(/^[\s:=.]+/, '') ?? '';
  if (rest === '') return undefined;
  if (part.kind === 'string') return rest;
  if (part.kind === 'choice') return part.values.find((value) => String(value).toLowerCase() === rest.toLowerCase());
  if (part.kind !== 'number') return undefined;
  return rest
    .split(' ')
    .map(amountOf)
    .find((amount) => amount !== undefined);
}

function nothing(part: Shape): unknown {
  if (part.kind === 'nullable') return null;
  if (part.kind === 'number') return 0;
  if (part.kind === 'boolean') return false;
  return part.kind === 'choice' ? (part.values[0] ?? '') : '';
}
