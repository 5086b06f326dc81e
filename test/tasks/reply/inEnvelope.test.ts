import { describe, expect, it } from 'vitest';
import { inEnvelope } from '../../../shared/tasks/reply/inEnvelope.ts';

const item = { type: 'object', properties: { name: {}, count: {}, where: {}, counted: {} } };
const list = { properties: { objects: { type: 'array', items: item } } };
const fields = { properties: { fields: { type: 'object', properties: { number: {}, total: {} } } } };

describe('inEnvelope', () => {
  it.each([
    ['one item', { name: 'cup', count: 1 }],
    ['an item with half of its keys', { name: 'cup', where: 'left', other: 1 }],
  ])('puts %s into the list where it belongs', (_, value) => {
    expect(inEnvelope(value, 'objects', list)).toEqual({ ...value, objects: [value] });
  });

  it('puts the items of a list where they belong, and leaves out what is no item', () => {
    const cup = { name: 'cup', count: 1 };
    expect(inEnvelope([null, cup, 'cup', { title: 'A desk' }, { name: 'a single key' }], 'objects', list)).toEqual({
      objects: [cup],
    });
    expect(inEnvelope([null, 'cup'], 'objects', list)).toEqual({});
  });

  it('puts fields where they belong, and nothing else', () => {
    expect(inEnvelope({ number: 'A-17' }, 'fields', fields)).toEqual({ number: 'A-17', fields: { number: 'A-17' } });
    expect(inEnvelope({ title: 'An invoice' }, 'fields', fields)).toEqual({ title: 'An invoice' });
    expect(inEnvelope('A-17', 'fields', fields)).toEqual({});
  });

  it('leaves a reply that has its envelope, and one of a task without', () => {
    expect(inEnvelope({ objects: [], name: 'cup', count: 1 }, 'objects', list)).toEqual({
      objects: [],
      name: 'cup',
      count: 1,
    });
    expect(inEnvelope({ name: 'cup', count: 1 }, undefined, list)).toEqual({ name: 'cup', count: 1 });
  });

  it('finds nothing that belongs where the shape names no keys', () => {
    const open = { properties: { fields: { type: 'object' } } };
    expect(inEnvelope({ number: 'A-17' }, 'fields', open)).toEqual({ number: 'A-17' });
  });
});
