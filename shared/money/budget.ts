import type { BudgetPeriod } from './budgetPeriods.ts';

/**
 * Limits the spending of a day and a month. The most that a call can cost is reserved before it, and its cost is
 * counted after it.
 */
export interface Budget {
  /**
   * Reserves what a call may cost at most. `reached`: it is more than is left; `never`: more than the whole limit.
   *
   * @param untilMs the caller cannot be recognised after this (epoch milliseconds), so no room is kept for it then
   * @throws {StorageRefused} if the sums cannot be read or written: a call that cannot be counted is not made
   */
  reserve(call: BudgetedCall, untilMs?: number): Promise<ReserveEnd>;
  /** Records the cost of the call in micro-USD; 0 if it was never sent, or refused. Settling twice changes nothing. */
  settle(reservation: Reservation, microUsd: number): Promise<void>;
  /** What is spent and reserved now, per period that has a limit. @throws {StorageRefused} as `reserve` */
  view(): Promise<BudgetView>;
  /** Reservations made before a time: their workers have crashed. */
  olderThan(beforeMs: number): Promise<readonly Reservation[]>;
}

export interface BudgetedCall {
  readonly analysisId: string;
  /** Place of the call among the record's attempts. */
  readonly attempt: number;
  readonly microUsd: number;
}

export interface Reservation extends BudgetedCall {
  readonly reservedAtMs: number;
}

export type ReserveEnd =
  | { readonly kind: 'reserved'; readonly reservation: Reservation }
  | ({ readonly kind: 'never' } & Denied)
  | ({
      readonly kind: 'reached';
      /** `reservations`: other calls have reserved what is left; `spending`: the limit is spent until it resets. */
      readonly filledBy: 'reservations' | 'spending';
      /** What is neither spent nor reserved. */
      readonly leftMicroUsd: number;
      /** When room is expected: epoch milliseconds. */
      readonly roomAtMs: number;
      /** It is spent, and this process sees that for the first time in this period. */
      readonly isNews: boolean;
    } & Denied);

/** The most that a call can cost, and the limit without room for it. */
interface Denied {
  readonly period: BudgetPeriod;
  readonly limitMicroUsd: number;
  readonly microUsd: number;
}

/**
 * A reservation of this age belongs to a crashed process: the platform ends a function after ten minutes. The timer
 * then settles it (`reconcileBudget.ts`).
 */
export const FORGOTTEN_MS = 10 * 60_000;

/** The budget has no room for the call. */
export type BudgetDenied = Exclude<ReserveEnd, { kind: 'reserved' }>;

export type BudgetView = Readonly<
  Partial<
    Record<
      BudgetPeriod,
      {
        readonly limitMicroUsd: number;
        readonly spentMicroUsd: number;
        readonly reservedMicroUsd: number;
        readonly renewsAtMs: number;
      }
    >
  >
>;

/** No limit: nothing is reserved and nothing is written. */
export function unlimitedBudget(now: () => number): Budget {
  return {
    reserve: async (call) => ({ kind: 'reserved', reservation: { ...call, reservedAtMs: now() } }),
    settle: async () => undefined,
    view: async () => ({}),
    olderThan: async () => [],
  };
}

/**
 * What is wrong, with the amounts, and when there will be room.
 *
 * @example
 * // 'This call can cost up to $0.05. $0.02 is left of the daily budget of $10, which resets at 2026-11-24T00:00:00.000Z.'
 */
export function budgetSentence(denied: BudgetDenied): string {
  const { period, limitMicroUsd, microUsd } = denied;
  const budget = `${period === 'day' ? 'daily' : 'monthly'} budget of ${usd(limitMicroUsd)}`;
  const most = `This call can cost up to ${usd(Math.ceil(microUsd / 100) * 100)}`;
  if (denied.kind === 'never') return `${most}, more than the whole ${budget}. Raise the budget, then retry.`;
  const left = usd(Math.max(0, Math.floor(denied.leftMicroUsd / 100) * 100));
  const at = new Date(denied.roomAtMs).toISOString();
  if (denied.filledBy === 'spending') return `${most}. ${left} is left of the ${budget}, which resets at ${at}.`;
  const why =
    denied.leftMicroUsd < microUsd ? 'while other calls are under way' : 'and kept for callers who came before';
  return `${most}. ${left} of the ${budget} is free ${why}. Room is expected at ${at}.`;
}

function usd(microUsd: number): string {
  return `$${Number((microUsd / 1_000_000).toFixed(4))}`;
}
