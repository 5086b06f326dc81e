import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQueueMessage } from '../../functions/queueMessage.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('readQueueMessage', () => {
  it.each([
    ['base64 of JSON', 'eyJhIjoxfQ==', { a: 1 }],
    ['JSON', '{"a":1}', { a: 1 }],
    ['JSON that the library has read', { a: 1 }, { a: 1 }],
    ['a text', 'hello there', 'hello there'],
    ['a text that happens to be base64', 'hello123', 'hello123'],
    ['base64 of a text', base64('hello there'), base64('hello there')],
    ['nothing', '', ''],
    ['null', null, null],
  ])('reads %s', (_what, message, value) => {
    expect(readQueueMessage(message)).toEqual(value);
  });

  it('reads each object the same, as JSON and as base64 of it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())), (object) => {
        const text = JSON.stringify(object);
        expect(readQueueMessage(text)).toEqual(JSON.parse(text));
        expect(readQueueMessage(base64(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('throws at no text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        readQueueMessage(text);
      }),
    );
  });
});
