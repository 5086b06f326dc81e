import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../shared/tasks/reading.ts';
import { firstLineOf } from '../../shared/tasks/rendering/renderMarkdown.ts';
import type { TaskName } from '../../shared/tasks/taskRequest.ts';
import type { StartedHost } from '../host/startHost.ts';

/** A row of the table at the end, as GET /api/analyses gives it. */
interface Warning {
  readonly code: string;
  readonly detail: string;
}

export interface FollowedAnalysis {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly task: string;
  readonly region: string;
  readonly estimatedTokens: number | null;
  readonly billedTokens: number | null;
  readonly usd: number | null;
  readonly ms: number;
  readonly firstLine: string;
  readonly warnings: readonly Warning[];
}

/** The part of the local cloud that receives the calls. */
export interface Asked {
  readonly host: Pick<StartedHost, 'url' | 'keys'>;
}

interface ListedAnalysis {
  readonly id: string;
  readonly createdAt: string;
  readonly status: string;
  readonly task: TaskName;
  readonly image: { readonly source: string };
  readonly deployment: { readonly region: string } | null;
  readonly estimate: { readonly promptTokens: number } | null;
  readonly usage: { readonly promptTokens: number } | null;
  readonly cost: { readonly usd: number | null };
  readonly timing: { readonly totalMs: number };
  readonly warnings: readonly Warning[];
  readonly startsAt?: string;
  readonly waitingFor?: string;
  readonly answer?: Answer;
  readonly error?: { readonly code: string; readonly detail: string };
}

const FINAL = new Set(['succeeded', 'rejected', 'failed', 'cancelled']);
const POLL_MS = 500;

/** Which of these names have an analysis, ended or not. */
export async function analysedNames(cloud: Asked, names: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await readNewest(cloud, new Map(names.map((name) => [name, 0])))).keys());
}

/** Shows progress until every one of the files has ended, and gives a row for each. */
export async function followAnalyses(follow: {
  readonly cloud: Asked;
  readonly names: readonly string[];
  /** When a name was uploaded (epoch milliseconds); an analysis from before then is of another version. */
  readonly uploaded?: ReadonlyMap<string, number>;
  readonly isSilent?: true;
}): Promise<readonly FollowedAnalysis[]> {
  const { cloud, names } = follow;
  const wanted = new Map(names.map((name) => [name, follow.uploaded?.get(name) ?? 0]));
  const ended = new Map<string, ListedAnalysis>();
  let shown = '';
  for (;;) {
    const open = await readNew(cloud, { wanted, ended });
    const line = progressLine({ total: wanted.size, ended: [...ended.values()], open });
    if (line !== shown && !follow.isSilent) show(line);
    shown = line;
    if (ended.size === wanted.size) break;
    await sleep(POLL_MS);
  }
  if (process.stdout.isTTY && !follow.isSilent) process.stdout.write('\n');
  return Promise.all(names.map((name) => rowOf(name, ended.get(name), cloud)));
}

/** Notes what of ours has ended, gives what is open. */
async function readNew(
  cloud: Asked,
  known: { readonly wanted: ReadonlyMap<string, number>; readonly ended: Map<string, ListedAnalysis> },
): Promise<readonly ListedAnalysis[]> {
  const newest = await readNewest(cloud, known.wanted);
  for (const [name, analysis] of newest) if (FINAL.has(analysis.status)) known.ended.set(name, analysis);
  return [...newest.values()].filter(({ status }) => !FINAL.has(status));
}

/** The newest analysis of each name that was made since the name's time. Reads pages as long as one is missing. */
async function readNewest(
  cloud: Asked,
  wanted: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, ListedAnalysis>> {
  const newest = new Map<string, ListedAnalysis>();
  let continuation: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '200', ...(continuation && { continuation }) });
    const page = await getJson<{ analyses: ListedAnalysis[]; continuation?: string }>(cloud, `/api/analyses?${query}`);
    for (const analysis of page.analyses) {
      const name = analysis.image.source;
      const sinceMs = wanted.get(name);
      if (sinceMs === undefined || newest.has(name) || Date.parse(analysis.createdAt) < sinceMs) continue;
      newest.set(name, analysis);
    }
    continuation = newest.size < wanted.size ? page.continuation : undefined;
  } while (continuation !== undefined);
  return newest;
}

async function rowOf(name: string, listed: ListedAnalysis | undefined, cloud: Asked): Promise<FollowedAnalysis> {
  const analysis = listed && (await getJson<ListedAnalysis>(cloud, `/api/analyses/${listed.id}`));
  return {
    id: analysis?.id ?? '',
    name,
    status: analysis?.status ?? 'unknown',
    task: analysis?.task ?? '',
    region: analysis?.deployment?.region ?? '',
    estimatedTokens: analysis?.estimate?.promptTokens ?? null,
    billedTokens: analysis?.usage?.promptTokens ?? null,
    usd: analysis?.cost.usd ?? null,
    ms: analysis?.timing.totalMs ?? 0,
    firstLine: analysis === undefined ? '' : firstLine(analysis),
    warnings: analysis?.warnings ?? [],
  };
}

function firstLine({ task, answer, error }: ListedAnalysis): string {
  if (error) return `${error.code}: ${error.detail}`;
  return answer === undefined ? '' : firstLineOf({ task }, answer);
}

function progressLine(state: {
  readonly total: number;
  readonly ended: readonly ListedAnalysis[];
  readonly open: readonly ListedAnalysis[];
}): string {
  const count = (status: string): number => state.ended.filter((analysis) => analysis.status === status).length;
  const waiting = state.open.filter(({ status }) => status === 'waiting');
  const reasons = [...new Set(waiting.map(({ waitingFor }) => waitingFor ?? 'its turn'))];
  const parts = [
    `${state.ended.length} of ${state.total} done`,
    ...['rejected', 'failed'].filter((status) => count(status) > 0).map((status) => `${count(status)} ${status}`),
    ...(state.open.length > waiting.length ? [`${state.open.length - waiting.length} running`] : []),
    ...reasons.map((reason) => {
      const count = waiting.filter(({ waitingFor }) => (waitingFor ?? 'its turn') === reason).length;
      return `${count} waiting for ${reason === 'outage' ? 'a deployment that answers' : reason}`;
    }),
  ];
  return parts.join(', ');
}

function show(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}`);
  else console.log(line);
}

async function getJson<T>(cloud: Asked, path: string): Promise<T> {
  const key = cloud.host.keys?.hostKey;
  const answer = await fetch(
    `${cloud.host.url}${path}`,
    key === undefined ? {} : { headers: { 'x-functions-key': key } },
  );
  if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
