import type { Capabilities } from '../capabilities.ts';
import { GivenUp, ImageRejected } from '../errors.ts';
import { type BudgetDenied, budgetSentence } from '../money/budget.ts';
import type { Placement } from '../pool/ledger.ts';
import type { WaitCause } from '../records/analysisSteps.ts';
import type { StorageRefused } from '../storage/storageRefused.ts';
import { exceedsQuota } from '../tokens/exceedsQuota.ts';
import type { Plan } from './planAnalysis.ts';

/** Nothing could start in time: what for, and until when it waits. */
export interface NotPlaced {
  readonly kind: 'notPlaced';
  readonly cause: WaitCause;
  readonly startsAtMs: number;
  readonly detail: string;
  /** The storage's refusal that it waits to see the end of; absent where it waits for the pool or the budget. */
  readonly refusal?: StorageRefused;
}

/** The next look at a storage that refuses a container, or a blob for a while. */
const STORAGE_PAUSE_MS = 60_000;

/** A refusal that does not lie with this image, or that ends by itself: the analysis waits for its end. */
export function refusedForNow(refusal: StorageRefused, nowMs: number): NotPlaced {
  const startsAtMs = nowMs + STORAGE_PAUSE_MS;
  return { kind: 'notPlaced', cause: { waitingFor: 'outage' }, startsAtMs, detail: refusal.detail, refusal };
}

/** @throws {ImageRejected} `exceeds-quota` where no deployment will ever have room for it */
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
 * When to look again (epoch milliseconds) where other calls only hold the money and are expected to leave room in time;
 * undefined: not in time.
 */
export function moneySoonMs(denied: BudgetDenied, startBeforeMs: number): number | undefined {
  const isSoon = denied.kind === 'reached' && denied.filledBy === 'reservations' && denied.roomAtMs <= startBeforeMs;
  return isSoon ? denied.roomAtMs : undefined;
}

/** @throws {GivenUp} `budget-reached` where no renewal will ever have room for it */
export function noMoney(denied: BudgetDenied, parts: Pick<Capabilities, 'signal'>): NotPlaced {
  const detail = budgetSentence(denied);
  if (denied.kind === 'never') throw new GivenUp('budget-reached', detail);
  if (denied.isNews) parts.signal({ event: 'budget.reached', facts: { period: denied.period, detail } });
  const { roomAtMs: startsAtMs, microUsd: needsMicroUsd } = denied;
  return { kind: 'notPlaced', cause: { waitingFor: 'budget', needsMicroUsd }, startsAtMs, detail };
}
