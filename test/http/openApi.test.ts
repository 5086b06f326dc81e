import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { readAnalyzeCall } from '../../shared/http/calls/readAnalyzeCall.ts';
import { readEstimateCall } from '../../shared/http/calls/readEstimateCall.ts';
import { analysisSchema } from '../../shared/http/openApi/analysisSchema.ts';
import { API_CALLS, openApiDocument } from '../../shared/http/openApi/openApiDocument.ts';
import type { Status } from '../../shared/records/analysisRecord.ts';
import { configOfTest, requestOf } from './calls.ts';

const document = JSON.parse(JSON.stringify(openApiDocument())) as Record<string, unknown>;

interface Operation {
  readonly responses: Record<string, unknown>;
  readonly security?: unknown;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
}
const paths = document.paths as Record<string, Record<string, Operation>>;
const operationOf = ({ path, method }: { readonly path: string; readonly method: string }) => paths[path]?.[method];

describe('openApiDocument', () => {
  it('is valid OpenAPI 3.1, says an independent validator', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('is refused by that validator when it is not', async () => {
    const broken = { ...structuredClone(document), paths: { '/analyze': { post: { responses: 'none' } } } };
    expect(await new Validator().validate(broken)).toMatchObject({ valid: false });
  });

  it('names every schema that it refers to', () => {
    const text = JSON.stringify(document);
    const named = Object.keys((document.components as { schemas: object }).schemas);
    const referred = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(named.toSorted()).toEqual([...new Set(referred)].toSorted());
    expect(text).not.toContain('$defs');
  });
});

describe.each(API_CALLS.map((call) => [`${call.method} ${call.path}`, call] as const))(
  'the description of %s',
  (_, call) => {
    it('has an example of every answer, which is as its schema says', () => {
      for (const { content } of Object.values(call.answers)) {
        for (const { schema, example } of Object.values(content)) {
          expect(example).toBeDefined();
          if (schema) expect(schema.parse(example)).toEqual(example);
        }
      }
    });

    it('has an example of its JSON body, which the call takes', () => {
      const json = call.bodies?.['application/json'];
      if (json) expect(json.schema?.safeParse(json.example)).toMatchObject({ success: true });
      expect(call.method === 'post' && !call.path.includes('{id}')).toBe(json !== undefined);
    });
  },
);

describe('the description of every call', () => {
  it.each(API_CALLS.map((call) => [`${call.method} ${call.path}`, call] as const))(
    'names what %s may be refused with, and what its path holds',
    (_, call) => {
      const { responses = {}, security, parameters = [] } = operationOf(call) ?? {};
      // Only an open call needs no key, and cannot be refused for it.
      expect(['401', '403'].filter((status) => status in responses)).toEqual(call.isOpen ? [] : ['401', '403']);
      expect(security).toEqual(call.isOpen ? [] : undefined);
      const inPath = [...call.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((one) => one.in === 'path' && one.required).map(({ name }) => name)).toEqual(inPath);
    },
  );
});

describe('the schemas', () => {
  const { schemas } = document.components as { readonly schemas: Record<string, Record<string, unknown>> };

  it('of an analysis names every state that a record can have', () => {
    const states: Record<Status, true> = {
      ...{ queued: true, waiting: true, running: true },
      ...{ succeeded: true, rejected: true, failed: true, cancelled: true },
    };
    expect(analysisSchema.shape.status.options.toSorted()).toEqual(Object.keys(states).toSorted());
  });

  it('are strict for what a caller sends, and open to more in what is answered', () => {
    const body = JSON.stringify(paths['/analyses']?.post);
    expect(body).toContain('"additionalProperties":false');
    expect(JSON.stringify(schemas.Analysis)).not.toContain('"additionalProperties"');
  });
});

describe('the description of responses with a retry delay', () => {
  // An open call says nothing but whether the app runs.
  const answers = API_CALLS.filter(({ isOpen }) => !isOpen).flatMap(({ path, method }) =>
    Object.entries(operationOf({ path, method })?.responses ?? {}).map(([status, answer]) => ({
      path,
      status,
      answer,
    })),
  );

  it.each(['202', '402', '429', '502', '503', '504'])('names both headers for %s', (status) => {
    const found = answers.filter((answer) => answer.status === status);
    expect(found.length).toBeGreaterThan(0);
    for (const { answer } of found) {
      expect(answer).toMatchObject({ headers: { 'retry-after': {}, 'retry-after-ms': {} } });
    }
  });
});

describe('the query of the calls that take bytes', () => {
  const VALUES: Readonly<Record<string, string>> = {
    task: 'text',
    question: 'How many?',
    instructions: 'Read the left page only.',
    schema: '{"type":"object"}',
    model: 'gpt-4',
    detail: 'low',
    quality: 'full',
    maxOutputTokens: '64',
    language: 'de',
    reuse: 'true',
    parts: 'auto',
    models: 'gpt-4o,gpt-4@vision-preview',
    pages: '1-3,7',
    per: 'page',
    allowMissingPages: 'true',
    maxUsd: '2.5',
    textLayer: 'hint',
    tokensPerMinute: '5000',
  };
  const config = configOfTest();
  const read = { '/analyze': readAnalyzeCall, '/estimate': readEstimateCall } as const;
  const cases = API_CALLS.flatMap(({ path, query }) =>
    path === '/analyze' || path === '/estimate'
      ? Object.keys(query?.shape ?? {}).map((name) => [path, name] as const)
      : [],
  );

  it.each(cases)('of %s has %s, with bytes only', async (path, name) => {
    const query = `?${name}=${encodeURIComponent(VALUES[name] ?? '')}`;
    const bytes = requestOf({
      url: `http://localhost:7071/api${path}${query}`,
      headers: { 'content-type': 'image/png' },
      body: Buffer.from('PNG'),
    });
    const sentences = await read[path](bytes, config).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(sentences).not.toMatch(/is not known|must be/);
    const json = requestOf({
      url: bytes.url,
      headers: { 'content-type': 'application/json' },
      body: '{"image":{"blob":"a.png"},"images":[{"width":9,"height":9}]}',
    });
    await expect(read[path](json, config)).rejects.toThrow(`${name} stands in the query`);
  });

  it.each(['model', 'image', 'images', 'prefix', 'continuation', 'colour'])('of /estimate has no %s', async (name) => {
    const call = requestOf({
      url: `http://localhost:7071/api/estimate?${name}=x`,
      headers: { 'content-type': 'image/png' },
      body: Buffer.from('PNG'),
    });
    await expect(readEstimateCall(call, config)).rejects.toThrow(new RegExp(`^${name} is`));
  });
});
