import { describe, expect, it } from 'vitest';
import { blobNameProblem } from '../../shared/storage/blobName.ts';

describe('blobNameProblem', () => {
  it.each(['../inbox/x', '.', '..', 'a/..', 'a/../b', './a', 'a\\..\\b'])(
    'keeps %j from leaving its container',
    (name) => {
      expect(blobNameProblem(name)).toBe('has a segment "." or "..", which no blob has');
    },
  );

  it('names half of a character, which no URL can hold', () => {
    expect(blobNameProblem('\ud800')).toBe('holds half of a character');
  });

  it.each([
    ['a\u0007.png', 'U+0007'],
    ['a\u0081.png', 'U+0081'],
    ['a\uf003.png', 'U+F003'],
    ['a\ufffd.png', 'U+FFFD'],
    ['a\uffff.png', 'U+FFFF'],
  ])('names the character of %j that the service refuses', (name, character) => {
    expect(blobNameProblem(name)).toBe(`holds the character ${character}, which no blob's name can hold`);
  });

  it('names the length that is too long', () => {
    expect(blobNameProblem('a'.repeat(1024))).toBeUndefined();
    expect(blobNameProblem('a'.repeat(1025))).toBe("has 1025 characters; a blob's name has at most 1024");
    expect(blobNameProblem('a/'.repeat(253))).toBeUndefined();
    expect(blobNameProblem('a/'.repeat(254))).toBe("has 255 path segments; a blob's name has at most 254");
  });

  it.each(['a.png', 'a..b.png', '..a/b..', 'scans/März #1 100%.png', '...'])('lets %j be', (name) => {
    expect(blobNameProblem(name)).toBeUndefined();
  });
});
