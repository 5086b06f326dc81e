import { describe, expect, it } from 'vitest';
import { InvalidRequest, type Problem } from '../../../shared/errors.ts';
import { readEstimateCall } from '../../../shared/http/calls/readEstimateCall.ts';
import { bytesCall, configOfTest, jsonCall, type Request } from '../calls.ts';

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
      kind: 'images',
      images: [
        { kind: 'size', width: 150, height: 150, count: 1 },
        { kind: 'size', width: 513, height: 513, count: 40 },
      ],
      request: { task: 'describe', model: 'gpt-4@vision-preview', detail: 'high', quality: 'balanced' },
      models: ['gpt-4o'],
      tokensPerMinute: 30_000,
    });
  });

  it('reads images in base64, names of blobs, and the bytes of one', async () => {
    const named = await readEstimateCall(jsonCall({ images: [{ base64: 'AAEC' }, { blob: 'a/b.png' }] }), config);
    expect(named).toMatchObject({
      images: [
        { kind: 'bytes', bytes: Buffer.from([0, 1, 2]) },
        { kind: 'blob', name: 'a/b.png' },
      ],
    });
    const raw = await readEstimateCall(bytesCall(Buffer.from([1, 2]), '?detail=low'), config);
    expect(raw).toMatchObject({ images: [{ kind: 'bytes' }], request: { detail: 'low' } });
  });

  it('reads a folder, and where the page before ended', async () => {
    expect(await readEstimateCall(jsonCall({ prefix: 'scans/', models: ['gpt-4o'] }), config)).toEqual({
      kind: 'folder',
      prefix: 'scans/',
      models: ['gpt-4o'],
      request: expect.anything(),
    });
    expect(await readEstimateCall(jsonCall({ prefix: '', continuation: 'bWFyaw' }), config)).toMatchObject({
      kind: 'folder',
      prefix: '',
      continuation: 'bWFyaw',
    });
  });

  it.each([
    [
      { prefix: 'a/', images: [{ width: 1, height: 1 }] },
      'prefix stands beside images; an estimate is of one of the two.',
    ],
    [
      { images: [{ width: 1, height: 1 }], continuation: 'bWFyaw' },
      'continuation is of a folder: it goes with its prefix.',
    ],
    [{ prefix: 'a'.repeat(1025) }, 'prefix is the text "'],
    [{ prefix: '', continuation: 'not ours!' }, 'continuation is "not ours!": must be what the page before gave.'],
    [
      { images: new Array(17).fill({ url: 'https://example.com/a.png' }) },
      'images has 17 URLs; one call fetches at most 16.',
    ],
    [{}, 'images is missing: send a list of images, or the prefix of a folder.'],
  ])('refuses %#', async (body, sentence) => {
    const [problem, ...others] = await problemsOf(jsonCall(body));
    if (!sentence.startsWith('prefix is the text')) expect(problem?.message).toBe(sentence);
    else expect(problem?.message).toMatch(/must have at most 1,024 characters/);
    expect(others).toEqual([]);
  });

  it.each([
    [{ width: 0, height: 1 }, 'images[0].width is 0: must be at least 1.'],
    [{ width: -5, height: 1 }, 'images[0].width is -5: must be at least 1.'],
    [{ width: 1.5, height: 1 }, 'images[0].width is 1.5: must be a whole number of pixels.'],
    [{ width: 1, height: 2 ** 31 }, 'images[0].height is 2147483648: must be below 2^31.'],
    [{ width: 1 }, 'images[0].height is missing: must be a whole number of pixels.'],
    [{ width: 'a', height: 1 }, 'images[0].width is "a": must be a whole number of pixels.'],
    [{ width: 1, height: 1, depth: 2 }, 'images[0].depth is not known here.'],
  ])('refuses the image %j', async (image, sentence) => {
    expect((await problemsOf(jsonCall({ images: [image] }))).map(({ message }) => message)).toEqual([sentence]);
  });

  it('reports all problems at once', async () => {
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

  it('reads the models and the quota beside bytes', async () => {
    const query = '?models=gpt-4o,gpt-4@vision-preview&tokensPerMinute=5000&task=text';
    expect(await readEstimateCall(bytesCall(Buffer.from([1]), query), config)).toMatchObject({
      request: { task: 'text' },
      models: ['gpt-4o', 'gpt-4@vision-preview'],
      tokensPerMinute: 5000,
    });
  });

  it('names unknown models together with everything else', async () => {
    const body = { images: [{ width: 0, height: 1 }], models: ['gpt-4p', 'gpt-4o', 'gpt-chat-latest'], task: 'look' };
    expect((await problemsOf(jsonCall(body))).map(({ message }) => message)).toEqual([
      'images[0].width is 0: must be at least 1.',
      expect.stringMatching(/^The model "gpt-4p" is not in the catalogue; the nearest are /),
      expect.stringMatching(/^No source says how gpt-chat-latest@/),
      expect.stringMatching(/look/),
    ]);
  });

  it('takes ten thousand images and no more', async () => {
    const images = Array(10_001).fill({ width: 1, height: 1 });
    expect((await problemsOf(jsonCall({ images }))).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^images is .*: must hold at most 10,000 images\.$/),
    ]);
    expect(await readEstimateCall(jsonCall({ images: images.slice(1) }), config)).toMatchObject({
      images: expect.objectContaining({ length: 10_000 }),
    });
  });

  it.each([
    [jsonCall({}), 'images'],
    [jsonCall({ images: [] }), 'images'],
    [jsonCall({ images: 'all' }), 'images'],
    [jsonCall([]), 'body'],
    [jsonCall(null), 'body'],
    [bytesCall(Buffer.alloc(0)), 'body'],
    [bytesCall(Buffer.from([1]), '?models=gpt-4o,'), 'models'],
    [bytesCall(Buffer.from([1]), '?models=gpt-4p'), 'models'],
    [bytesCall(Buffer.from([1]), '?model=gpt-4'), 'model'],
    [bytesCall(Buffer.from([1]), '?tokensPerMinute=1e3'), 'tokensPerMinute'],
  ])('refuses a call without images (%#)', async (request, path) => {
    expect((await problemsOf(request)).map((problem) => problem.path)).toEqual([path]);
  });
});
