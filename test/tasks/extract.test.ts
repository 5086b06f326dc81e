import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { promptFor } from '../../shared/tasks/prompts/promptFor.ts';
import { replySchemaOf } from '../../shared/tasks/prompts/promptTexts.ts';
import { readAnswer } from '../../shared/tasks/readAnswer.ts';
import { checkSchemaSubset } from '../../shared/tasks/schema/checkSchemaSubset.ts';
import { shapeInWords } from '../../shared/tasks/schema/shapeInWords.ts';
import type { TaskRequest } from '../../shared/tasks/taskRequest.ts';
import { requests } from './answers.ts';

const tree = {
  type: 'object',
  properties: { root: { $ref: '#/$defs/node' }, next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
  required: ['root', 'next'],
  additionalProperties: false,
  $defs: {
    node: {
      type: 'object',
      properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
      required: ['name', 'children'],
      additionalProperties: false,
    },
  },
};
const request: TaskRequest = { task: 'extract', schema: tree };

describe('extract', () => {
  it("puts the caller's schema one level down, its definitions at the root, and its references after it", () => {
    expect(replySchemaOf(request)).toEqual({
      type: 'object',
      properties: {
        fields: {
          type: 'object',
          properties: {
            root: { $ref: '#/$defs/node' },
            next: { anyOf: [{ $ref: '#/properties/fields' }, { type: 'null' }] },
          },
          required: ['root', 'next'],
          additionalProperties: false,
        },
        notFound: { type: 'array', items: { type: 'string' } },
        instructionsInImage: { type: 'array', items: { type: 'string' } },
      },
      required: ['fields', 'notFound', 'instructionsInImage'],
      additionalProperties: false,
      $defs: tree.$defs,
    });
  });

  it('leaves a field named $ref unchanged', () => {
    const properties = { $ref: { type: 'string', enum: ['#'] } };
    const schema = { type: 'object', properties, required: ['$ref'], additionalProperties: false };
    expect(replySchemaOf({ task: 'extract', schema }).properties?.fields).toEqual(schema);
  });

  it('reads fields that contain themselves', () => {
    const node = { name: 'a', children: [{ name: 'b', children: [] }] };
    const fields = { root: node, next: { root: node, next: null } };
    const reading = readAnswer(request, JSON.stringify({ fields, notFound: [] }), 'stop');
    expect(reading).toMatchObject({ kind: 'valid', answer: { fields, notFound: ['next.next'] } });
  });

  it('describes a recursive shape in finite words', async () => {
    const { system } = await promptFor(request, { jsonSchema: false, encoding: 'cl100k_base' });
    const shape: unknown = JSON.parse(system.split('Shape: ')[1] ?? '');
    expect(shape).toMatchObject({ fields: { root: { name: 'string', children: ['again as in node'] } } });
  });

  it('drops unknown keys and keeps all the others', () => {
    const lines = [
      { item: 'Ink', unit: null, quantity: 3 },
      { item: 'Paper', unit: 'sheet' },
    ];
    const reply = { fields: { number: 'A-17', total: 1, lines, currency: 'EUR' }, notFound: [] };
    expect(readAnswer(requests.extract, JSON.stringify(reply), 'stop')).toMatchObject({
      kind: 'repair',
      findings: ['fields.lines[0]: has keys that are not in the shape', 'fields: has keys that are not in the shape'],
      fallback: {
        answer: { fields: { number: 'A-17', total: 1, lines: [{ item: 'Ink', unit: null }, lines[1]] } },
        warnings: [{ code: 'answer-shape' }, { code: 'fields-not-found' }],
      },
    });
  });

  it.each<readonly [string, object, object, readonly string[]]>([
    ['a missing number', { count: undefined }, { count: 0 }, ['count']],
    ['a boolean in words', { isPaid: 'True' }, { isPaid: true }, []],
    ['a boolean that is none', { isPaid: 'unclear' }, { isPaid: false }, ['isPaid']],
    ['a single value of a list', { tags: 'new' }, { tags: ['new'] }, []],
    ['a missing text', { name: null }, { name: '' }, ['name']],
    ['a word in other letters', { size: 'SMALL ' }, { size: 'small' }, []],
  ])('repairs %s, and lists what it could not read as not found', (_, wrong, right, notFound) => {
    const properties = {
      name: { type: 'string' },
      count: { type: 'number' },
      isPaid: { type: 'boolean' },
      size: { type: 'string', enum: ['small', 'large'] },
      tags: { type: 'array', items: { type: 'string' } },
    };
    const schema = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
    const fields = { name: 'x', count: 1, isPaid: true, size: 'large', tags: [] };
    const reply = { fields: { ...fields, ...wrong }, notFound: [] };
    expect(readAnswer({ task: 'extract', schema }, JSON.stringify(reply), 'stop')).toMatchObject({
      kind: 'repair',
      because: 'shape',
      fallback: { answer: { fields: { ...fields, ...right }, notFound } },
    });
  });

  it.each<readonly [string, object, readonly string[], readonly string[]]>([
    ['once, however it is written', { total: null }, ['fields.total', '$.total', '$.fields.total', 'total'], ['total']],
    ['not, where it has a value', { total: 2 }, ['total', 'number', 'lines', 'lines[0]', 'lines[0].item'], []],
    ['where it has the value that stands for nothing', { total: 0 }, ['total'], ['total']],
    ['as what is empty around it', { lines: [] }, ['lines[0].unit', 'lines[1].unit'], ['lines']],
    [
      'where all within it is empty',
      { lines: [{ item: '', unit: '' }] },
      ['lines'],
      ['lines', 'lines[0].item', 'lines[0].unit'],
    ],
    [
      'not, if the field does not exist',
      {},
      ['colour', 'number.x', 'lines[7].item', 'Read this!', '', '$', 'fields'],
      [],
    ],
  ])('names a field as not found %s', (_, change, named, notFound) => {
    const fields = { number: 'A-17', total: 2, lines: [{ item: 'Ink', unit: 'l' }], ...change };
    expect(readAnswer(requests.extract, JSON.stringify({ fields, notFound: named }), 'stop')).toMatchObject({
      kind: 'valid',
      answer: { fields, notFound },
    });
  });

  it('believes that a field is not shown which can hold nothing that says so', () => {
    const properties = {
      'size.of': { anyOf: [{ type: 'string', enum: ['small', 'large'] }] },
      paid: { type: 'string', enum: ['yes', ''] },
      kind: { const: 'invoice' },
    };
    const schema = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
    const reply = {
      fields: { 'size.of': 'small', paid: 'yes', kind: 'invoice' },
      notFound: ['size.of', 'paid', 'kind'],
    };
    expect(readAnswer({ task: 'extract', schema }, JSON.stringify(reply), 'stop')).toMatchObject({
      answer: { notFound: ['size.of', 'kind'] },
    });
  });

  it('lists an empty text as not found, as the prompt says', () => {
    const fields = { number: '', total: 2, lines: [] };
    expect(readAnswer(requests.extract, JSON.stringify({ fields, notFound: [] }), 'stop')).toMatchObject({
      kind: 'valid',
      answer: { fields, notFound: ['number'] },
      warnings: [{ code: 'fields-not-found', detail: '1 field was not found in the image.' }],
    });
  });

  it('makes up no value of an enumeration where the answer holds none', () => {
    const schema = {
      type: 'object',
      properties: { size: { type: 'string', enum: ['small', 'large'] }, name: { type: 'string' } },
      required: ['size', 'name'],
      additionalProperties: false,
    };
    const reply = { fields: { size: 'huge', name: 'x' }, notFound: [] };
    const reading = readAnswer({ task: 'extract', schema }, JSON.stringify(reply), 'stop');
    expect(reading).toMatchObject({ kind: 'repair', because: 'shape' });
    expect(reading).not.toHaveProperty('fallback');
  });

  it('keeps the fields that fit when others do not, and names these as not found', () => {
    const schema = {
      type: 'object',
      properties: { total: { type: ['number', 'null'] }, name: { type: 'string' } },
      required: ['total', 'name'],
      additionalProperties: false,
    };
    const reply = { fields: { total: true, name: 'x' }, notFound: [] };
    expect(readAnswer({ task: 'extract', schema }, JSON.stringify(reply), 'stop')).toMatchObject({
      kind: 'repair',
      fallback: {
        answer: { fields: { total: null, name: 'x' }, notFound: ['total'] },
        warnings: [{ code: 'answer-shape' }, { code: 'fields-not-found' }],
      },
    });
  });
});

const leaf = fc.constantFrom<object>(
  { type: 'string' },
  { type: ['number', 'null'] },
  { type: 'integer' },
  { type: 'boolean' },
  { type: 'string', enum: ['a', 'b'] },
  { type: ['string', 'null'], enum: ['a', null] },
  { const: 'x' },
  { type: 'null' },
  { $ref: '#' },
  { $ref: '#/$defs/node' },
);
const field = fc.letrec<{ node: object }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    leaf,
    tie('node').map((items) => ({ type: ['array', 'null'], items })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc.dictionary(fc.string({ minLength: 1, maxLength: 4 }), tie('node'), { maxKeys: 3 }).map(objectOf),
  ),
})).node;

