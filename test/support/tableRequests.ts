import type { PipelinePolicy } from '@azure/core-rest-pipeline';

/** One request to a table, as a test looks at it. */
interface TableRequest {
  /** `query`: of several rows. `read`: of one. */
  readonly kind: 'query' | 'read' | 'write';
  readonly filter: string;
  readonly top: number | undefined;
}

/** What a client of a table asked for, one policy to a client. */
export interface TableRequests {
  readonly policy: PipelinePolicy;
  readonly all: readonly TableRequest[];
  forget(): void;
  count(kind: TableRequest['kind']): number;
}

export function noteTableRequests(): TableRequests {
  const all: TableRequest[] = [];
  const policy: PipelinePolicy = {
    name: 'noteTableRequests',
    sendRequest: async (request, next) => {
      const url = new URL(request.url);
      const isQuery = request.method === 'GET' && url.pathname.endsWith('()');
      const top = url.searchParams.get('$top');
      all.push({
        kind: isQuery ? 'query' : request.method === 'GET' ? 'read' : 'write',
        filter: url.searchParams.get('$filter') ?? '',
        top: top === null ? undefined : Number(top),
      });
      return await next(request);
    },
  };
  return {
    policy,
    all,
    forget: () => {
      all.length = 0;
    },
    count: (kind) => all.filter((request) => request.kind === kind).length,
  };
}
