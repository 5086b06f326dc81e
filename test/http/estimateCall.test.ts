import { describe, expect, it } from 'vitest';
import { InvalidRequest, type Problem } from '../../shared/errors.ts';
import { readEstimateCall } from '../../shared/http/estimateCall.ts';
import { bytesCall, configOfTest, jsonCall, type Request } from './calls.ts';

const config = configOfTest();

async function problemsOf(request: Request): Promise<readonly Problem[]> {
  try {
    await readEstimateCall(request, config);
  } catch (error) {
    if (error instanceof InvalidRequest) return error.problems;
    throw error;
  }
  return [];
}

describe('readEstimateCall', () => {
  it('reads sizes, each once unless counted', async () => {
    const body = {
      images: [
        { width: 150, height: 150 },
        { width: 513, height: 513, count: 40 },
      ],
      models: ['gpt-4o'],
      tokensPerMinute: 30_000,
      task: 'describe',
    };
    expect(await readEstimateCall(jsonCall(body), config)).toEqual({
      images: [
        { kind: 'size', width: 150, height: 150, count: 1 },
        { kind: 'size', width: 513, height: 513, count: 40 },
      ],
      request: { task: 'describe', model: 'gpt-4@vision-preview', detail: 'high', quality: 'balanced' },
      models: ['gpt-4o'],
      tokensPerMinute: 30_000,
    });
  });

  it('reads images in base64, and the bytes of one', async () => {
    const { images } = await readEstimateCall(jsonCall({ images: [{ base64: 'AAEC' }] }), config);
    expect(images).toMatchObject([{ kind: 'bytes', image: { totalBytes: 3 } }]);
    const raw = await readEstimateCall(bytesCall(Buffer.from([1, 2]), '?detail=low'), config);
    expect(raw).toMatchObject({ images: [{ kind: 'bytes', image: { totalBytes: 2 } }], request: { detail: 'low' } });
  });

  it.each([
    [{ width: 0, height: 1 }, 'images[0].width is 0: must be at least 1.'],
    [{ width: -5, height: 1 }, 'images[0].width is -5: must be at least 1.'],
    [{ width: 1.5, height: 1 }, 'images[0].width is 1.5: must be a whole number of pixels.'],
    [{ width: 1, height: 2 ** 31 }, 'images[0].height is 2147483648: must be below 2^31.'],
    [{ width: 1 }, 'images[0].height is missing: must be a whole number of pixels.'],
    [{ width: 'a', height: 1 }, 'images[0].width is "a": must be a whole number of pixels.'],
    [{ width: 1, height: 1, depth: 2 }, 'images[0].depth is not known here.'],
    [{ blob: 'a.png' }, 'images[0] names a blob; this call takes sizes and base64.'],
  ])('refuses the image %j', async (image, sentence) => {
    expect((await problemsOf(jsonCall({ images: [image] }))).map(({ message }) => message)).toEqual([sentence]);
  });

  it('tells all that is wrong at once', async () => {
    const body = {
      images: [{ width: 0, height: 0 }, {}, { width: 1, height: 1 }],
      models: [],
      model: 'gpt-4o',
      tokensPerMinute: 0,
      detail: 'fine',
      colour: 'red',
    };
    expect((await problemsOf(jsonCall(body))).map(({ path }) => path)).toEqual([
      'models',
      'model',
      'tokensPerMinute',
      'images[0].width',
      'images[0].height',
      'images[1]',
      'detail',
      'colour',
    ]);
  });

  it('takes ten thousand images and no more', async () => {
    const images = Array(10_001).fill({ width: 1, height: 1 });
    expect((await problemsOf(jsonCall({ images }))).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^images is .*: must hold at most 10,000 images\.$/),
    ]);
    expect((await readEstimateCall(jsonCall({ images: images.slice(1) }), config)).images).toHaveLength(10_000);
  });

  it.each([
    [jsonCall({}), 'images'],
    [jsonCall({ images: [] }), 'images'],
    [jsonCall({ images: 'all' }), 'images'],
    [jsonCall([]), 'body'],
    [jsonCall(null), 'body'],
    [bytesCall(Buffer.alloc(0)), 'body'],
    [bytesCall(Buffer.from([1]), '?models=gpt-4o'), 'models'],
  ])('refuses a call without images (%#)', async (request, path) => {
    expect((await problemsOf(request)).map((problem) => problem.path)).toEqual([path]);
  });
});
