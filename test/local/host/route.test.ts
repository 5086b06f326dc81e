import { describe, expect, it } from 'vitest';
import { matchRoute, parseRoute } from '../../../local/host/route.ts';

describe('parseRoute', () => {
  it.each([
    ['api/x/{id:regex(a)}', "this host does not know the route constraint 'regex(a)'."],
    ['api/x/{id=5}', "this host does not know the route parameter '{id=5}'."],
    ['api/x/{id:int:long}', "this host does not know the route parameter '{id:int:long}'."],
  ])('refuses %s: %s', (template, sentence) => {
    expect(() => parseRoute(template)).toThrow(sentence);
  });

  it('puts literal segments before constrained parameters, those before free ones, and the rest last', () => {
    const templates = ['a/{*rest}', 'a/{id}', 'a/b', 'a/{id:int}'];
    const sorted = templates.map(parseRoute).sort((a, b) => (a.precedence < b.precedence ? -1 : 1));
    expect(sorted.map((route) => route.template)).toEqual(['a/b', 'a/{id:int}', 'a/{id}', 'a/{*rest}']);
  });
});

describe('matchRoute', () => {
  it.each([
    ['a/{id:guid}', '/a/3F2504E0-4F89-11D3-9A0C-0305E82C3301', { id: '3F2504E0-4F89-11D3-9A0C-0305E82C3301' }],
    ['a/{id:guid}', '/a/7', undefined],
    ['a/{flag:bool}', '/a/TRUE', { flag: 'TRUE' }],
    ['a/{word:alpha}', '/a/w0rd', undefined],
    ['a/{size:double}', '/a/-1.5', { size: '-1.5' }],
    ['a/{*rest}', '/a', {}],
    ['a/{*rest}', '/a/b/c', { rest: 'b/c' }],
    ['a/{id?}', '/a/', {}],
    ['a.b', '/aXb', undefined],
  ])('reads %s of %s as %o', (template, path, expected) => {
    expect(matchRoute(parseRoute(template), path)).toEqual(expected);
  });
});
