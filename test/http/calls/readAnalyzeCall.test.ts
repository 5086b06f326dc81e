import { describe, expect, it } from 'vitest';
import { InvalidRequest, type Problem } from '../../../shared/errors.ts';
import { readAnalyzeCall } from '../../../shared/http/calls/readAnalyzeCall.ts';
import { bytesCall, configOfTest, jsonCall, type Request, requestOf } from '../calls.ts';

const config = configOfTest();
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

async function problemsOf(request: Request): Promise<readonly Problem[]> {
  try {
    await readAnalyzeCall(request, config);
  } catch (error) {
    if (error instanceof InvalidRequest) return error.problems;
    throw error;
  }
  return [];
}

describe('readAnalyzeCall', () => {
  it('reads JSON with an image in base64', async () => {
    const request = jsonCall({ image: { base64: PNG.toString('base64') }, task: 'text' }, { prefer: 'wait=5' });
    expect(await readAnalyzeCall(request, config)).toEqual({
      image: { kind: 'bytes', bytes: PNG },
      request: { task: 'text', model: 'gpt-4@vision-preview', detail: 'high', quality: 'full' },
      waitMs: 5_000,
      isAsync: false,
    });
  });

  it('reads JSON with the name of a blob', async () => {
    const call = await readAnalyzeCall(jsonCall({ image: { blob: 'a/b.png' } }, { prefer: 'respond-async' }), config);
    expect(call).toMatchObject({ image: { kind: 'blob', name: 'a/b.png' }, isAsync: true });
  });

  it.each(['image/png', 'image/heic', 'application/octet-stream', 'application/pdf', 'image/jpeg; x=y'])(
    'reads bytes that come as %s, with the rest in the query',
    async (contentType) => {
      const query = '?task=ask&question=Wie%20viele%3F&maxOutputTokens=64&detail=low&code=key&clientId=x';
      expect(await readAnalyzeCall(bytesCall(PNG, query, contentType), config)).toMatchObject({
        image: { kind: 'bytes', bytes: PNG },
        request: { task: 'ask', question: 'Wie viele?', maxOutputTokens: 64, detail: 'low' },
      });
    },
  );

  it('reads whether an earlier answer will do, as a truth in JSON and as its name in the query', async () => {
    const image = { blob: 'a.png' };
    expect((await readAnalyzeCall(jsonCall({ image, reuse: true }), config)).request).toMatchObject({ reuse: true });
    expect((await readAnalyzeCall(bytesCall(PNG, '?reuse=false'), config)).request).toMatchObject({ reuse: false });
    const [problem] = await problemsOf(bytesCall(PNG, '?reuse=perhaps'));
    expect(problem?.message).toContain('reuse');
  });

  it('reads a schema from the query', async () => {
    const schema = {
      type: 'object',
      properties: { total: { type: 'number' } },
      required: ['total'],
      additionalProperties: false,
    };
    const query = `?task=extract&schema=${encodeURIComponent(JSON.stringify(schema))}`;
    expect((await readAnalyzeCall(bytesCall(PNG, query), config)).request).toMatchObject({ task: 'extract', schema });
  });

  it('reports problems of the image and the options together', async () => {
    const problems = await problemsOf(jsonCall({ image: {}, task: 'guess', model: 'gpt-5', colour: 'red' }));
    expect(problems.map(({ path }) => path)).toEqual(['image', 'colour', 'task', 'model']);
  });

  it('reports every problem of the query with its value', async () => {
    const problems = await problemsOf(bytesCall(PNG, '?detail=fine&maxOutputTokens=many&schema=%7B&colour=red'));
    expect(problems.map(({ path }) => path)).toEqual(['schema', 'detail', 'maxOutputTokens', 'colour']);
    expect(problems.map(({ message }) => message).join('\n')).toContain('maxOutputTokens is "many": ');
  });

  it.each([
    [jsonCall([]), 'body'],
    [jsonCall(null), 'body'],
    [jsonCall({}), 'image'],
    [bytesCall(Buffer.alloc(0)), 'body'],
    [bytesCall(PNG, '', 'text/plain'), 'content-type'],
    [requestOf({ body: PNG }), 'content-type'],
    [requestOf({ headers: { 'content-type': 'application/json' }, body: '{"image":' }), 'body'],
    [jsonCall({ image: { blob: 'a' } }, { prefer: 'wait=1000' }), 'prefer'],
  ])('refuses a call without a usable image or header (%#)', async (request, path) => {
    expect((await problemsOf(request)).map((problem) => problem.path)).toEqual([path]);
  });
});

describe('readAnalyzeCall on hostile input', () => {
  const image = { base64: PNG.toString('base64') };

  it.each(['../inbox/x', '.', 'a/../b.png'])('keeps a blob named %j from leaving the images', async (blob) => {
    expect((await problemsOf(jsonCall({ image: { blob } }))).map(({ path }) => path)).toEqual(['image.blob']);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty'])('does not know a part named %s', async (name) => {
    expect(await problemsOf(jsonCall({ image, [name]: 1 }))).toEqual([
      { path: name, message: `${name} is not known here.` },
    ]);
  });

  it('reports problems of headers and body together', async () => {
    const headers = { prefer: 'wait=abc', 'idempotency-key': 'x'.repeat(2000) };
    const paths = (await problemsOf(jsonCall({ image: {}, task: 'sing' }, headers))).map(({ path }) => path);
    expect(paths.toSorted()).toEqual(['idempotency-key', 'image', 'prefer', 'task']);
  });

  it('survives a schema that is thousands of levels deep', async () => {
    let schema: Record<string, unknown> = { type: 'object' };
    for (let level = 0; level < 5000; level++) schema = { type: 'object', properties: { deeper: schema } };
    const [problem] = await problemsOf(jsonCall({ image, task: 'extract', schema: '' }));
    expect(problem?.path).toBe('schema');
    const text = JSON.stringify({ image, task: 'extract' });
    const deep = `${text.slice(0, -1)},"schema":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`;
    const problems = await problemsOf(requestOf({ body: deep, headers: { 'content-type': 'application/json' } }));
    expect(problems.map(({ message }) => message)).toEqual(['schema is nested more than 50 levels deep.']);
  });

  it('quotes no more of a name than a person reads', async () => {
    const [problem] = await problemsOf(jsonCall({ image, ['n'.repeat(100_000)]: 1 }));
    expect(problem?.message.length).toBeLessThan(120);
  });
});
