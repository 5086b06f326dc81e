import { setTimeout as sleep } from 'node:timers/promises';
import { formatCount } from '../../shared/errors.ts';
import type { Answer } from '../../shared/tasks/reading.ts';
import { firstLineOf } from '../../shared/tasks/rendering/renderMarkdown.ts';
import type { TaskName } from '../../shared/tasks/taskRequest.ts';
import type { StartedHost } from '../host/startHost.ts';

/** A row of the table at the end, as GET /api/analyses gives it. */
interface Warning {
  readonly code: string;
  readonly detail: string;
}

interface Pages {
  readonly pages: number;
  readonly succeeded: number;
  readonly failed: number;
}

export interface FollowedAnalysis {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly task: string;
  readonly region: string;
  /** Of a document. */
  readonly pages?: Pages;
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
  readonly document?: Pages;
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
    const pages = await openPages(cloud, open);
    const line = progressLine({ total: wanted.size, ended: [...ended.values()], open, ...(pages && { pages }) });
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

/** With more documents than this at once, the number of files that are done moves often enough. */
const MOST_DOCUMENTS = 8;

/** The pages of all documents that are open: the list says how many there are, only the document how many have ended. */
async function openPages(cloud: Asked, open: readonly ListedAnalysis[]): Promise<Pages | undefined> {
  const documents = open.filter(({ document }) => document !== undefined);
  if (documents.length === 0 || documents.length > MOST_DOCUMENTS) return undefined;
  const now = await Promise.all(documents.map(({ id }) => getJson<ListedAnalysis>(cloud, `/api/analyses/${id}`)));
  const sum = (name: keyof Pages): number => now.reduce((all, { document }) => all + (document?.[name] ?? 0), 0);
  return { pages: sum('pages'), succeeded: sum('succeeded'), failed: sum('failed') };
}

async function rowOf(name: string, listed: ListedAnalysis | undefined, cloud: Asked): Promise<FollowedAnalysis> {
  const analysis = listed && (await getJson<ListedAnalysis>(cloud, `/api/analyses/${listed.id}`));
  return {
    id: analysis?.id ?? '',
    name,
    status: analysis?.status ?? 'unknown',
    task: analysis?.task ?? '',
    region: analysis?.deployment?.region ?? '',
    ...(analysis?.document && { pages: analysis.document }),
    estimatedTokens: analysis?.estimate?.promptTokens ?? null,
    billedTokens: analysis?.usage?.promptTokens ?? null,
    usd: analysis?.cost.usd ?? null,
    ms: analysis?.timing.totalMs ?? 0,
    firstLine: analysis === undefined ? '' : firstLine(analysis),
    warnings: analysis?.warnings ?? [],
  };
}

function firstLine({ task, document, answer, error }: ListedAnalysis): string {
  if (error) return `${error.code}: ${error.detail}`;
  if (answer === undefined) return '';
  const [first] = document ? pageAnswers(answer) : [answer];
  return first === undefined ? '' : firstLineOf({ task }, first);
}

/** Those of each page, where a task answers page by page; else what the pages answer together. */
function pageAnswers(answer: Answer): readonly Answer[] {
  const { pages } = answer as { readonly pages?: readonly { readonly answer: Answer }[] };
  return pages ? pages.map((page) => page.answer) : [answer];
}

function progressLine(state: {
  readonly total: number;
  readonly ended: readonly ListedAnalysis[];
  readonly open: readonly ListedAnalysis[];
  readonly pages?: Pages;
}): string {
  const count = (status: string): number => state.ended.filter((analysis) => analysis.status === status).length;
  const waiting = state.open.filter(({ status }) => status === 'waiting');
  const reasons = [...new Set(waiting.map(({ waitingFor }) => waitingFor ?? 'its turn'))];
  const { pages } = state;
  const left = pages && pages.pages - pages.succeeded - pages.failed;
  const ofPages = left ? ` (${formatCount(left)} ${left === 1 ? 'page' : 'pages'} left)` : '';
  const parts = [
    `${state.ended.length} of ${state.total} done`,
    ...['rejected', 'failed'].filter((status) => count(status) > 0).map((status) => `${count(status)} ${status}`),
    ...(state.open.length > waiting.length ? [`${state.open.length - waiting.length} running${ofPages}`] : []),
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
