import { describe, expect, it } from 'vitest';
import { cleanStrings, cleanText } from '../../../shared/tasks/reply/cleanText.ts';

describe('cleanText', () => {
  it.each<readonly [string, string, string]>([
    ['makes every line break a line feed', 'a\r\nb\rc\u2028d\u2029e\ff\vg', 'a\nb\nc\nd\ne\nf\ng'],
    ['takes out control characters, but no tab', 'a\u0000\u0007\tb\u0085\ufeff', 'a\tb'],
    ['takes out what turns the direction of writing round', 'photo\u202egnp.exe\u2066', 'photognp.exe'],
    ['replaces half of a pair of surrogates', 'a\ud800b', 'a\ufffdb'],
    [
      'leaves accents, joiners and scripts from right to left alone',
      'e\u0301 👩‍🚀 می‌خواهم שלום',
      'e\u0301 👩‍🚀 می‌خواهم שלום',
    ],
  ])('%s', (_, raw, clean) => {
    expect(cleanText(raw)).toBe(clean);
  });
});

describe('cleanStrings', () => {
  it('cleans every text within a value, and nothing else', () => {
    expect(cleanStrings({ a: ['x\r', 1, null, { b: '\u0000' }] })).toEqual({ a: ['x\n', 1, null, { b: '' }] });
  });
});
