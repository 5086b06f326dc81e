import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Regions, type RunningRegion, startRegions } from '../../../local/regions/startRegions.ts';
import { chatAbout, dataUrl, plainPng, post, regionWith, secret, tokenFor } from './cloud.ts';

let regions: Regions;
let region: RunningRegion;
let png: Buffer;
beforeAll(async () => {
  const fast = regionWith().deployments.map((one) => ({ ...one, tokensPerMinute: 1e9, requestsPerMinute: 1e6 }));
  regions = await startRegions({ secret, regions: [regionWith({ deployments: fast })] });
  region = regions.get('swedencentral');
  png = await plainPng();
});
afterAll(() => regions.close());

const dated = '/openai/deployments/vision/chat/completions';

function withImages(...urls: readonly string[]): object {
  const content = urls.map((url) => ({ type: 'image_url', image_url: { url } }));
  return { model: 'vision', max_tokens: 10, messages: [{ role: 'user', content }] };
}

function withFormat(schema: unknown, strict = true): object {
  return {
    ...chatAbout(png),
    response_format: { type: 'json_schema', json_schema: { name: 'answer', strict, schema } },
  };
}

const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };

describe('the door of an emulated region', () => {
  it('lets a good token in, over the dated path and over v1', async () => {
    expect((await post(region, chatAbout(png), { path: `${dated}?api-version=2024-10-21` })).status).toBe(200);
    expect((await post(region, chatAbout(png))).status).toBe(200);
    expect((await post(region, chatAbout(png), { token: tokenFor('https://ai.azure.com') })).status).toBe(200);
  });

  it.each([
    ['no token', null, { error: { code: '401', message: expect.stringMatching(/Access denied/) } }],
    ['garbage', 'garbage', { statusCode: 401, message: expect.stringMatching(/audience is incorrect/) }],
    ['a token for storage', tokenFor('https://storage.azure.com'), { statusCode: 401 }],
    ['an expired token', tokenFor(undefined, -10), { statusCode: 401 }],
  ])('answers 401 to %s', async (_, token, body) => {
    const { status, json } = await post(region, chatAbout(png), { token });
    expect({ status, json }).toMatchObject({ status: 401, json: body });
  });

  it.each([
    ['an unknown deployment', '/openai/v1/chat/completions', { model: 'nothing' }, 404, 'DeploymentNotFound'],
    [
      'a name that is no encoding',
      '/openai/deployments/%E0%A4%A/chat/completions?api-version=2024-10-21',
      {},
      404,
      'DeploymentNotFound',
    ],
    ['the dated path without a version', dated, {}, 404, '404'],
    ['another path', '/openai/v1/embeddings', {}, 404, '404'],
    ['a path that is no path', '//', {}, 404, '404'],
    ['a dated version on v1', '/openai/v1/chat/completions?api-version=2024-10-21', {}, 400, 'BadRequest'],
  ])('refuses %s', async (_, path, more, status, code) => {
    const answer = await post(region, { ...chatAbout(png), ...more }, { path });
    expect(answer).toMatchObject({ status, json: { error: { code } } });
  });
});

