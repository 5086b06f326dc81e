import { describe, expect, it } from 'vitest';
import { heldFile } from '../../shared/documents/openedFile.ts';
import { NotPossible } from '../../shared/errors.ts';
import { type EstimateAnswer, estimateImages, type ImagesCall } from '../../shared/estimates/estimateImages.ts';
import { blobRefusal } from '../../shared/storage/storageRefused.ts';
import { createCalibrations } from '../../shared/tokens/calibrations.ts';
import { drawMarkedAs, drawNoise } from '../image/drawnImages.ts';
import { START_MS, seedDeployment, seedPool } from '../pool/deployments.ts';
import { documentParts } from '../support/documents.ts';
import { REQUEST } from '../support/sampleRecords.ts';

const calibrations = createCalibrations();

function estimate(call: Partial<ImagesCall>, deployments = seedPool, learned = calibrations): Promise<EstimateAnswer> {
  const images = [{ kind: 'size', width: 513, height: 513, count: 1 } as const];
  return estimateImages(
    { kind: 'images', images, request: REQUEST, ...call },
    {
      deployments,
      calibrations: learned,
      ...documentParts(),
      nowMs: START_MS,
      open: async (image) => {
        if (image.kind === 'bytes') return heldFile(image.bytes, `${image.bytes.length}`);
        if (image.kind === 'blob' && image.name.startsWith('secret/')) {
          throw blobRefusal({ statusCode: 403 }, { container: 'images', name: image.name, use: 'read' });
        }
        throw new NotPossible('not-found', 'There is no such blob.');
      },
    },
  );
}

