import { findWakes } from '../backlog/findWakes.ts';
import type { Capabilities } from '../capabilities.ts';
import { assertNoneLeft, settleInParallel } from '../concurrency/inParallel.ts';
import { releaseAffordable } from '../money/releaseAffordable.ts';
import type { DeploymentView } from '../pool/ledger.ts';
import { isPending } from '../records/analysisRecord.ts';
import { waitingForQuota } from '../records/analysisSteps.ts';
import type { OldestOpen } from '../records/oldestOpen.ts';

/**
 * Wakes work that can start before its estimated start, also work whose budget has room again, and shortens the queue
 * for newcomers. Does nothing while the shared pool state is unavailable.
 *
 * @throws an error that names one that could not be woken, after all others were tried
 */
export async function wakeWaiting(
  { count, read }: OldestOpen,
  pool: readonly DeploymentView[],
  parts: Pick<Capabilities, 'analyses' | 'budget' | 'due' | 'ledger' | 'now'>,
): Promise<void> {
  if (read.length === 0 || pool.some(({ localShare }) => localShare !== undefined)) return;
  const nowMs = parts.now();
  const pending = read.map(({ record }) => record).filter(isPending);
  const isPoor = pending.some((record) => record.status === 'waiting' && record.waitingFor === 'budget');
  const waiting = { count, records: isPoor ? releaseAffordable(pending, await parts.budget.view()) : pending };
  const { calls, lineEnds } = findWakes(waiting, pool, nowMs);
  for (const { model, endMs } of lineEnds) await parts.ledger.shortenLine(model, endMs);
  const byId = new Map(read.map((stored) => [stored.record.id, stored]));
  const { failed } = await settleInParallel(calls, async ({ id, startsAtMs }) => {
    const stored = byId.get(id);
    if (stored?.record.status !== 'waiting') return;
    // Write the record first: a message that finds a later time in the record only waits for that time.
    const earlier = waitingForQuota(stored.record, startsAtMs);
    if ((await parts.analyses.replace(stored, earlier)).kind === 'replaced') await parts.due.send(id, startsAtMs);
  });
  const left = failed.map(({ item, error }) => ({ item: item.id, error }));
  assertNoneLeft('analyses could not be called sooner', left);
}
