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
    // microsoft/semantic-kernel#10040 (2025-01-09), ballerina-platform/ballerina-library#8373 (2025-10-20),
    // RageAgainstThePixel/OpenAI-DotNet#112 (2023-06-06)
    ['a version that never was', `${dated}?api-version=2024-07-18`, {}, 404, '404'],
    ['a version newer than the last dated one', `${dated}?api-version=2025-09-01`, {}, 404, '404'],
    ['a version from before there were chats', `${dated}?api-version=2022-12-01`, {}, 404, '404'],
  ])('refuses %s', async (_, path, more, status, code) => {
    const answer = await post(region, { ...chatAbout(png), ...more }, { path });
    expect(answer).toMatchObject({ status, json: { error: { code } } });
  });
});

describe('a request that the service refuses', () => {
  it.each<[string, object | string, RegExp]>([
    ['broken JSON', '{"model":"vision"', /We could not parse the JSON body.*not valid JSON/],
    ['no messages', { model: 'vision' }, /Missing required parameter: 'messages'/],
    [
      'an empty list of messages',
      { model: 'vision', messages: [] },
      /empty array. Expected an array with minimum length 1/,
    ],
    [
      '2,049 messages',
      { model: 'vision', messages: Array.from({ length: 2049 }, () => message('user')) },
      /maximum length 2048, but got an array with length 2049/,
    ],
    [
      'a text over 1,048,576 characters',
      { model: 'vision', messages: [{ role: 'user', content: 'a'.repeat(1_048_577) }] },
      /'messages\[0\].content': string too long.*maximum length 1048576, but got a string with length 1048577/,
    ],
    [
      'more tokens than the model holds',
      { model: 'words', max_tokens: 8000, messages: [{ role: 'user', content: 'word '.repeat(500) }] },
      /maximum context length is 8192 tokens. However, you requested 8\d{3} tokens \(5\d\d in the messages, 8000 in/,
    ],
    [
      'more tokens than the model holds, without a cap',
      { model: 'words', messages: [{ role: 'user', content: 'word '.repeat(9000) }] },
      /maximum context length is 8192 tokens. However, your messages resulted in 9\d{3} tokens/,
    ],
    [
      'both caps',
      { ...base('vision'), max_tokens: 10, max_completion_tokens: 10 },
      /'max_tokens' and 'max_completion_tokens' at the same time is not supported/,
    ],
    [
      'max_tokens of a model that reasons',
      { ...base('thinker'), max_tokens: 10 },
      /'max_tokens' is not supported.*'max_completion_tokens'/,
    ],
    [
      'another temperature than 1 of a model that reasons',
      { ...base('thinker'), temperature: 0.5 },
      /'temperature' does not support 0.5 with this model. Only the default \(1\) value is supported/,
    ],
    ['any temperature of o1', { ...base('first-thinker'), temperature: 1 }, /'temperature' is not supported/],
    ['top_p of a model that reasons', { ...base('thinker'), top_p: 1 }, /'top_p' is not supported with this model/],
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
    ['a cap of zero', { ...base('vision'), max_tokens: 0 }, /'max_tokens': integer below minimum value.*got 0/],
    ['half a token as cap', { ...base('vision'), max_tokens: 0.5 }, /Invalid type for 'max_tokens'/],
    ['a temperature of 3', { ...base('vision'), temperature: 3 }, /decimal above maximum value.*<= 2, but got 3/],
    ['a top_p below 0', { ...base('vision'), top_p: -1 }, /decimal below minimum value.*>= 0, but got -1/],
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
    [
      'a developer message for the seed',
      { model: 'seed', messages: [message('developer')] },
      /'developer' is not an allowed role. The allowed roles are \['system', 'user', 'assistant'\]/,
    ],
    [
      'an image in a system message',
      {
        model: 'vision',
        messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }],
      },
      /Image URLs are only allowed for messages with role 'user', but this message with role 'system'/,
    ],
    [
      'a file',
      { model: 'vision', messages: [{ role: 'user', content: [{ type: 'file' }] }] },
      /Invalid value: 'file'. Supported values are: 'text', 'image_url'/,
    ],
  ])('is one with %s', async (_, body, sentence) => {
    const { status, json } = await post(region, body);
    expect({ status, json }).toMatchObject({
      status: 400,
      json: { error: { message: expect.stringMatching(sentence) } },
    });
  });

  it.each<[string, () => Promise<object>, RegExp]>([
    ['a URL', async () => withImages('https://example.org/a.png'), /fetch no image URLs/],
    ['an empty image', async () => withImages('data:image/png;base64,'), /image size must be greater than zero/],
    ['a data URL without base64', async () => withImages('data:text/plain,hello'), /^Invalid image URL\. The URL must/],
    ['a PDF', async () => withImages(dataUrl(Buffer.from('%PDF-1.7'), 'application/pdf')), /^Invalid image URL\./],
    ['base64 alone', async () => withImages(png.toString('base64')), /^Invalid image URL\./],
    [
      'base64 with a space in it',
      async () => withImages(`${dataUrl(png).slice(0, -4)} abc`),
      /^Invalid image \(base64\)/,
    ],
    ['base64 that is cut', async () => withImages(dataUrl(png).slice(0, -1)), /^Invalid image \(base64\) data\.$/],
    [
      'text',
      async () => withImages(dataUrl(Buffer.from('no image'))),
      /unsupported image.*'png', 'jpeg', 'gif', 'webp'/,
    ],
    ['TIFF', async () => withImages(dataUrl(await sharp(png).tiff().toBuffer(), 'image/png')), /unsupported image/],
    ['a moving GIF', async () => withImages(dataUrl(await gif(2), 'image/gif')), /unsupported image/],
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
      /image size must be .* and cannot exceed 20971520 bytes/,
    ],
    [
      'eleven images',
      async () => withImages(...Array.from({ length: 11 }, () => dataUrl(png))),
      /^Too many images in request\. Max is 10\.$/,
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

describe('an image that the service takes', () => {
  it.each<[string, string, () => Promise<Buffer>]>([
    ['PNG', 'image/png', async () => png],
    ['JPEG', 'image/jpeg', () => sharp(png).jpeg().toBuffer()],
    ['WEBP', 'image/webp', () => sharp(png).webp().toBuffer()],
    ['GIF of one frame', 'image/gif', () => gif(1)],
  ])('is a %s, whatever the data URL calls it', async (_, type, draw) => {
    const bytes = await draw();
    for (const name of [type, 'image/png']) {
      expect((await post(region, withImages(dataUrl(bytes, name)))).status).toBe(200);
    }
  });
});

describe('a version of the API', () => {
  const chat = (more: object = {}): object => ({ ...chatAbout(png), ...more });
  const ask = (deployment: string, version: string, body: object): ReturnType<typeof post> =>
    post(region, body, { path: `/openai/deployments/${deployment}/chat/completions?api-version=${version}` });

  // Azure/azure-sdk-for-python#40759 (2025-04-28), microsoft/semantic-kernel#12268 (2025-05-26): o1, o3-mini and later.
  it.each(['thinker', 'first-thinker'])('before 2024-12-01-preview knows no model that reasons: %s', async (model) => {
    const { max_tokens: _, ...body } = chatAbout(png);
    for (const version of ['2024-08-01-preview', '2024-10-01-preview', '2024-10-21']) {
      expect(await ask(model, version, body)).toMatchObject({
        status: 400,
        json: {
          error: {
            code: 'BadRequest',
            message: 'Model {modelName} is enabled only for api versions 2024-12-01-preview and later',
          },
        },
      });
    }
    expect((await ask(model, '2024-12-01-preview', body)).status).toBe(200);
    expect((await ask(model, '2025-04-01-preview', body)).status).toBe(200);
  });

  // openai/openai-python#1724 (2024-09-19); Learn, "Azure OpenAI API version lifecycle" (2026-03-19): changes between versions.
  it.each([
    ['max_completion_tokens', 30, '2024-08-01-preview', '2024-09-01-preview'],
    ['store', false, '2024-10-21', '2024-12-01-preview'],
    ['metadata', {}, '2024-10-21', '2024-12-01-preview'],
  ])('knows %s only from its time on', async (name, value, before, since) => {
    const { max_tokens: _, ...rest } = chatAbout(png);
    const body = { ...rest, [name]: value };
    expect(await ask('vision', before, body)).toMatchObject({
      status: 400,
      json: {
        error: {
          message: `Unrecognized request argument supplied: ${name}`,
          type: 'invalid_request_error',
          param: null,
          code: null,
        },
      },
    });
    expect((await ask('vision', since, body)).status).toBe(200);
  });

  // chathub-dev/chathub#921 (2023-11-27)
  it('before 2023-12-01-preview takes no list as content, and so no image', async () => {
    expect(await ask('seed', '2023-08-01-preview', chat())).toMatchObject({
      status: 400,
      json: { error: { message: "[...] is not of type 'string' - 'messages.1.content'" } },
    });
    expect((await ask('seed', '2023-12-01-preview', chat())).status).toBe(200);
    expect((await ask('words', '2023-05-15', { messages: [message('user')] })).status).toBe(200);
  });

  it('takes the one temperature of a model that reasons', async () => {
    const { max_tokens: _, ...body } = chatAbout(png);
    expect((await ask('thinker', '2025-04-01-preview', { ...body, temperature: 1 })).status).toBe(200);
    expect(await ask('thinker', '2025-04-01-preview', { ...body, temperature: 0 })).toMatchObject({
      status: 400,
      json: { error: { code: 'unsupported_value', param: 'temperature' } },
    });
  });
});

/** A GIF of one frame, or of two that differ. */
async function gif(frames: 1 | 2): Promise<Buffer> {
  const join = { animated: true };
  const drawn = frames === 1 ? sharp(png) : sharp([png, await plainPng(64, 64, '#ffffff')], { join });
  return drawn.gif().toBuffer();
}

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
