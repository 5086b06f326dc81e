import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type RegionOptions, seedRegions } from '../../../local/regions/regionOptions.ts';
import { type RunningRegion, startRegions } from '../../../local/regions/startRegions.ts';
import { chatAbout, clientOf, dataUrl, plainPng, post, regionWith, secret, withRegion } from './cloud.ts';

async function admissionOf(admission: NonNullable<RegionOptions['admission']>, cap = 100): Promise<number> {
  const image = await plainPng(150, 150);
  let tokens = 0;
  await withRegion({ admission }, async (region) => {
    const text = { role: 'user' as const, content: [{ type: 'text' as const, text: 'a'.repeat(400) }] };
    const [, user] = chatAbout(image).messages;
    const messages = user ? [text, user] : [text];
    await post(region, { ...chatAbout(image), messages, max_tokens: cap });
    tokens = region.charges()[0]?.admissionTokens ?? 0;
  });
  return tokens;
}

describe('metering', () => {
  it('charges admission by pixels: text, image by the rule, and the cap', async () => {
    // 400 letters a are 50 tokens, "Look." 2; four frame each text and three begin the answer; the image is 255.
    expect(await admissionOf({ countBy: 'pixels', factor: 1 })).toBe(50 + 2 + 11 + 255 + 100);
  });

  it('charges admission by characters, with the images by the rule or as base64', async () => {
    expect(await admissionOf({ countBy: 'characters', factor: 1 })).toBe(Math.ceil(405 / 4) + 255 + 100);
    const base64 = dataUrl(await plainPng(150, 150)).length;
    const all = Math.ceil((405 + base64) / 4) + 100;
    expect(await admissionOf({ countBy: 'charactersWithBase64', factor: 1 })).toBe(all);
  });

  it('multiplies the prompt by its factor, never the cap', async () => {
    expect(await admissionOf({ countBy: 'pixels', factor: 2 })).toBe(2 * (50 + 2 + 11 + 255) + 100);
  });

  it('reports limits and remaining quota with every answer, and the true time of the next admission', async () => {
    const image = await plainPng();
    let nowMs = Date.now();
    const regions = await startRegions({ secret, regions: [regionWith()], nowMs: () => nowMs });
    const region = regions.get('swedencentral');
    try {
      const chat = chatAbout(image, { model: 'seed', max_tokens: 4000 });
      const first = await post(region, chat);
      const remaining = 10_000 - (region.charges()[0]?.admissionTokens ?? 0);
      expect(Object.fromEntries(first.headers)).toMatchObject({
        'x-ratelimit-limit-tokens': '10000',
        'x-ratelimit-remaining-tokens': String(remaining),
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-reset-tokens': '60',
        'x-ms-region': 'Sweden Central',
        'apim-request-id': region.charges()[0]?.id,
      });
      nowMs += 20_000;
      await post(region, chat);
      nowMs += 1500;
      const refused = await post(region, chat);
      expect(refused).toMatchObject({
        status: 429,
        json: { error: { code: '429', message: expect.stringMatching(/token rate limit.*retry after 39 seconds/) } },
      });
      expect([refused.headers.get('retry-after-ms'), refused.headers.get('retry-after')]).toEqual(['38500', '39']);
      nowMs += 38_500;
      expect((await post(region, chat)).status).toBe(200);
    } finally {
      await regions.close();
    }
  });

  it('counts requests, refused ones and wrong ones included, in slices of 10 s', async () => {
    const nowMs = Date.now();
    const regions = await startRegions({ secret, regions: [regionWith()], nowMs: () => nowMs });
    const wrong = { model: 'seed', messages: [] };
    const statuses: number[] = [];
    for (let request = 0; request < 11; request += 1) {
      statuses.push((await post(regions.get('swedencentral'), wrong)).status);
    }
    await regions.close();
    expect(statuses).toEqual([...Array<number>(10).fill(400), 429]);
  });

  it('bills text, image and answer; reports image tokens only when configured', async () => {
    const image = await plainPng(513, 513);
    for (const tellsImageTokens of [false, true]) {
      await withRegion({ tellsImageTokens }, async (region) => {
        const { usage } = await clientOf(region).chat.completions.create(chatAbout(image));
        const told = usage?.prompt_tokens_details as Record<string, number> | undefined;
        expect(told?.image_tokens).toBe(tellsImageTokens ? 765 : undefined);
        expect(region.charges()).toMatchObject([{ billedTokens: usage?.total_tokens, admitted: true, answered: true }]);
        expect((usage?.prompt_tokens ?? 0) - 765).toBeGreaterThan(5);
      });
    }
  });

  it('ends at the cap with length, and gives nothing when thinking has used it up', async () => {
    const image = await plainPng();
    await withRegion({}, async (region) => {
      const client = clientOf(region);
      const short = await client.chat.completions.create(chatAbout(image, { max_tokens: 7 }));
      expect(short).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { completion_tokens: 7 } });
      expect(short.choices[0]?.message.content).toBe('The image has 64 x ');
      const { max_tokens: _, ...chat } = chatAbout(image, { model: 'thinker' });
      const thought = await client.chat.completions.create({
        ...chat,
        reasoning_effort: 'high',
        max_completion_tokens: 50,
      });
      expect(thought).toMatchObject({
        choices: [{ finish_reason: 'length', message: { content: '' } }],
        usage: { completion_tokens: 50, completion_tokens_details: { reasoning_tokens: 50 } },
      });
    });
  });

  it("cuts the seed's answers at 16 tokens when no cap is sent", async () => {
    const { max_tokens: _, ...chat } = chatAbout(await plainPng(), { model: 'seed' });
    await withRegion({}, async (region) => {
      const { usage } = await clientOf(region).chat.completions.create(chat);
      expect(usage?.completion_tokens).toBe(16);
    });
  });
});

