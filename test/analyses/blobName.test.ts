import { describe, expect, it } from 'vitest';
import { blobNameProblem } from '../../shared/analyses/blobName.ts';

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

  it.each(['a.png', 'a..b.png', '..a/b..', 'scans/März #1 100%.png', '...'])('lets %j be', (name) => {
    expect(blobNameProblem(name)).toBeUndefined();
  });
});
