import type { Capabilities } from '../capabilities.ts';
import { GivenUp, ImageRejected } from '../errors.ts';
import { type BudgetDenied, budgetSentence } from '../money/budget.ts';
import type { Placement } from '../pool/ledger.ts';
import type { WaitCause } from '../records/analysisSteps.ts';
import type { StorageRefused } from '../storage/storageRefused.ts';
import { exceedsQuota } from '../tokens/exceedsQuota.ts';
import type { Plan } from './planAnalysis.ts';

/** The call could not start in time: why it waits, and until when. */
export interface NotPlaced {
  readonly kind: 'notPlaced';
  readonly cause: WaitCause;
  readonly startsAtMs: number;
  readonly detail: string;
  /** The storage's refusal that it waits out; absent where it waits for the pool or the budget. */
  readonly refusal?: StorageRefused;
}

/** Delay before the next try when the storage refuses a container, or a blob for a while. */
const STORAGE_PAUSE_MS = 60_000;

/** A refusal that is not about this image, or that ends by itself. The analysis waits for its end. */
export function refusedForNow(refusal: StorageRefused, nowMs: number): NotPlaced {
  const startsAtMs = nowMs + STORAGE_PAUSE_MS;
  return { kind: 'notPlaced', cause: { waitingFor: 'outage' }, startsAtMs, detail: refusal.detail, refusal };
}

/** @throws {ImageRejected} `exceeds-quota` if no deployment can ever have room for it */
export function notBooked(placement: Exclude<Placement, { kind: 'booked' | 'wait' }>, plan: Plan): NotPlaced {
  if (placement.kind === 'later') {
    const detail = 'No quota is free in time.';
    return { kind: 'notPlaced', cause: { waitingFor: 'quota' }, startsAtMs: placement.expectedStartMs, detail };
  }
  if (placement.kind === 'outage') {
    const detail = placement.reasons.join(' ');
    return { kind: 'notPlaced', cause: { waitingFor: 'outage' }, startsAtMs: placement.untilMs, detail };
  }
  const request = { ...plan, size: plan.target, textTokens: plan.prompt.textTokens };
  throw new ImageRejected('exceeds-quota', exceedsQuota(request, placement.largestMinuteTokens));
}

/**
 * When to try again (epoch milliseconds) if other calls have only reserved the money and will probably leave room in
 * time; undefined otherwise.
 */
export function moneySoonMs(denied: BudgetDenied, startBeforeMs: number): number | undefined {
  const isSoon = denied.kind === 'reached' && denied.filledBy === 'reservations' && denied.roomAtMs <= startBeforeMs;
  return isSoon ? denied.roomAtMs : undefined;
}

/** @throws {GivenUp} `budget-reached` if it costs more than a whole budget period allows */
export function noMoney(denied: BudgetDenied, parts: Pick<Capabilities, 'signal'>): NotPlaced {
  const detail = budgetSentence(denied);
  if (denied.kind === 'never') throw new GivenUp('budget-reached', detail);
  if (denied.isNews) parts.signal({ event: 'budget.reached', facts: { period: denied.period, detail } });
  const { roomAtMs: startsAtMs, microUsd: needsMicroUsd } = denied;
  return { kind: 'notPlaced', cause: { waitingFor: 'budget', needsMicroUsd }, startsAtMs, detail };
}