function objectOf(properties: Readonly<Record<string, object>>): object {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

describe('any schema that is taken', () => {
  it('makes a prompt and reads any answer, without an exception', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ maxLength: 5 }), field, { maxKeys: 4 }),
        fc.jsonValue(),
        async (fields, value) => {
          const schema = { ...objectOf(fields), $defs: { node: tree.$defs.node } };
          if (checkSchemaSubset(schema).length > 0) return;
          taken += 1;
          const asked: TaskRequest = { task: 'extract', schema };
          for (const jsonSchema of [true, false]) await promptFor(asked, { jsonSchema, encoding: 'o200k_base' });
          const guess = Object.fromEntries(Object.keys(fields).map((name) => [name, value]));
          expect(readAnswer(asked, JSON.stringify({ fields: guess, notFound: [] }), 'stop').kind).toMatch(
            /valid|repair/,
          );
        },
      ),
      { numRuns: 200, seed: 3 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});

describe('shapeInWords', () => {
  it.each<readonly [object, string]>([
    [{ type: 'object', properties: { count: { type: 'integer' } } }, '{"count":"integer"}'],
    [{ type: 'array', items: { type: ['string', 'null'] } }, '["string|null"]'],
    [{ anyOf: [{ type: 'string', enum: ['a', 'b'] }, { type: 'null' }] }, '"a|b|null"'],
    [
      { anyOf: [{ type: 'string' }, { type: 'object', properties: { x: { type: 'number' } } }] },
      '"string or {\\"x\\":\\"number\\"}"',
    ],
    [{ type: 'string', description: 'ISO date' }, '"string: ISO date"'],
    [{ const: 7 }, '"7"'],
    [{ $ref: '#/$defs/none' }, '"any"'],
  ])('describes %j', (schema, words) => {
    expect(shapeInWords(schema)).toBe(words);
  });
});
