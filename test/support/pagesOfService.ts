import { createHttpHeaders, type PipelinePolicy, type PipelineResponse } from '@azure/core-rest-pipeline';

/** One request to a table, as a test looks at it. */
export interface TableRequest {
  /** `query`: of several rows. `read`: of one. */
  readonly kind: 'query' | 'read' | 'write';
  readonly filter: string;
  readonly top: number | undefined;
}

export interface PagesOfService {
  readonly policy: PipelinePolicy;
  readonly requests: readonly TableRequest[];
  /** Forgets the requests. */
  reset(): void;
  count(kind: TableRequest['kind']): number;
}

interface Rest {
  readonly rows: readonly Row[];
  /** The service's own continuation of the page that they are of. */
  readonly headers: Readonly<Record<string, string>>;
}

type Row = { readonly PartitionKey?: string };

const NEXT_PARTITION = 'x-ms-continuation-nextpartitionkey';
const NEXT_ROW = 'x-ms-continuation-nextrowkey';

/**
 * Makes the pages of Azurite's tables what the service may give (Microsoft Learn, "Query timeout and pagination" and "Query
 * operators supported for the Table service"): a query begins with an empty page that has a continuation; a page ends at a
 * border of partitions and holds `mostRows` at most; a continuation may lack its row key; `$top` over 1,000 is 400.
 */
export function pagesOfService({ mostRows }: { readonly mostRows: number }): PagesOfService {
  const requests: TableRequest[] = [];
  const rests = new Map<string, Rest>();
  let tokens = 0;

  const page = (answer: PipelineResponse, { rows, headers }: Rest): PipelineResponse => {
    const border = rows.findIndex(({ PartitionKey }) => PartitionKey !== rows[0]?.PartitionKey);
    const size = Math.min(mostRows, border < 0 ? rows.length : border);
    return {
      ...answer,
      bodyAsText: JSON.stringify({ value: rows.slice(0, size) }),
      headers: headersOf(rows, size, headers),
    };
  };

  const headersOf = (
    rows: readonly Row[],
    size: number,
    headers: Rest['headers'],
  ): ReturnType<typeof createHttpHeaders> => {
    const json = { 'content-type': 'application/json' };
    if (size >= rows.length) return createHttpHeaders({ ...json, ...headers });
    tokens += 1;
    rests.set(`rest-${tokens}`, { rows: rows.slice(size), headers });
    return createHttpHeaders({ ...json, [NEXT_PARTITION]: `rest-${tokens}` });
  };

  const policy: PipelinePolicy = {
    name: 'pagesOfService',
    sendRequest: async (request, next) => {
      const url = new URL(request.url);
      const isQuery = request.method === 'GET' && url.pathname.endsWith('()');
      const top = url.searchParams.get('$top');
      requests.push({
        kind: isQuery ? 'query' : request.method === 'GET' ? 'read' : 'write',
        filter: url.searchParams.get('$filter') ?? '',
        top: top === null ? undefined : Number(top),
      });
      if (!isQuery) return await next(request);
      const answer = { request, status: 200, headers: createHttpHeaders() };
      if (Number(top ?? 0) > 1_000) {
        const error = { code: 'InvalidInput', message: { lang: 'en-US', value: 'The value for $top is over 1,000.' } };
        const headers = createHttpHeaders({ 'content-type': 'application/json' });
        return { ...answer, status: 400, headers, bodyAsText: JSON.stringify({ 'odata.error': error }) };
      }
      const token = url.searchParams.get('NextPartitionKey');
      const rest = token === null ? undefined : rests.get(token);
      if (rest) return page(answer, rest);
      if (token === null) {
        const headers = createHttpHeaders({ 'content-type': 'application/json', [NEXT_PARTITION]: 'begin' });
        return { ...answer, headers, bodyAsText: JSON.stringify({ value: [] }) };
      }
      if (token === 'begin') {
        url.searchParams.delete('NextPartitionKey');
        request.url = url.href;
      }
      const given = await next(request);
      if (given.status !== 200) return given;
      const headers = [NEXT_PARTITION, NEXT_ROW].flatMap((name) => {
        const value = given.headers.get(name);
        return value ? [[name, value] as const] : [];
      });
      const { value } = JSON.parse(given.bodyAsText ?? '{"value":[]}') as { readonly value: readonly Row[] };
      return page(given, { rows: value, headers: Object.fromEntries(headers) });
    },
  };

  return {
    policy,
    requests,
    reset: () => {
      requests.length = 0;
    },
    count: (kind) => requests.filter((request) => request.kind === kind).length,
  };
}
