import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { API_CALLS, openApiDocument } from '../../shared/http/openApi/openApiDocument.ts';

const document = JSON.parse(JSON.stringify(openApiDocument())) as Record<string, unknown>;

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
