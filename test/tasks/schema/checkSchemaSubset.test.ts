import { describe, expect, it } from 'vitest';
import { checkSchemaSubset } from '../../../shared/tasks/schema/checkSchemaSubset.ts';
import { invoiceSchema } from '../answers.ts';

const only = (field: unknown): object => ({
  type: 'object',
  properties: { field },
  required: ['field'],
  additionalProperties: false,
});
const nested = (levels: number): object => (levels === 1 ? only({ type: 'string' }) : only(nested(levels - 1)));
const wide = (count: number): object => {
  const names = Array.from({ length: count }, (_, place) => `p${place}`);
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  return { type: 'object', properties, required: names, additionalProperties: false };
};

describe('checkSchemaSubset', () => {
  it.each<readonly [string, object]>([
    ['an invoice with lines', invoiceSchema],
    ['a nullable enumeration', only({ type: ['string', 'null'], enum: ['a', 'b', null] })],
    ['an enumeration without a type', only({ enum: ['a', 1] })],
    ['a choice', only({ anyOf: [{ type: 'string' }, nested(1)] })],
    [
      'a tree',
      { ...only({ $ref: '#/$defs/node' }), $defs: { node: only({ type: 'array', items: { $ref: '#/$defs/node' } }) } },
    ],
    ['a reference to the whole', only({ anyOf: [{ $ref: '#' }, { type: 'null' }] })],
    ['four objects deep', nested(4)],
    ['100 properties', wide(100)],
    [
      'a field named like a keyword',
      only({ ...only({ type: 'string' }), properties: { field: { type: 'string', description: 'pattern' } } }),
    ],
  ])('takes %s', (_, schema) => {
    expect(checkSchemaSubset(schema)).toEqual([]);
  });

  it.each<readonly [string, unknown, string]>([
    [
      'a list at the root',
      { type: 'array', items: { type: 'string' } },
      'schema must be of "type": "object"; put a list or a choice into a property.',
    ],
    [
      'a choice at the root',
      { type: 'object', anyOf: [] },
      'schema.anyOf cannot stand at the root; put it into a property.',
    ],
    [
      'an optional field',
      { ...only({ type: 'string' }), required: [] },
      'schema.required must name "field"; a field that may be absent has "type": [..., "null"].',
    ],
    [
      'a required field that is none',
      { ...only({ type: 'string' }), required: ['field', 'x'] },
      'schema.required names "x", which is no property.',
    ],
    [
      'further properties',
      { ...only({ type: 'string' }), additionalProperties: true },
      'schema.additionalProperties must be false.',
    ],
    [
      'a length',
      only({ type: 'string', maxLength: 3 }),
      'schema.properties.field.maxLength is not supported; leave it out and say it in description.',
    ],
    [
      'a pattern',
      only({ type: 'string', pattern: 'x' }),
      'schema.properties.field.pattern is not supported; leave it out and say it in description.',
    ],
    ['oneOf', only({ oneOf: [], type: 'string' }), 'schema.properties.field.oneOf is not supported; write anyOf.'],
    [
      'a default',
      only({ type: 'string', default: '' }),
      'schema.properties.field.default is not supported; make the field nullable: "type": ["string", "null"].',
    ],
    [
      'a type that is none',
      only({ type: 'date' }),
      'schema.properties.field.type is "date"; it can be string, number, integer, boolean, object, array, null.',
    ],
    [
      'no type',
      only({}),
      'schema.properties.field.type is missing; it can be string, number, integer, boolean, object, array, null.',
    ],
    ['a list without items', only({ type: 'array' }), 'schema.properties.field.items must be a schema, an object.'],
    [
      'an object without properties',
      only({ type: 'object', additionalProperties: false }),
      'schema.properties.field.properties must name the properties of the object.',
    ],
    [
      'a reference to nowhere',
      only({ $ref: '#/$defs/x' }),
      'schema.properties.field.$ref is "#/$defs/x"; it can be #.',
    ],
    [
      'an empty enumeration',
      only({ enum: [] }),
      'schema.properties.field.enum must be a list of texts, numbers, booleans or null.',
    ],
    [
      'definitions below the root',
      only({ type: 'string', $defs: {} }),
      'schema.properties.field.$defs must stand at the root of the schema.',
    ],
    [
      'five objects deep',
      nested(5),
      'schema.properties.field.properties.field.properties.field.properties.field is 5 objects deep; the limit is 4.',
    ],
    [
      'a description that is no text',
      only({ type: 'string', description: 7 }),
      'schema.properties.field.description must be text.',
    ],
    ['a constant object', only({ const: { a: 1 } }), 'schema.properties.field.const must be a single value.'],
    ['definitions in a list', { ...only({ type: 'string' }), $defs: [] }, 'schema.$defs must be an object of schemas.'],
    [
      'a definition that is only itself',
      { ...only({ $ref: '#/$defs/a' }), $defs: { a: { $ref: '#/$defs/a' } } },
      'schema.$defs holds #/$defs/a, which refers to itself without an object or list between.',
    ],
    [
      'definitions that choose each other',
      {
        ...only({ $ref: '#/$defs/a' }),
        $defs: { a: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/b' }] }, b: { $ref: '#/$defs/a' } },
      },
      'schema.$defs holds #/$defs/a, which refers to itself without an object or list between.',
    ],
    [
      'a reference at the root',
      { ...only({ type: 'string' }), $ref: '#' },
      'schema.$ref cannot stand at the root; write the properties there.',
    ],
    [
      'a definition whose name a reference cannot hold',
      { ...only({ type: 'string' }), $defs: { 'a/b': { type: 'string' } } },
      'schema.$defs names one "a/b"; a name is of letters, digits, ".", "-" and "_".',
    ],
    [
      'a root that always holds itself',
      only({ $ref: '#' }),
      'schema holds itself without an end; let the inner one be null, or put it into a list.',
    ],
    [
      'a definition that always holds itself',
      { ...only({ type: 'string' }), $defs: { node: only({ $ref: '#/$defs/node' }) } },
      'schema.$defs.node holds itself without an end; let the inner one be null, or put it into a list.',
    ],
    [
      'a choice that is not of the type',
      only({ type: ['string', 'null'], enum: ['a', null, 7] }),
      'schema.properties.field allows 7, which is not of its type ["string","null"].',
    ],
    [
      'a constant that is not of the type',
      only({ type: 'integer', const: 1.5 }),
      'schema.properties.field allows 1.5, which is not of its type "integer".',
    ],
    [
      'oneOf without a type',
      only({ oneOf: [{ type: 'string' }] }),
      'schema.properties.field.oneOf is not supported; write anyOf.',
    ],
    [
      'a field named __proto__',
      JSON.parse(
        '{"type":"object","properties":{"__proto__":{"type":"string"}},"required":["__proto__"],"additionalProperties":false}',
      ),
      'schema.properties must not name one __proto__.',
    ],
    ['101 properties', wide(101), 'schema has 101 properties; the limit is 100.'],
    [
      '501 values to choose from',
      only({ enum: Array.from({ length: 501 }, (_, place) => place) }),
      'schema has 501 enum values; the limit is 500.',
    ],
    [
      'a very long schema',
      only({ type: 'string', description: 'x'.repeat(20_000) }),
      'schema has 20,125 characters; the limit is 15,000.',
    ],
  ])('refuses %s and says what to write instead', (_, schema, message) => {
    expect(checkSchemaSubset(schema).map((problem) => problem.message)).toEqual([message]);
  });

  it('ends at twenty problems of a schema that is wrong throughout', () => {
    const properties = Object.fromEntries(Array.from({ length: 90 }, (_, place) => [`p${place}`, 7]));
    expect(checkSchemaSubset({ ...wide(90), properties }).length).toBe(20);
  });
});
