import { describe, expect, it } from 'vitest';
import { seenAs } from '../../../local/regions/imageRule.ts';
import { modelRow } from '../../../local/regions/modelRow.ts';

function tokensOf(model: string, size: { width: number; height: number; detail: string | undefined }): number | string {
  const [name = '', version = ''] = model.split('@');
  const { image } = modelRow(name, version);
  if (!image) return 'no images';
  const seen = seenAs(image, size);
  return seen.kind === 'seen' ? seen.sight.tokens : seen.sentence;
}

describe('seenAs', () => {
  it.each([
    // Microsoft Learn, Azure OpenAI overview (2023-11 to 2024-04).
    ['gpt-4@vision-preview', 4096, 8192, 'low', 85],
    ['gpt-4@vision-preview', 2048, 4096, 'high', 1105],
    ['gpt-4@vision-preview', 150, 150, 'high', 255],
    ['gpt-4@vision-preview', 513, 150, 'high', 425],
    ['gpt-4@vision-preview', 513, 513, 'high', 765],
    // OpenAI "Images and vision" guide, mid 2025 and later states.
    ['gpt-4o', 1024, 1024, 'high', 765],
    ['gpt-5.4', 1024, 1024, 'high', 1229],
    ['gpt-5.4', 2048, 2048, 'high', 3000],
    ['gpt-6-astra', 2048, 2048, 'high', 3000],
    // Worked out from the same rules.
    ['gpt-4o-mini', 1024, 768, 'high', 25_501],
    ['gpt-5.1', 4000, 3000, 'high', 630],
    ['o3', 640, 480, 'high', 375],
    ['gpt-4.1-mini', 8192, 8192, 'high', 6636],
    ['gpt-4.1-nano', 2448, 3264, 'high', 3572],
    ['o4-mini', 4000, 3000, 'high', 2498],
    ['gpt-5.5', 4000, 3000, 'original', 11_868],
    ['gpt-5.6-sol', 4000, 3000, 'high', 2942],
    ['gpt-5.6-sol', 640, 480, 'low', 231],
    ['gpt-5.2', 2448, 3264, 'high', 3687],
    ['gpt-4o', 1, 1, 'high', 255],
    ['gpt-5.4', 1, 1, 'high', 2],
  ] as const)('%s charges %i x %i at %s %i tokens', (model, width, height, detail, tokens) => {
    expect(tokensOf(model, { width, height, detail })).toBe(tokens);
  });

  it.each([
    ['gpt-5.6-sol', 'original', 14_100],
    ['gpt-5.4', 'high', 2942],
    ['gpt-4o', 'high', 765],
  ])('takes no detail and auto with %s as %s', (model, _, tokens) => {
    for (const detail of [undefined, 'auto']) {
      expect(tokensOf(model, { width: 4000, height: 3000, detail })).toBe(tokens);
    }
  });

  it('refuses more than 30,000 patches after sizing', () => {
    expect(tokensOf('gpt-6-sol', { width: 8192, height: 8192, detail: 'original' })).toBe(
      "The image has 65536 patches at detail 'original'. The maximum is 30000 patches per image.",
    );
  });

  it.each([
    ['gpt-4o', 'original', /Invalid value: 'original'.*'auto', 'high', and 'low'/],
    ['gpt-5.2', 'original', /Invalid value: 'original'.*'auto', 'low', 'high'/],
    ['gpt-5.4', 'medium', /Invalid value: 'medium'/],
  ])('refuses to look with %s at detail %s', (model, detail, sentence) => {
    expect(tokensOf(model, { width: 100, height: 100, detail })).toMatch(sentence);
  });
});

describe('modelRow', () => {
  it('names the models that it knows when asked for another', () => {
    expect(() => modelRow('gpt-9', '2030-01-01')).toThrow(
      /do not know gpt-9@2030-01-01; they know gpt-4@vision-preview/,
    );
  });
});
