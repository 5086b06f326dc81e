import type { TableClient, TransactionAction } from '@azure/data-tables';
import pLimit from 'p-limit';
import { type SignalSink, signalSpoilt } from '../signals/signals.ts';
import type { Budget, BudgetedCall, BudgetView, Reservation, ReserveEnd } from './budget.ts';
import { type BudgetLimits, type BudgetPeriod, renewalOf } from './budgetPeriods.ts';
import { budgetRefusal } from './budgetRefusal.ts';
import { isReserved, keyOf, listReservations, PERIODS, readSums, type SumsOfPeriods, writeSums } from './budgetSums.ts';
import { expectedRoom, habitsOf, type SettledCall } from './expectedRoom.ts';

const MOST_TRIES = 50;
/** How many of the newest calls the statistics use. */
const KEPT_CALLS = 50;
const DAY_MS = 86_400_000;

/** A refused call that waits for room. */
interface Promised {
  readonly microUsd: number;
  readonly roomAtMs: number;
}

/** After this time a refused call that did not return no longer counts. */
const COMES_LATE_MS = 2_000;

/**
 * The budget in a table. Sums and reservation change in one transaction, on condition of what was read: no reservation
 * without its sum, none counted twice, and none over the limit at any load.
 */
export function createTableBudget(dependencies: {
  readonly table: TableClient;
  readonly limits: BudgetLimits;
  readonly now: () => number;
  readonly sleep: (waitMs: number) => Promise<void>;
  readonly random: () => number;
  readonly signal: SignalSink;
}): Budget {
  const onSpoilt = signalSpoilt(dependencies);
  const { table, limits, now, sleep, random } = dependencies;
  let toldUntilMs = 0;
  let settledCalls: readonly SettledCall[] = [];
  const promised = new Map<string, Promised>();

  /** One step at a time in a process: conflicts come only from other instances. */
  const oneAtATime = pLimit(1);
  const inTurn = <T>(step: () => Promise<T>): Promise<T> =>
    oneAtATime(step).catch((error: unknown) => {
      throw budgetRefusal(error);
    });

  async function reserve(call: BudgetedCall, untilMs?: number): Promise<ReserveEnd> {
    const nowMs = now();
    const { microUsd } = call;
    const reservation = { ...call, reservedAtMs: nowMs };
    for (const period of PERIODS) {
      const limitMicroUsd = limits[period];
      if (limitMicroUsd !== undefined && microUsd > limitMicroUsd)
        return { kind: 'never', period, limitMicroUsd, microUsd };
    }
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const sums = await readSums(table, nowMs);
      // A call that was refused for some seconds finds its room, even if others came meanwhile.
      const promisedMicroUsd = promisedBefore(call.analysisId, nowMs);
      const full = PERIODS.filter((period) => leftOf(sums, period) < microUsd + promisedMicroUsd);
      if (full.length > 0) return await denied(call, { full, sums, nowMs, promisedMicroUsd, untilMs });
      const more: TransactionAction = ['create', { ...keyOf(reservation), ...reservation }];
      const change = { spent: 0, reserved: microUsd, sums, more };
      if ((await writeSums(table, nowMs, change)) === 'written' || (await isReserved(table, reservation))) {
        promised.delete(call.analysisId);
        return { kind: 'reserved', reservation };
      }
      await sleep(random() * 50);
    }
    throw new Error(`The budget's sums kept changing while ${call.analysisId} reserved, ${MOST_TRIES} times.`);
  }

  function leftOf(sums: SumsOfPeriods, period: BudgetPeriod): number {
    const { spentMicroUsd, reservedMicroUsd } = sums[period];
    return (limits[period] ?? Number.POSITIVE_INFINITY) - spentMicroUsd - reservedMicroUsd;
  }

  /** Use the period that is full for longest: a new day does not help if the month is spent. */
  async function denied(
    { analysisId, microUsd }: BudgetedCall,
    found: {
      readonly full: readonly BudgetPeriod[];
      readonly sums: SumsOfPeriods;
      readonly nowMs: number;
      readonly promisedMicroUsd: number;
      readonly untilMs: number | undefined;
    },
  ): Promise<ReserveEnd> {
    const { full, sums, nowMs, promisedMicroUsd, untilMs = Number.POSITIVE_INFINITY } = found;
    const held = await listReservations(table, [nowMs], onSpoilt);
    const rooms = full.map((period) => {
      const renewsAtMs = renewalOf(period, nowMs);
      const limitMicroUsd = limits[period] ?? 0;
      const isOfPeriod = (one: Reservation): boolean => renewalOf(period, one.reservedAtMs) === renewsAtMs;
      const facts = { ...sums[period], limitMicroUsd, renewsAtMs, held: held.filter(isOfPeriod) };
      const room = expectedRoom(facts, { microUsd, promisedMicroUsd }, { habits: habitsOf(settledCalls), nowMs });
      const spareMicroUsd = leftOf(sums, period) - microUsd;
      const afterOthersMs = room.filledBy === 'spending' ? 0 : roomAfterOthersMs(analysisId, spareMicroUsd);
      return { period, limitMicroUsd, ...room, roomAtMs: Math.max(room.roomAtMs, afterOthersMs) };
    });
    const longest = rooms.reduce((most, room) => (room.roomAtMs > most.roomAtMs ? room : most));
    const { roomAtMs, filledBy } = longest;
    // Room kept for a caller that returns as another call would be lost for all.
    if (filledBy === 'spending' || roomAtMs > untilMs) promised.delete(analysisId);
    else promised.set(analysisId, { microUsd, roomAtMs });
    const isNews = filledBy === 'spending' && toldUntilMs < roomAtMs;
    if (isNews) toldUntilMs = roomAtMs;
    const leftMicroUsd = leftOf(sums, longest.period);
    return { kind: 'reached', ...longest, microUsd, leftMicroUsd, isNews };
  }

  function promisedBefore(analysisId: string, nowMs: number): number {
    let sum = 0;
    for (const [id, { microUsd, roomAtMs }] of promised) {
      if (roomAtMs + COMES_LATE_MS < nowMs) promised.delete(id);
      else if (id === analysisId) break;
      else sum += microUsd;
    }
    return sum;
  }

  /** When earlier callers that do not return leave enough: if money is free, only they are in the way. */
  function roomAfterOthersMs(analysisId: string, spareMicroUsd: number): number {
    if (spareMicroUsd < 0) return 0;
    const before: Promised[] = [];
    for (const [id, promise] of promised) {
      if (id === analysisId) break;
      before.push(promise);
    }
    let promisedMicroUsd = before.reduce((sum, { microUsd }) => sum + microUsd, 0);
    for (const { microUsd, roomAtMs } of before.toSorted((left, right) => left.roomAtMs - right.roomAtMs)) {
      promisedMicroUsd -= microUsd;
      if (promisedMicroUsd <= spareMicroUsd) return roomAtMs + COMES_LATE_MS + 1;
    }
    return 0;
  }

  async function settle(reservation: Reservation, microUsd: number): Promise<void> {
    const { reservedAtMs, microUsd: reservedMicroUsd } = reservation;
    const more: TransactionAction = ['delete', keyOf(reservation)];
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const sums = await readSums(table, reservedAtMs);
      const change = { spent: microUsd, reserved: -reservedMicroUsd, sums, more };
      if ((await writeSums(table, reservedAtMs, change)) === 'written') {
        const call = { tookMs: now() - reservedAtMs, reservedMicroUsd, spentMicroUsd: microUsd };
        settledCalls = [...settledCalls, call].slice(-KEPT_CALLS);
        return;
      }
      if (!(await isReserved(table, reservation))) return;
      await sleep(random() * 50);
    }
    throw new Error(`The budget's sums kept changing while ${reservation.analysisId} settled, ${MOST_TRIES} times.`);
  }

  async function view(): Promise<BudgetView> {
    const nowMs = now();
    const sums = await readSums(table, nowMs).catch((error: unknown) => {
      throw budgetRefusal(error);
    });
    const parts = PERIODS.flatMap((period) => {
      const limitMicroUsd = limits[period];
      const { spentMicroUsd, reservedMicroUsd } = sums[period];
      const facts = { limitMicroUsd, spentMicroUsd, reservedMicroUsd, renewsAtMs: renewalOf(period, nowMs) };
      return limitMicroUsd === undefined ? [] : [[period, facts] as const];
    });
    return Object.fromEntries(parts);
  }

  return {
    reserve: (call, untilMs) => inTurn(() => reserve(call, untilMs)),
    settle: (reservation, microUsd) => inTurn(() => settle(reservation, microUsd)),
    view,
    // A reservation lives for minutes: it is of this month or, at its border, of the last one.
    olderThan: async (beforeMs) =>
      (await listReservations(table, [now(), now() - DAY_MS], onSpoilt)).filter(
        ({ reservedAtMs }) => reservedAtMs < beforeMs,
      ),
  };
}
