import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { keepValid } from '../../../shared/tasks/reply/keepValid.ts';
import { wireSchemaOf } from '../../../shared/tasks/schema/jsonSchema.ts';

const schema = z.object({
  names: z.array(z.string()),
  sure: z.enum(['high', 'low']),
  rows: z.array(z.object({ label: z.string(), count: z.number(), note: z.string().nullable() })),
});
const shape = wireSchemaOf(schema);
const keep = (value: Readonly<Record<string, unknown>>) => keepValid(schema, value, { shape, blanks: 'last' });
const row = (label: string, count: unknown) => ({ label, count, note: null });
const whole = { names: ['a'], sure: 'high', rows: [] };

describe('keepValid', () => {
  it.each([
    ['nothing', {}],
    ['an empty object where a list belongs', { names: {} }],
    ['an empty list', { names: [] }],
    ['an empty text', { sure: '' }],
    ['null', { sure: null }],
    ['other keys', { title: 'a' }],
  ])('keeps nothing of a value that holds %s', (_, value) => {
    expect(keep(value)).toBeUndefined();
  });

  it.each([
    ['a single value to a list of one', { ...whole, names: 'a' }, whole, []],
    ['a number to a text', { ...whole, names: [7] }, { ...whole, names: ['7'] }, []],
    ['a word in another case', { ...whole, sure: ' High ' }, whole, []],
    ['a word that there is not to the weakest one', { ...whole, sure: 'perhaps' }, { ...whole, sure: 'low' }, ['sure']],
    ['what is missing to nothing', { names: ['a'], sure: 'high' }, whole, ['rows']],
    ['an empty object to an empty list', { ...whole, rows: {} }, whole, ['rows']],
    [
      'what is no text to null',
      { ...whole, rows: [{ label: 'a', count: 1, note: {} }] },
      { ...whole, rows: [{ label: 'a', count: 1, note: null }] },
      ['rows[0].note'],
    ],
  ])('converts %s', (_, value, kept, emptied) => {
    expect(keep(value)).toEqual({ value: kept, emptied });
  });

  it('leaves out unknown keys, and items that cannot be repaired', () => {
    const rows = [{ ...row('a', 1), more: true }, 'b', null, row('c', 'many'), row('d', '2')];
    const kept = [row('a', 1), row('d', 2)];
    expect(keep({ ...whole, title: 'x', rows })?.value).toEqual({ ...whole, rows: kept });
  });
});
