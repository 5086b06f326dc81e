import { isFinal } from './analyses/analysisRecord.ts';
import { INBOX_CONTAINER } from './analyses/imageStore.ts';
import type { Retention } from './analyses/retention.ts';
import type { RetentionDays } from './settings/retentionDays.ts';
import type { TimerParts } from './sweepMissed.ts';

export interface RetentionParts extends TimerParts {
  readonly retention: Retention;
  readonly retentionDays: RetentionDays;
  readonly resultsContainer: string;
}

const DAY_MS = 86_400_000;
const ROUND_MS = 3_600_000;
const MOST_A_RUN = 500;

/** Removes what is older than RETENTION_DAYS says: once an hour, and every minute while there is more than a run takes. */
export async function removeExpired(parts: RetentionParts): Promise<void> {
  const nowMs = parts.now();
  const nextMs = await parts.progress.read<number>('retention-next');
  if (nextMs !== undefined && nowMs < nextMs) return;
  const { retention, retentionDays, resultsContainer } = parts;
  const removed: number[] = [];
  const remove = async (days: number, step: (beforeMs: number) => Promise<number>): Promise<void> => {
    if (days > 0) removed.push(await step(nowMs - days * DAY_MS));
  };
  await remove(retentionDays.records, (beforeMs) => retention.removeRecords(beforeMs, MOST_A_RUN));
  await remove(retentionDays.usage, (beforeMs) => retention.removeUsage(beforeMs, MOST_A_RUN));
  await remove(retentionDays.inbox, (beforeMs) =>
    retention.removeBlobs(INBOX_CONTAINER, beforeMs, { most: MOST_A_RUN, isNeeded: (name) => isAwaited(name, parts) }),
  );
  for (const container of [resultsContainer, `${resultsContainer}-http`]) {
    await remove(retentionDays.results, (beforeMs) => retention.removeBlobs(container, beforeMs, { most: MOST_A_RUN }));
  }
  const isMore = removed.some((count) => count >= MOST_A_RUN);
  await parts.progress.write('retention-next', isMore ? nowMs : nowMs + ROUND_MS);
}

/** Bytes of a call that is not over yet are its image. */
async function isAwaited(name: string, parts: RetentionParts): Promise<boolean> {
  if (!/^[0-9a-f]{32}$/.test(name)) return false;
  const stored = await parts.analyses.find(name);
  return stored !== undefined && !isFinal(stored.record.status);
}
