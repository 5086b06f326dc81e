import { z } from 'zod';
import type { BlobVersion, ImageStore } from './imageStore.ts';
import type { ProgressFact, ProgressStore } from './progressStore.ts';
import { statusOf } from './storageError.ts';

/** A container that the timer reads in rounds, one page per run. */
export interface Rounds {
  /** Under which its progress is kept. */
  readonly name: string;
  readonly container: string;
  /** A round begins this long after the one before it began. */
  readonly everyMs: number;
  /** The first round looks at nothing older (epoch milliseconds); each other one at what its predecessor may have missed. */
  readonly onlySinceMs: number;
}

interface RoundPage {
  readonly versions: readonly BlobVersion[];
  /** Records that the page is done. A process that is killed before repeats this page and no other. */
  finish(): Promise<void>;
}

/** How far a round has come. */
const progressSchema = z.object({
  startedAtMs: z.number(),
  onlySinceMs: z.number(),
  continuation: z.string().exactOptional(),
});

type Progress = Readonly<z.infer<typeof progressSchema>>;

/** How far the round of that name has come. */
export function roundFact(name: string): ProgressFact<Progress> {
  return { name, schema: progressSchema };
}

/** How much the clocks of storage and app may differ; files written in that time are read twice. */
const OVERLAP_MS = 600_000;

const PAGE_BLOBS = 5_000;

/** Listings that end early make up a page together, this many at most. */
const MOST_LISTINGS = 10;

/**
 * The next page of the round that runs, or that is to begin; undefined before its time. If the storage refuses the
 * continuation (400), the round starts again: reading a file twice does no harm.
 */
export async function readRoundPage(
  rounds: Rounds,
  parts: { readonly progress: ProgressStore; readonly images: Pick<ImageStore, 'list'>; readonly now: () => number },
): Promise<RoundPage | undefined> {
  const { name, container } = rounds;
  const fact = roundFact(name);
  const progress = progressAt(parts.now(), await parts.progress.read(fact), rounds);
  if (!progress) return undefined;
  const { startedAtMs, onlySinceMs, continuation: from } = progress;
  const { versions, continuation } = await listPage(container, from, parts).catch((error: unknown) => {
    if (from === undefined || statusOf(error) !== 400) throw error;
    return listPage(container, undefined, parts);
  });
  const next: Progress = continuation
    ? { startedAtMs, onlySinceMs, continuation }
    : { startedAtMs, onlySinceMs: Math.max(onlySinceMs, startedAtMs - OVERLAP_MS) };
  return {
    versions: versions.filter(({ modifiedMs }) => modifiedMs >= onlySinceMs),
    finish: () => parts.progress.write(fact, next),
  };
}

/** A listing may hold fewer blobs than asked for, or none, and have a continuation (Microsoft Learn, "List Blobs"). */
async function listPage(
  container: string,
  from: string | undefined,
  { images }: { readonly images: Pick<ImageStore, 'list'> },
): ReturnType<ImageStore['list']> {
  const versions: BlobVersion[] = [];
  let continuation = from;
  for (let listings = 1; ; listings++) {
    const limit = PAGE_BLOBS - versions.length;
    const listed = await images.list({ container, limit, ...(continuation && { continuation }) });
    versions.push(...listed.versions);
    continuation = listed.continuation;
    if (!continuation) return { versions };
    if (versions.length >= PAGE_BLOBS || listings >= MOST_LISTINGS) return { versions, continuation };
  }
}

/** Blob storage gives times in whole seconds. */
function progressAt(nowMs: number, last: Progress | undefined, rounds: Rounds): Progress | undefined {
  if (!last) return { startedAtMs: nowMs, onlySinceMs: Math.floor(rounds.onlySinceMs / 1000) * 1000 };
  if (last.continuation) return last;
  return nowMs - last.startedAtMs < rounds.everyMs ? undefined : { ...last, startedAtMs: nowMs };
}
