import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { countTextTokens } from '../../../shared/tasks/prompts/countTextTokens.ts';

describe('countTextTokens', () => {
  it.each([
    ['Hello world', 'cl100k_base', 2],
    ['Hello world', 'o200k_base', 2],
    ['<|endoftext|>', 'cl100k_base', 7],
    ['', 'cl100k_base', 0],
  ] as const)('counts %j with %s as %i', async (text, encoding, tokens) => {
    expect(await countTextTokens(text, encoding)).toBe(tokens);
  });

  it.each([
    ['words', 'The quick brown fox jumps over the lazy dog. '.repeat(50)],
    ['lines', 'one\n\ntwo\n'.repeat(200)],
  ])('is exact for %s', async (_, text) => {
    expect(await countTextTokens(text, 'o200k_base')).toBe(countTokens(text));
  });

  it.each([
    ['one letter', 'x'.repeat(1500)],
    ['Chinese', '合计应付金额表'.repeat(200)],
    ['spaces', ' '.repeat(1500)],
    ['emoji', '😀'.repeat(700)],
  ])('never counts a long run of %s too low, nor far too high', async (_, text) => {
    const exact = countTokens(text);
    const counted = await countTextTokens(text, 'o200k_base');
    expect(counted).toBeGreaterThanOrEqual(exact);
    expect(counted).toBeLessThanOrEqual(exact + 4 * Math.ceil(text.length / 400));
  });
});
