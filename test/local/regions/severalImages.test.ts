import { describe, expect, it } from 'vitest';
import { shapeOfPrompt } from '../../../local/regions/answerShape.ts';
import type { Seen } from '../../../local/regions/seen.ts';
import { composeForImages, seenTogether } from '../../../local/regions/severalImages.ts';
import { startRegions } from '../../../local/regions/startRegions.ts';
import { chatAbout, clientOf, dataUrl, plainPng, regionWith, secret, wordsPng } from './cloud.ts';

function seenOf(text: string): Seen {
  const words = [{ text, confidence: 90, left: 0, top: 10, right: 50, bottom: 20 }];
  return { width: 100, height: 40, lines: [{ text, words, paragraph: 0 }], colours: ['white'], marker: null };
}

const BY_PART = shapeOfPrompt('{"parts":[{"part":"integer","answer":{"text":"string"}}]}');
const WHOLE = shapeOfPrompt('{"text":"string"}');

describe('seenTogether', () => {
  it('puts the words of each image below those of the one before, in paragraphs of their own', () => {
    const seen = seenTogether([seenOf('Above'), seenOf('below')], [40, 40]);
    expect(seen?.lines).toMatchObject([
      { text: 'Above', paragraph: 0, words: [{ top: 10 }] },
      { text: 'below', paragraph: 1, words: [{ top: 50 }] },
    ]);
  });

  it('is the image itself where there is one, and nothing where there is none', () => {
    expect(seenTogether([seenOf('Alone')], [40])).toEqual(seenOf('Alone'));
    expect(seenTogether([], [])).toBeUndefined();
  });

  it('finds the mark of the content filter in any of them', () => {
    expect(seenTogether([seenOf('a'), { ...seenOf('b'), marker: 'image' }], [40, 40])?.marker).toBe('image');
  });
});

describe('composeForImages', () => {
  it('answers for each image with its number where that is asked for, else for all', () => {
    const seen = seenTogether([seenOf('Above'), seenOf('below')], [40, 40]);
    if (!seen || !BY_PART || !WHOLE) throw new Error('Two images and two shapes were made above.');
    expect(composeForImages(BY_PART, seen)).toEqual({
      parts: [
        { part: 1, answer: { text: 'Above' } },
        { part: 2, answer: { text: 'below' } },
      ],
    });
    expect(composeForImages(WHOLE, seen)).toEqual({ text: 'Above\nbelow' });
  });
});

describe('a region', () => {
  it('counts each of several images by its rule, and reads all of them', async () => {
    await using regions = await opened();
    const region = regions.get('swedencentral');
    const images = [await wordsPng(['First words']), await wordsPng(['Second words']), await plainPng(600, 600)];
    const chat = chatAbout(images[0] as Buffer, { model: 'seed', max_tokens: 500 });
    const content = images.map((png) => ({
      type: 'image_url' as const,
      image_url: { url: dataUrl(png), detail: 'high' as const },
    }));
    chat.messages = [
      { role: 'system', content: 'Shape: {"parts":[{"part":"integer","answer":{"text":"string"}}]}' },
      { role: 'user', content },
    ];
    const completion = await clientOf(region).chat.completions.create(chat);
    expect(JSON.parse(completion.choices[0]?.message.content ?? '')).toMatchObject({
      parts: [{ answer: { text: 'First words' } }, { answer: { text: 'Second words' } }, { part: 3 }],
    });
    expect(region.charges().at(-1)?.images).toHaveLength(3);
    // 600 x 600 alone is four tiles; each image has its own base.
    expect(completion.usage?.prompt_tokens).toBeGreaterThan(85 * 3 + 170 * 6);
  });
});

async function opened() {
  const regions = await startRegions({ secret, regions: [regionWith({ answers: 'ocr' })] });
  return { get: regions.get, [Symbol.asyncDispose]: () => regions.close() };
}
