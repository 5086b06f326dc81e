import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import { type CallDescription, describeRoutes } from '../../shared/http/openApi/apiCall.ts';
import { json } from '../../shared/http/responses.ts';
import { ROUTE_NAMES, ROUTES, type RouteName } from '../../shared/http/routes.ts';
import { type Handlers, type HttpFunction, serveRoute } from '../../shared/http/serveRoute.ts';
import type { ProcessSettings } from '../../shared/settings/processSettings.ts';
import { configOfTest, contextOf, requestOf } from './calls.ts';

const VALID: ProcessSettings = { kind: 'valid', config: configOfTest() };
const WRONG: ProcessSettings = { kind: 'wrong', problems: [{ path: 'HTTP_SHARE', message: 'is "7".' }] };

/** Handlers that answer with the query that they are given. */
const ECHO = Object.fromEntries(
  ROUTE_NAMES.map((name) => [name, async (_: HttpRequest, query: unknown) => json(200, { query })]),
) as unknown as Handlers;

async function answerOf({ handler }: HttpFunction, query = ''): Promise<HttpResponseInit> {
  const request = requestOf({ url: `http://localhost:7071/api/any${query}` });
  return (await handler(request, contextOf().context)) as HttpResponseInit;
}

const WITHOUT_BODY = ROUTE_NAMES.filter((name) => 'query' in ROUTES[name]);

describe('serveRoute', () => {
  it.each([
    ['getAnalysis', { methods: ['GET'], route: 'analyses/{id}', authLevel: 'function' }],
    ['cancelAnalyses', { methods: ['POST'], route: 'analyses/cancel', authLevel: 'function' }],
    ['health', { methods: ['GET'], route: 'health', authLevel: 'anonymous' }],
  ] as const)('registers %s as its row says', (name, registered) => {
    expect(serveRoute(name, ECHO, VALID)).toEqual({ ...registered, handler: expect.any(Function) });
  });

  it.each(WITHOUT_BODY)('refuses a name in the query of %s that its row does not have', async (name) => {
    const answer = await answerOf(serveRoute(name, ECHO, VALID), '?colour=red');
    expect(answer.status).toBe(400);
    expect(JSON.parse(String(answer.body)).problems).toEqual([
      { path: 'colour', message: expect.stringMatching(/^colour is not known here\./) },
    ]);
  });

  it('gives the handler the query as its schema reads it', async () => {
    const answer = await answerOf(serveRoute('listAnalyses', ECHO, VALID), '?limit=7&code=the-key');
    expect(JSON.parse(String(answer.body))).toEqual({ query: { limit: 7 } });
  });

  it('leaves the query of a call with a body to the reader of that body', async () => {
    const answer = await answerOf(serveRoute('analyze', ECHO, VALID), '?task=text');
    expect(JSON.parse(String(answer.body))).toEqual({});
  });

  it('keeps only the health open while settings are wrong', async () => {
    const statuses = await Promise.all(
      ROUTE_NAMES.map(async (name) => [name, (await answerOf(serveRoute(name, ECHO, WRONG))).status] as const),
    );
    expect(statuses.filter(([, status]) => status !== 503)).toEqual([['health', 200]]);
  });
});

describe('ROUTES', () => {
  it('has no row without a handler, and no handler without a row', () => {
    const { health, ...others } = ECHO;
    // @ts-expect-error: `health` has no handler
    const missing: Handlers = others;
    // @ts-expect-error: no row is called `colour`
    const unknown: Handlers = { ...ECHO, health, colour: async () => json(200, {}) };
    expect([missing, unknown]).toBeDefined();
  });

  it('has no row without a description, and no description without a row', () => {
    const described = {} as Readonly<Record<RouteName, CallDescription>>;
    const { health, ...others } = described;
    // @ts-expect-error: `health` is not described
    expect(() => describeRoutes(others)).toThrow();
    // @ts-expect-error: no row is called `colour`
    expect(() => describeRoutes({ ...described, health, colour: health })).toThrow();
  });

  it('has each method and path once', () => {
    const places = ROUTE_NAMES.map((name) => `${ROUTES[name].method} ${ROUTES[name].path}`);
    expect(new Set(places).size).toBe(places.length);
  });
});
