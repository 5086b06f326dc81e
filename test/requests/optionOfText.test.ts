import { describe, expect, it } from 'vitest';
import { optionOfText } from '../../shared/requests/optionOfText.ts';

describe('optionOfText', () => {
  it.each([
    ['maxUsd', '2.5', 2.5],
    ['maxUsd', '0', 0],
    ['maxUsd', '.5', '.5'],
    ['maxUsd', '1e3', '1e3'],
    ['maxOutputTokens', '400', 400],
    ['maxOutputTokens', '400.5', '400.5'],
    ['reuse', 'true', true],
    ['allowMissingPages', 'false', false],
    ['allowMissingPages', 'yes', 'yes'],
    ['pages', '3', '3'],
  ])('%s "%s" is %j', (name, text, value) => {
    expect(optionOfText(name, text)).toBe(value);
  });
});
