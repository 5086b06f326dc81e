import { z } from 'zod';
import { cancelBodySchema, listQuerySchema, retryBodySchema } from './calls/readAnalysesCalls.ts';
import { queueCallSchema } from './calls/readQueueCall.ts';
import { usageQuerySchema } from './calls/readUsageCall.ts';
import { resultsQuerySchema } from './views/resultLines.ts';

/** One call of the HTTP interface: its path, its access rule and its input. */
export type Route = {
  readonly method: 'GET' | 'POST';
  /** Below `/api`, with `{id}` for the variable part. */
  readonly path: `/${string}`;
  /** Open: needs no key or sign-in, and works with wrong settings too. */
  readonly isOpen?: true;
} & (
  | { readonly query: z.ZodObject; readonly body?: undefined }
  /** `image`: JSON or a form with images, or the bytes of one with the rest in the query. A schema: JSON, and no query. */
  | { readonly body: z.ZodObject | 'image'; readonly query?: undefined }
);

const NOTHING = z.strictObject({});

/**
 * Every call, by the name of its function. `functions/http.ts` registers these rows, and `openApi/` describes them: each
 * has a handler and a description by the same name, or the project does not compile.
 */
export const ROUTES = {
  analyze: { method: 'POST', path: '/analyze', body: 'image' },
  estimate: { method: 'POST', path: '/estimate', body: 'image' },
  startAnalyses: { method: 'POST', path: '/analyses', body: queueCallSchema },
  listAnalyses: { method: 'GET', path: '/analyses', query: listQuerySchema },
  getAnalysis: { method: 'GET', path: '/analyses/{id}', query: NOTHING },
  retryAnalysis: { method: 'POST', path: '/analyses/{id}/retry', query: NOTHING },
  retryAnalyses: { method: 'POST', path: '/analyses/retry', body: retryBodySchema },
  cancelAnalyses: { method: 'POST', path: '/analyses/cancel', body: cancelBodySchema },
  results: { method: 'GET', path: '/results', query: resultsQuerySchema },
  backlog: { method: 'GET', path: '/backlog', query: NOTHING },
  deployments: { method: 'GET', path: '/deployments', query: NOTHING },
  models: { method: 'GET', path: '/models', query: NOTHING },
  usage: { method: 'GET', path: '/usage', query: usageQuerySchema },
  health: { method: 'GET', path: '/health', query: NOTHING, isOpen: true },
  healthDetails: { method: 'GET', path: '/health/details', query: NOTHING },
  openapi: { method: 'GET', path: '/openapi.json', query: NOTHING },
} as const satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof ROUTES;

export const ROUTE_NAMES = Object.keys(ROUTES) as readonly RouteName[];

/** The parsed query of a call; undefined if the call reads its body. */
export type QueryOf<Name extends RouteName> = (typeof ROUTES)[Name] extends { readonly query: infer Schema }
  ? z.output<Schema>
  : undefined;