describe('the content filter of an emulated region', () => {
  it('stops an image by its digest, or its answer', async () => {
    const image = await plainPng();
    const found: { region: RunningRegion | null } = { region: null };
    await withRegion({}, async (region) => {
      found.region = region;
      await post(region, chatAbout(image));
      const sha256 = region.charges()[0]?.images[0]?.sha256 ?? '';
      region.change({ filterImages: [{ sha256, category: 'self_harm' }] });
      expect(await post(region, chatAbout(image))).toMatchObject({
        status: 400,
        json: {
          error: {
            code: 'content_filter',
            param: 'prompt',
            innererror: {
              code: 'ResponsibleAIPolicyViolation',
              content_filter_result: { self_harm: { filtered: true, severity: 'high' }, hate: { filtered: false } },
            },
          },
        },
      });
      region.change({ filterImages: [{ sha256, on: 'answer' }] });
      expect(await post(region, chatAbout(image))).toMatchObject({
        status: 200,
        json: { choices: [{ finish_reason: 'content_filter' }] },
      });
    });
  });

  it.each([
    ['magenta stops an image', '#ff00ff', 400],
    ['green stops its answer', '#00ff00', 200],
  ])('sees a mark in the upper left corner, through JPEG and shrinking: %s', async (_, background, status) => {
    const mark = await plainPng(100, 100, background);
    const image = await sharp(await plainPng(1600, 1200))
      .composite([{ input: mark, left: 0, top: 0 }])
      .jpeg()
      .toBuffer();
    await withRegion({ answers: 'ocr' }, async (region) => {
      const answer = await post(region, chatAbout(image));
      expect(answer.status).toBe(status);
      expect(JSON.stringify(answer.json)).toMatch(
        status === 400 ? /"code":"content_filter"/ : /"finish_reason":"content_filter"/,
      );
    });
  });
});

describe('seedRegions', () => {
  it('are the four regions of the seed with 10K tokens and 60 requests a minute each', async () => {
    const regions = await startRegions({ secret, regions: seedRegions() });
    try {
      expect(regions.all.map((one) => one.name)).toEqual([
        'australiaeast',
        'swedencentral',
        'switzerlandnorth',
        'westus',
      ]);
      for (const region of regions.all) {
        const answer = await post(region, { model: 'gpt-4-vision-preview', messages: [] });
        expect([
          answer.headers.get('x-ratelimit-limit-tokens'),
          answer.headers.get('x-ratelimit-limit-requests'),
        ]).toEqual(['10000', '60']);
      }
    } finally {
      await regions.close();
    }
  });
});
