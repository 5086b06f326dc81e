import { describe, expect, it } from 'vitest';
import { parseTolerantJson } from '../../shared/tasks/parseTolerantJson.ts';

describe('parseTolerantJson', () => {
  it.each<readonly [string, unknown]>([
    ['{"a":[1,-2.5e3,true,false,null,"x"]}', { a: [1, -2500, true, false, null, 'x'] }],
    ['{ // c\n "a" /* c */ : 1 , }', { a: 1 }],
    ['{"a":"line\nbreak\tand \\u00e9 \\" // no comment"}', { a: 'line\nbreak\tand é " // no comment' }],
    ['{"a":1} and so on', { a: 1 }],
    ['{}', {}],
    ['[]', []],
  ])('reads %j', (text, value) => {
    expect(parseTolerantJson(text, 0)).toMatchObject({ kind: 'value', value, isCut: false });
  });

  it('says where the value ends', () => {
    expect(parseTolerantJson('{"a":[1,],} bye', 0)).toEqual({
      kind: 'value',
      value: { a: [1] },
      end: 11,
      isCut: false,
    });
  });

  it.each<readonly [string, unknown]>([
    ['{"a":"half a wor', { a: 'half a wor' }],
    ['{"a":"half an escape \\u00e', { a: 'half an escape ' }],
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
    expect(parseTolerantJson(text, 0)).toEqual({ kind: 'value', value, end: text.length, isCut: true });
  });

  it.each(["{'a':1}", '{a:1}', '{"a" 1}', '{"a":1 "b":2}', '{"a":undefined}', '{"a":"\\x"}', '[1;2]', '['.repeat(70)])(
    'does not guess at %j',
    (text) => {
      expect(parseTolerantJson(text, 0).kind).toBe('broken');
    },
  );

  it('keeps a key named __proto__ a key', () => {
    const parsed = parseTolerantJson('{"__proto__":{"admin":true}}', 0);
    expect(parsed).toHaveProperty('kind', 'value');
    expect(JSON.stringify(parsed)).toContain('"__proto__":{"admin":true}');
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });
});