describe('a request that the service refuses', () => {
  it.each<[string, object | string, RegExp]>([
    ['broken JSON', '{"model":"vision"', /not valid JSON/],
    ['no messages', { model: 'vision' }, /messages/],
    [
      'max_tokens of a model that reasons',
      { ...base('thinker'), max_tokens: 10 },
      /'max_tokens' is not supported.*'max_completion_tokens'/,
    ],
    ['temperature of a model that reasons', { ...base('thinker'), temperature: 1 }, /'temperature' is not supported/],
    [
      'an effort that the model lacks',
      { ...base('thinker'), reasoning_effort: 'max' },
      /does not support 'max'.*'none', 'low'/,
    ],
    [
      'an effort where nothing reasons',
      { ...base('vision'), reasoning_effort: 'low' },
      /Unrecognized.*reasoning_effort/,
    ],
    [
      'max_completion_tokens of the seed',
      { ...base('seed'), max_completion_tokens: 10 },
      /Unrecognized.*max_completion_tokens/,
    ],
    ['a cap above the model', { ...base('seed'), max_tokens: 4097 }, /too large: 4097.*at most 4096/],
    ['a cap of zero', { ...base('vision'), max_tokens: 0 }, /max_tokens/],
    ['a temperature of 3', { ...base('vision'), temperature: 3 }, /3 is not a number from 0 to 2/],
    ['an unknown argument', { ...base('vision'), colour: 'red' }, /Unrecognized.*colour/],
    ['streaming', { ...base('vision'), stream: true }, /do not stream/],
    ['a model that answers elsewhere', base('elsewhere'), /chatCompletion operation does not work.*gpt-5-pro/],
    [
      'JSON mode without the word',
      { ...base('vision'), response_format: { type: 'json_object' } },
      /must contain the word 'json'/,
    ],
    [
      'system and developer',
      { model: 'vision', messages: [message('system'), message('developer')] },
      /system and developer/,
    ],
    ['an unknown role', { model: 'vision', messages: [message('robot')] }, /'robot'/],
  ])('is one with %s', async (_, body, sentence) => {
    const { status, json } = await post(region, body);
    expect({ status, json }).toMatchObject({
      status: 400,
      json: { error: { message: expect.stringMatching(sentence) } },
    });
  });

  it.each<[string, () => Promise<object>, RegExp]>([
    ['a URL', async () => withImages('https://example.org/a.png'), /fetch no image URLs/],
    ['an empty image', async () => withImages('data:image/png;base64,'), /Invalid image data URL/],
    ['a data URL without base64', async () => withImages('data:text/plain,hello'), /no base64/],
    [
      'text',
      async () => withImages(dataUrl(Buffer.from('no image'))),
      /unsupported image.*'png', 'jpeg', 'gif', 'webp'/,
    ],
    ['TIFF', async () => withImages(dataUrl(await sharp(png).tiff().toBuffer(), 'image/png')), /unsupported image/],
    ['AVIF', async () => withImages(dataUrl(await sharp(png).avif().toBuffer())), /unsupported image/],
    [
      'SVG',
      async () => withImages(dataUrl(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'))),
      /unsupported image/,
    ],
    [
      'BMP',
      async () => withImages(dataUrl(Buffer.concat([Buffer.from('BM'), Buffer.alloc(60, 1)]))),
      /unsupported image/,
    ],
    [
      'more than 20 MB',
      async () => withImages(dataUrl(Buffer.concat([png, Buffer.alloc(20 * 1024 * 1024)]))),
      /the limit is 20971520 bytes/,
    ],
    [
      'eleven images',
      async () => withImages(...Array.from({ length: 11 }, () => dataUrl(png))),
      /11 images; the maximum is 10/,
    ],
    [
      'an image for a model of words',
      async () => ({ ...withImages(dataUrl(png)), model: 'words' }),
      /image_url is only supported by certain models/,
    ],
  ])('is one with %s', async (_, body, sentence) => {
    const { status, json } = await post(region, await body());
    expect({ status, json }).toMatchObject({
      status: 400,
      json: { error: { message: expect.stringMatching(sentence) } },
    });
  });

  it.each<[string, unknown, RegExp]>([
    ['is no object', { type: 'array', items: closed }, /'type: "object"', got 'type: "array"'/],
    ['is open', { ...closed, additionalProperties: undefined }, /In context=\(\), 'additionalProperties'/],
    ['lets properties out', { ...closed, required: [] }, /Missing 'a'/],
    [
      'limits lengths',
      { ...closed, properties: { a: { type: 'string', maxLength: 5 } } },
      /In context=\('a'\), 'maxLength' is not permitted/,
    ],
    ['goes six levels deep', nested(6), /6 levels of nesting exceeds limit of 5/],
    ['has 101 properties', wide(101), /101 properties exceed the limit of 100/],
  ])('is one whose strict schema %s', async (_, schema, sentence) => {
    const { status, json } = await post(region, withFormat(schema));
    expect({ status, json }).toMatchObject({
      status: 400,
      json: { error: { message: expect.stringMatching(sentence) } },
    });
  });

  it('is none where the schema keeps to the limits, or is not strict', async () => {
    expect((await post(region, withFormat(closed))).status).toBe(200);
    expect((await post(region, withFormat(nested(5)))).status).toBe(200);
    expect((await post(region, withFormat(wide(100)))).status).toBe(200);
    expect((await post(region, withFormat({ type: 'object', properties: { a: {} } }, false))).status).toBe(200);
  });

  it('is one under a dated version from before there were schemas', async () => {
    const early = await post(region, withFormat(closed), { path: `${dated}?api-version=2024-06-01` });
    expect({ ...early }).toMatchObject({
      status: 400,
      json: {
        error: { code: 'BadRequest', message: expect.stringMatching(/api versions 2024-08-01-preview and later$/) },
      },
    });
    const first = await post(region, withFormat(closed), { path: `${dated}?api-version=2024-08-01-preview` });
    expect(first.status).toBe(200);
  });

  it('is one with a schema for a model that takes none', async () => {
    const { status, json } = await post(region, { ...withFormat(closed), model: 'seed' });
    expect({ status, json }).toMatchObject({
      status: 400,
      json: { error: { message: expect.stringMatching(/'json_schema' is not supported/) } },
    });
  });
});

function message(role: string): object {
  return { role, content: 'Hello.' };
}

function base(model: string): object {
  return { model, messages: [message('user')] };
}

function nested(levels: number): object {
  const inner = levels === 1 ? { type: 'string' } : nested(levels - 1);
  return { type: 'object', properties: { a: inner }, required: ['a'], additionalProperties: false };
}

function wide(count: number): object {
  const names = Array.from({ length: count }, (_, index) => `p${index}`);
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  return { type: 'object', properties, required: names, additionalProperties: false };
}
