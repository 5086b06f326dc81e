import { describe, expect, it } from 'vitest';
import { parseTolerantJson } from '../../../shared/tasks/reply/parseTolerantJson.ts';

describe('parseTolerantJson', () => {
  it.each<readonly [string, unknown]>([
    ['{"a":[1,-2.5e3,true,false,null,"x"]}', { a: [1, -2500, true, false, null, 'x'] }],
    ['{ // c\n "a" /* c */ : 1 , }', { a: 1 }],
    ['{"a":"line\nbreak\tand \\u00e9 \\" // no comment"}', { a: 'line\nbreak\tand é " // no comment' }],
    ['{"a":1} and so on', { a: 1 }],
    ['{"a":"C:\\Users\\new, snake\\_case, \\u12"}', { a: 'C:\\Users\new, snake\\_case, \\u12' }],
    ['[9007199254740993,12345678901234567890,1e400,-0]', ['9007199254740993', '12345678901234567890', '1e400', 0]],
    ['[0.10,1.0,1E3,0.30000000000000004,9007199254740991]', [0.1, 1, 1000, 0.30000000000000004, 9007199254740991]],
    ['{}', {}],
    ['[]', []],
  ])('reads %j', (text, value) => {
    expect(parseTolerantJson(text, 0)).toMatchObject({ value, ending: 'whole' });
  });

  it('says where the value ends', () => {
    expect(parseTolerantJson('{"a":[1,],} bye', 0)).toEqual({ value: { a: [1] }, end: 11, ending: 'whole' });
  });

  it.each<readonly [string, unknown]>([
    ['{"a":"half a wor', { a: 'half a wor' }],
    ['{"a":"half an escape \\u00e', { a: 'half an escape ' }],
    ['{"a":"half an escape \\', { a: 'half an escape ' }],
    ['{"a":"a whole escape \\\\', { a: 'a whole escape \\' }],
    ['{"a":1,"b":12', { a: 1 }],
    ['{"a":1,"b":12.', { a: 1 }],
    ['{"a":1,"b":tr', { a: 1 }],
    ['{"a":1,"b":-', { a: 1 }],
    ['{"a":1,"b"', { a: 1 }],
    ['{"a":1,"b":', { a: 1 }],
    ['{"a":[{"b":1},{"b":2', { a: [{ b: 1 }, {}] }],
    ['{"a":1 /* open', { a: 1 }],
    ['{', {}],
  ])('keeps what %j holds, and says that it is cut', (text, value) => {
    expect(parseTolerantJson(text, 0)).toEqual({ value, end: text.length, ending: 'cut' });
  });

  it.each(['NaN', 'Infinity', 'undefined', 'None', '+5', '.5', '12%', "'x'", '0x1f'])(
    'reads %s, which is not a JSON value, as undefined, and continues',
    (word) => {
      expect(parseTolerantJson(`{"a":${word},"b":[${word},1]}`, 0)).toMatchObject({
        value: { a: undefined, b: [undefined, 1] },
        ending: 'whole',
      });
    },
  );

  it.each<readonly [string, unknown, number]>([
    ["{'a':1}", {}, 1],
    ['{a:1}', {}, 1],
    ['{"a" 1}', {}, 5],
    ['{"a":1 "b":2}', { a: 1 }, 7],
    ['{"a":{"b":1},"c":"He said "no" to it"}', { a: { b: 1 }, c: 'He said ' }, 27],
  ])('does not guess at %j: it keeps what was before', (text, value, end) => {
    expect(parseTolerantJson(text, 0)).toEqual({ value, end, ending: 'broken' });
  });

  it('goes no deeper than an answer can be', () => {
    expect(parseTolerantJson('['.repeat(70), 0)).toMatchObject({ end: 65, ending: 'broken' });
  });

  it('keeps a key named __proto__ a key', () => {
    const parsed = parseTolerantJson('{"__proto__":{"admin":true}}', 0);
    expect(parsed.ending).toBe('whole');
    expect(JSON.stringify(parsed)).toContain('"__proto__":{"admin":true}');
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });
});
