import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { ProcessSettings } from '../settings/processSettings.ts';
import { answering, guarded } from './answering.ts';
import { readQuery } from './read/readQuery.ts';
import { type QueryOf, ROUTES, type Route, type RouteName } from './routes.ts';

/** What each call does: one handler for every row of the table, with the query that its row describes. */
export type Handlers = {
  readonly [Name in RouteName]: (request: HttpRequest, query: QueryOf<Name>) => Promise<HttpResponseInit>;
};

/** The options with which the platform's library registers a function. */
export interface HttpFunction {
  readonly methods: ['GET' | 'POST'];
  /** Below the prefix, without a slash at its beginning. */
  readonly route: string;
  readonly authLevel: 'anonymous' | 'function';
  readonly handler: HttpHandler;
}

/**
 * The function of one row: access check, then parsing of the query, then the handler. So no handler sees a query that
 * its row does not describe.
 */
export function serveRoute(name: RouteName, handlers: Handlers, settings: ProcessSettings): HttpFunction {
  const { method, path, query, isOpen }: Route = ROUTES[name];
  const handle = handlers[name] as (request: HttpRequest, query: unknown) => Promise<HttpResponseInit>;
  const reading = async (request: HttpRequest): Promise<HttpResponseInit> =>
    handle(request, query && readQuery(request, query));
  const access = isOpen ? { authLevel: 'anonymous' as const, handler: answering(reading) } : guarded(settings, reading);
  return { methods: [method], route: path.slice(1), ...access };
}
