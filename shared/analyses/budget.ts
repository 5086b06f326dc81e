import type { BudgetPeriod } from './budgetPeriods.ts';

/** Money that may be spent in a day and in a month: set aside before a call, at its upper end, and counted after it. */
export interface Budget {
  /** Sets aside what a call may cost at most. `reached`: it is more than is left; `never`: more than the whole limit. */
  reserve(call: BudgetedCall): Promise<ReserveEnd>;
  /** The call has cost that much, in micro-USD; 0: it was never sent, or refused. Settling twice changes nothing. */
  settle(reservation: Reservation, microUsd: number): Promise<void>;
  /** What is spent and set aside now, per period that has a limit. */
  view(): Promise<BudgetView>;
  /** Reservations made before a time: whoever made them has died or forgotten them. */
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
      /** Epoch milliseconds. */
      readonly renewsAtMs: number;
      /** This process has not met it before in this period. */
      readonly isNews: boolean;
    } & Denied);

/** What a call may cost at most, and the limit that has no room for it. */
interface Denied {
  readonly period: BudgetPeriod;
  readonly limitMicroUsd: number;
  readonly microUsd: number;
}

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

/** No limit: nothing is set aside and nothing written. */
export function unlimitedBudget(now: () => number): Budget {
  return {
    reserve: async (call) => ({ kind: 'reserved', reservation: { ...call, reservedAtMs: now() } }),
    settle: async () => undefined,
    view: async () => ({}),
    olderThan: async () => [],
  };
}

/** A sentence for the caller and the operator. */
export function budgetSentence(denied: BudgetDenied): string {
  const { period, limitMicroUsd, microUsd } = denied;
  const [limit, most] = [limitMicroUsd, microUsd].map((value) => `$${Math.ceil(value / 100) / 10_000}`);
  if (denied.kind === 'never') {
    return `One call may cost up to ${most}, more than the whole budget of ${limit} a ${period}: raise it, then retry.`;
  }
  const renewal = new Date(denied.renewsAtMs).toISOString();
  return `The budget of ${limit} a ${period} has no room for a call of up to ${most}; it begins anew at ${renewal}.`;
}
