import { z } from 'zod';
import { APP_VERSION } from '../views/health.ts';
import { ANALYSES_CALLS } from './analysesCalls.ts';
import { problemSchema } from './analysisSchema.ts';
import { IMAGE_CALLS } from './analyzeCalls.ts';
import { type ApiCall, describeRoutes, TAGS } from './apiCall.ts';
import { POOL_CALLS } from './poolCalls.ts';

/** Every call that is served. */
export const API_CALLS = describeRoutes({ ...IMAGE_CALLS, ...ANALYSES_CALLS, ...POOL_CALLS });

/** Statuses with `Retry-After`, if a time is known. */
const COME_AGAIN: readonly number[] = [402, 429, 502, 503, 504];

type Json = Readonly<Record<string, unknown>>;

const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'Something in the request is wrong: all of it is named',
  402: 'The budget has no room for it; retry-after says when room is expected: in seconds where other calls hold it, at the renewal where it is spent. It is missing where one call is more than the whole budget',
  403: 'Sign-in with Microsoft Entra ID is asked for, and no principal came with the request, or the platform lets nobody sign in',
  404: 'Not found',
  409: 'The present state does not allow it',
  410: 'The image is no longer there',
  413: 'The image, or the body, is too large',
  415: 'The file is not an image, or its format is not supported',
  422: 'The image cannot be analysed: broken, too many pages or pixels, dearer than maxUsd, refused by a content filter, or its URL cannot be used',
  429: 'No quota is free in time; retry-after says when',
  502: 'The model gave no usable answer, or refused the request; or the host of the image cannot be reached, and retry-after says when to try again',
  504: 'The host of the image did not deliver it in time; retry-after says when to try again',
  503: 'No analysis can start now: no deployment answers, or the storage refuses; retry-after says when to come again',
};

/** The description of the HTTP interface, OpenAPI 3.1, made from the schemas that check requests and describe answers. */
export function openApiDocument(): Json {
  const components: Record<string, unknown> = {};
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => jsonSchemaOf(schema, { io, components });
  const paths: Record<string, Record<string, Json>> = {};
  for (const call of API_CALLS) {
    paths[call.path] ??= {};
    Object.assign(paths[call.path] ?? {}, { [call.method]: operationOf(call, schemaOf) });
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Argus',
      version: APP_VERSION,
      description: 'Reads images at scale with GPT vision models on Azure',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [{ functionKey: [] }, { functionKeyInQuery: [] }, { entraId: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
        functionKeyInQuery: { type: 'apiKey', in: 'query', name: 'code' },
        entraId: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
  };
}

type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => Json;

function operationOf(call: ApiCall, schemaOf: SchemaOf): Json {
  const parameters = [
    ...[...call.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...parametersOf(call.query, 'query', schemaOf),
    ...parametersOf(call.headers, 'header', schemaOf),
  ];
  const content = Object.entries(call.bodies ?? {}).map(([mediaType, { schema, example }]) => [
    mediaType,
    { ...(schema ? { schema: schemaOf(schema, 'input') } : {}), ...(example === undefined ? {} : { example }) },
  ]);
  return {
    operationId: call.operationId,
    tags: [call.tag],
    summary: call.summary,
    ...(call.description === undefined ? {} : { description: call.description }),
    ...(call.isOpen ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(content.length > 0 ? { requestBody: { required: true, content: Object.fromEntries(content) } } : {}),
    responses: { ...answersOf(call, schemaOf), ...problemsOf(call, schemaOf) },
  };
}

function parametersOf(schema: z.ZodObject | undefined, place: 'query' | 'header', schemaOf: SchemaOf): readonly Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, part]) => {
    const { description, ...rest } = schemaOf(part as z.ZodType, 'input');
    return { name, in: place, ...(description === undefined ? {} : { description }), schema: rest };
  });
}

function answersOf(call: ApiCall, schemaOf: SchemaOf): Json {
  const answers = Object.entries(call.answers).map(([status, { description, headers, content }]) => [
    status,
    {
      description,
      ...(headers
        ? {
            headers: Object.fromEntries(
              Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: 'string' } }]),
            ),
          }
        : {}),
      content: Object.fromEntries(
        Object.entries(content).map(([mediaType, { schema, example }]) => [
          mediaType,
          { schema: schema ? schemaOf(schema, 'output') : { type: 'string' }, example },
        ]),
      ),
    },
  ]);
  return Object.fromEntries(answers);
}

function problemsOf(call: ApiCall, schemaOf: SchemaOf): Json {
  const content = { 'application/problem+json': { schema: schemaOf(problemSchema, 'output') } };
  const retryHeaders = {
    'retry-after': { description: 'Seconds after which to come again', schema: { type: 'integer', minimum: 1 } },
    'retry-after-ms': { description: 'The same in milliseconds', schema: { type: 'integer', minimum: 1 } },
  };
  const statuses = call.isOpen ? call.problems : [...call.problems, 403];
  return {
    ...Object.fromEntries(
      statuses.map((status) => [
        status,
        { description: PROBLEMS[status] ?? '', ...(COME_AGAIN.includes(status) && { headers: retryHeaders }), content },
      ]),
    ),
    ...(call.isOpen
      ? {}
      : { 401: { description: 'The key, or the token of the sign-in, is missing or wrong; the platform answers' } }),
    default: { description: 'Something went wrong here; the log holds the reason', content },
  };
}

/** One schema; those with a name of their own are put among the components. */
function jsonSchemaOf(
  schema: z.ZodType,
  options: { readonly io: 'input' | 'output'; readonly components: Record<string, unknown> },
): Json {
  const { io, components } = options;
  const made = z.toJSONSchema(z.object({ it: schema }), {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    // Later versions may add fields, so a client should not check responses strictly.
    override: ({ jsonSchema }) => {
      if (io === 'output') delete jsonSchema.additionalProperties;
    },
  });
  const { properties, $defs = {} } = JSON.parse(
    JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as { properties: { it: Json }; $defs?: Record<string, Json> };
  for (const [name, { id: _, ...definition }] of Object.entries($defs)) components[name] = definition;
  return properties.it;
}
