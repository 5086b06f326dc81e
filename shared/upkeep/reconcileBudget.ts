import type { Capabilities } from '../capabilities.ts';
import { assertNoneLeft, settleInParallel } from '../concurrency/inParallel.ts';
import { FORGOTTEN_MS, type Reservation } from '../money/budget.ts';

/**
 * Settles reservations whose worker has crashed. A call that was never sent costs nothing; one that may have been
 * billed counts with the most it can cost.
 *
 * @returns how many were settled
 * @throws an error that names the first reservation that could not be settled, after all others were tried
 */
export async function reconcileBudget(
  parts: Pick<Capabilities, 'analyses' | 'budget' | 'now' | 'signal'>,
): Promise<number> {
  const forgotten = await parts.budget.olderThan(parts.now() - FORGOTTEN_MS);
  const { results, failed } = await settleInParallel(forgotten, async (reservation) => {
    await parts.budget.settle(reservation, await mayHaveCost(reservation, parts));
  });
  if (results.length > 0) parts.signal({ event: 'sweep.recovered', facts: { reservations: results.length } });
  const left = failed.map(({ item, error }) => ({ item: item.analysisId, error }));
  assertNoneLeft('reservations of the budget could not be settled', left);
  return results.length;
}

async function mayHaveCost(
  { analysisId, attempt, microUsd }: Reservation,
  parts: Pick<Capabilities, 'analyses'>,
): Promise<number> {
  const sent = (await parts.analyses.find(analysisId))?.record.attempts[attempt];
  return !sent || sent.outcome === 'throttled' || sent.outcome === 'refused' ? 0 : microUsd;
}