describe('estimateImages', () => {
  it.each([
    [150, 150, 255, 0.00255],
    [513, 150, 425, 0.00425],
    [513, 513, 765, 0.00765],
  ])("of %i x %i on the seed's model is %i tokens and $%d", async (width, height, imageTokens, imagesUsd) => {
    const { estimates } = await estimate({ images: [{ kind: 'size', width, height, count: 1 }] });
    expect(estimates).toMatchObject([{ model: 'gpt-4', version: 'vision-preview', imageTokens, cost: { imagesUsd } }]);
  });

  it('counts each image as often as it is said to be there', async () => {
    const answer = await estimate({ images: [{ kind: 'size', width: 150, height: 150, count: 1_000 }] });
    expect(answer).toMatchObject({ images: 1_000, estimates: [{ imageTokens: 255_000, cost: { imagesUsd: 2.55 } }] });
  });

  it('counts the text of the task once a request, its frame included', async () => {
    const { estimates } = await estimate({});
    const [first] = estimates;
    const { textTokens } = (await import('../../shared/tasks/prompts/promptTokens.json', { with: { type: 'json' } }))
      .default.text.words.cl100k_base;
    expect(first?.textTokens).toBe(textTokens);
  });

  it('says how long each scope takes alone, and nothing of scopes for a quota that is asked about', async () => {
    const pool = [
      seedDeployment('westus'),
      seedDeployment('swedencentral', { sku: 'GlobalStandard' }),
      seedDeployment('australiaeast', { sku: 'GlobalStandard', tokensPerMinute: 20_000 }),
      seedDeployment('japaneast', { sku: 'GlobalStandard', subscription: 'research' }),
    ];
    const images = [{ kind: 'size', width: 513, height: 513, count: 1_000 } as const];
    const [inAll] = (await estimate({ images }, pool)).estimates;
    const tokens = inAll?.admissionTokens ?? 0;
    const minutes = (tokensPerMinute: number): number => Math.ceil((tokens / tokensPerMinute) * 100) / 100;
    expect(inAll?.minutesAtQuota).toBe(minutes(50_000));
    const name = (region: string): string => `gpt-4-vision-preview-${region}`;
    expect(inAll?.minutesByScope).toEqual([
      {
        quotaScope: 'region:westus',
        deployments: [name('westus')],
        tokensPerMinute: 10_000,
        minutes: minutes(10_000),
      },
      {
        quotaScope: 'global',
        deployments: [name('swedencentral'), name('australiaeast')],
        tokensPerMinute: 30_000,
        minutes: minutes(30_000),
      },
      {
        quotaScope: 'global',
        subscription: 'research',
        deployments: [name('japaneast')],
        tokensPerMinute: 10_000,
        minutes: minutes(10_000),
      },
    ]);
    const [whatIf] = (await estimate({ images, tokensPerMinute: 40_000 }, pool)).estimates;
    expect(whatIf).not.toHaveProperty('minutesByScope');
  });

  it('uses the minutes of the whole pool, or of the quota in the request', async () => {
    const images = [{ kind: 'size', width: 513, height: 513, count: 1_000 } as const];
    const minutes = async (call: Partial<ImagesCall>): Promise<number> =>
      (await estimate({ images, ...call })).estimates[0]?.minutesAtQuota ?? 0;
    const atPool = await minutes({});
    expect(await minutes({ tokensPerMinute: 40_000 })).toBeCloseTo(atPool);
    expect(await minutes({ tokensPerMinute: 80_000 })).toBeLessThan(atPool);
  });

  it('knows no minutes where no deployment takes the largest image, and says how many would be rejected, and why', async () => {
    const small = (region: string) =>
      seedDeployment(region, {
        model: 'gpt-4o-mini@2024-07-18',
        countsAs: 'gpt-4o-mini@2024-07-18',
        sku: 'GlobalStandard',
        tokensPerMinute: 20_000,
      });
    const pool = ['eastus', 'westus', 'francecentral', 'swedencentral'].map(small);
    const images = [
      { kind: 'size', width: 150, height: 150, count: 3 },
      { kind: 'size', width: 4000, height: 3000, count: 2 },
    ] as const;
    const request = { ...REQUEST, task: 'describe' } as const;
    const { estimates } = await estimate({ images, request }, pool);
    expect(estimates).toMatchObject([{ minutesAtQuota: null }]);
    const [first] = estimates;
    expect(first?.warnings.at(-1)).toMatch(
      /^2 of 5 images would be rejected on gpt-4o-mini@2024-07-18 \(exceeds-quota\)\. Of the dearest: The request needs 26,5\d\d tokens of quota at once; the largest deployment has 20,000 per minute\. At 683 x 512 pixels the image would fit\.$/,
    );
    const alone = await estimate({ images: images.slice(0, 1), request }, pool);
    expect(alone.estimates[0]?.minutesAtQuota).toBeGreaterThan(0);
    expect(alone.estimates[0]?.warnings.join(' ')).not.toContain('exceeds-quota');
    const what = await estimate({ images, request, tokensPerMinute: 80_000 }, pool);
    expect(what.estimates[0]?.minutesAtQuota).toBeGreaterThan(0);
  });

  it('uses the price of the deployment with the highest priority, of equals the dearest, and notes where prices differ', async () => {
    const model = 'gpt-4o@2024-11-20';
    const deployed = (name: string, sku: string, priority: number) =>
      seedDeployment('swedencentral', { name, model, countsAs: model, sku, priority });
    const regional = deployed('regional', 'Standard', 1);
    const global = deployed('global', 'GlobalStandard', 1);
    const reserve = deployed('reserve', 'GlobalStandard', 2);
    const imagesUsd = async (...pool: Parameters<typeof estimate>[1] & object) => {
      const [first] = (await estimate({}, pool)).estimates;
      return [first?.cost.imagesUsd, first?.warnings.filter((warning) => warning.includes('differ in price'))];
    };
    const told = (name: string) => [
      `The deployments of ${model} differ in price; the cost is that of ${name}, the dearest of those asked first.`,
    ];
    for (const pool of [
      [global, regional],
      [regional, global],
    ]) {
      expect(await imagesUsd(...pool)).toEqual([0.002104, told('regional')]);
    }
    expect(await imagesUsd(reserve, regional)).toEqual([0.002104, told('regional')]);
    expect(await imagesUsd(regional, { ...reserve, priority: 0 })).toEqual([0.001913, told('reserve')]);
    expect(await imagesUsd(global, reserve)).toEqual([0.001913, []]);
  });

  it('knows no minutes of a model outside the pool', async () => {
    const { estimates } = await estimate({ models: ['gpt-4o'] });
    expect(estimates).toMatchObject([{ model: 'gpt-4o', minutesAtQuota: null }]);
  });

  it('reads the size of images that come as bytes, and lists those that are none', async () => {
    const answer = await estimate({
      images: [
        { kind: 'size', width: 150, height: 150, count: 2 },
        { kind: 'bytes', bytes: Buffer.from('A letter.') },
        { kind: 'bytes', bytes: Buffer.from('%PDF-1.7') },
        { kind: 'blob', name: 'a/gone.png' },
        { kind: 'blob', name: 'secret/a.png' },
        { kind: 'bytes', bytes: await drawMarkedAs('png') },
      ],
    });
    expect(answer).toMatchObject({
      images: 3,
      estimates: [
        {
          perImage: [
            { index: 0, width: 150 },
            { index: 5, width: 64, height: 48 },
          ],
        },
      ],
    });
    expect(answer.rejected).toEqual([
      { name: '#2', code: 'not-an-image', detail: expect.any(String) },
      { name: '#3', code: 'broken-image', detail: expect.any(String) },
      { name: 'a/gone.png', code: 'not-found', detail: 'There is no such blob.' },
      {
        name: 'secret/a.png',
        code: 'conflict',
        detail: expect.stringContaining("refuses this app's access to the container images (403)"),
      },
    ]);
  });

  it('rejects damaged pixels of images whose bytes are here', async () => {
    const photo = await drawNoise({ width: 160, height: 120 }).jpeg().toBuffer();
    const damaged = photo.subarray(0, Math.floor(photo.length / 8));
    const images = [photo, damaged].map((bytes) => ({ kind: 'bytes', bytes }) as const);
    const answer = await estimate({ images });
    expect(answer).toMatchObject({ images: 1, rejected: [{ name: '#2', code: 'broken-image' }] });
  });

  it('puts the cheapest first and names each model once', async () => {
    const { estimates } = await estimate({ models: ['gpt-4@vision-preview', 'gpt-4o', 'GPT-4o', 'gpt-4o@2024-11-20'] });
    expect(estimates.map(({ model, version }) => `${model}@${version}`)).toEqual([
      'gpt-4o@2024-11-20',
      'gpt-4@vision-preview',
    ]);
    const usd = estimates.map(({ cost }) => cost.totalUsd.expected ?? 0);
    expect(usd.toSorted((left, right) => left - right)).toEqual(usd);
  });

  it('takes the models of the pool once each, one that another stands in for under its own name and without a price', async () => {
    const llava = seedDeployment('eastus', { model: 'llava@1', countsAs: 'gpt-4o@2024-11-20', isPriced: false });
    for (const models of [undefined, ['gpt-4', 'llava@1']]) {
      const { estimates } = await estimate(models ? { models } : {}, [...seedPool, llava]);
      expect(estimates).toMatchObject([
        { model: 'gpt-4', cost: { imagesUsd: 0.00765 } },
        { model: 'llava', version: '1', stage: 'unknown', imageTokens: 765, cost: { imagesUsd: null } },
      ]);
      expect(estimates[1]?.minutesAtQuota).toBeGreaterThan(0);
    }
  });

  it('corrects tokens and money by what the pool has billed, and says by how much', async () => {
    const learned = createCalibrations();
    const bill = {
      usage: { promptTokens: 0, imageTokens: 1148 },
      estimatedTokens: 765,
      textTokens: 0,
      schemaTokens: 0,
    };
    for (let answers = 0; answers < 8; answers++) learned.learn('gpt-4-vision-preview-westus', bill, START_MS);
    const { estimates } = await estimate({ models: ['gpt-4@vision-preview', 'gpt-4o'] }, seedPool, learned);
    const [own, other] = ['gpt-4', 'gpt-4o'].map((name) => estimates.find(({ model }) => model === name));
    expect(own).toMatchObject({
      imageTokens: 935,
      imageTokensRange: [765, 935],
      cost: { imagesUsd: 0.00935 },
      calibration: { factor: 1.2228, samples: 8, since: new Date(START_MS).toISOString() },
      perImage: [{ tokens: 935, sent: { tokens: 935 } }],
    });
    expect(other).toMatchObject({ model: 'gpt-4o', imageTokens: 765 });
    expect(other).not.toHaveProperty('calibration');
  });

  it('expects thinking of a model that always thinks, and leaves room for it', async () => {
    const { estimates } = await estimate({ models: ['o3', 'gpt-4o'] });
    const outputOf = (name: string) => estimates.find(({ model }) => model === name)?.outputTokens;
    const plain = outputOf('gpt-4o') ?? { expected: 0, max: 0 };
    expect(outputOf('o3')).toEqual({ expected: plain.expected + 300, max: plain.max + 1200 });
  });

  it('warns of a model that is retired or a preview', async () => {
    const { estimates } = await estimate({ models: ['gpt-4@vision-preview', 'computer-use-preview'] });
    const warnings = estimates.map((each) => each.warnings.join(' '));
    expect(warnings.some((warning) => /gpt-4@vision-preview is retired/.test(warning))).toBe(true);
    expect(warnings.some((warning) => /computer-use-preview.* is a preview/.test(warning))).toBe(true);
  });

  it('names all models that it does not know at once, with the nearest', async () => {
    await expect(estimate({ models: ['gpt-4p', 'gpt-4o', 'gtp-5'] })).rejects.toMatchObject({
      code: 'invalid-request',
      problems: [
        {
          path: 'models',
          message: expect.stringMatching(/"gpt-4p" is not in the catalogue; the nearest are .*gpt-4o/),
        },
        { path: 'models', message: expect.stringMatching(/"gtp-5" is not in the catalogue; the nearest are .*gpt-5/) },
      ],
    });
  });

  it('names a model without a known token rule', async () => {
    await expect(estimate({ models: ['gpt-chat-latest', 'gpt-4q'] })).rejects.toMatchObject({
      problems: [
        { path: 'models', message: expect.stringMatching(/^No source says how gpt-chat-latest@/) },
        { path: 'models', message: expect.stringMatching(/"gpt-4q" is not in the catalogue/) },
      ],
    });
  });
});
