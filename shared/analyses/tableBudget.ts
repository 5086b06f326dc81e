import type { TableClient, TransactionAction } from '@azure/data-tables';
import { queryRows } from '../storage/queryRows.ts';
import { isConflict, refusalKind } from '../storage/refusalKind.ts';
import type { Budget, BudgetView, Reservation, ReserveEnd } from './budget.ts';
import { type BudgetLimits, type BudgetPeriod, budgetKeys, renewalOf } from './budgetPeriods.ts';

/** A period's sums in their row, and the version that a conditional write names. */
interface Sums {
  readonly spentMicroUsd: number;
  readonly reservedMicroUsd: number;
  readonly etag: string | undefined;
}

type Change = { readonly spent: number; readonly reserved: number };

const PERIODS: readonly BudgetPeriod[] = ['day', 'month'];
const RESERVATION = 'reservation-';
const MOST_TRIES = 50;

/**
 * The budget in a table: one partition a month, with a row of sums for the month and for each day, and a row for each
 * reservation. Sums and reservation change in one transaction, on condition of what was read: no reservation without its
 * sum, none counted twice, and none over the limit however many ask at once.
 */
export function createTableBudget(dependencies: {
  readonly table: TableClient;
  readonly limits: BudgetLimits;
  readonly now: () => number;
  readonly sleep: (waitMs: number) => Promise<void>;
  readonly random: () => number;
}): Budget {
  const { table, limits, now, sleep, random } = dependencies;
  let last: Promise<unknown> = Promise.resolve();
  let toldUntilMs = 0;

  /** Within a process one after the other: only other instances are met as conflicts. */
  function inTurn<T>(step: () => Promise<T>): Promise<T> {
    const turn = last.then(step);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function readSums(partitionKey: string, rowKey: string): Promise<Sums> {
    try {
      const row = await table.getEntity<{ spentMicroUsd: number; reservedMicroUsd: number }>(partitionKey, rowKey);
      return { spentMicroUsd: row.spentMicroUsd, reservedMicroUsd: row.reservedMicroUsd, etag: row.etag };
    } catch (error) {
      if (refusalKind(error) === 'missing') return { spentMicroUsd: 0, reservedMicroUsd: 0, etag: undefined };
      throw error;
    }
  }

  const readBoth = async (atMs: number): Promise<Readonly<Record<BudgetPeriod, Sums>>> => {
    const keys = budgetKeys(atMs);
    const [day, month] = await Promise.all(PERIODS.map((period) => readSums(keys.partitionKey, keys[period])));
    return { day: day as Sums, month: month as Sums };
  };

  /** `conflict`: somebody else was faster. */
  async function write(
    atMs: number,
    change: Change & { readonly sums: Readonly<Record<BudgetPeriod, Sums>>; readonly more: TransactionAction },
  ): Promise<'written' | 'conflict'> {
    const keys = budgetKeys(atMs);
    const actions = PERIODS.map((period): TransactionAction => {
      const { etag, spentMicroUsd, reservedMicroUsd } = change.sums[period];
      const entity = {
        partitionKey: keys.partitionKey,
        rowKey: keys[period],
        spentMicroUsd: spentMicroUsd + change.spent,
        reservedMicroUsd: reservedMicroUsd + change.reserved,
      };
      return etag === undefined ? ['create', entity] : ['update', entity, 'Replace', { etag }];
    });
    try {
      await table.submitTransaction([...actions, change.more]);
      return 'written';
    } catch (error) {
      if (isConflict(error) || refusalKind(error) === 'missing') return 'conflict';
      throw error;
    }
  }

  /** After a conflict: a write whose answer was lost is sent again by the storage's client, and then meets itself. */
  async function isThere(reservation: Reservation): Promise<boolean> {
    const { partitionKey, rowKey } = keyOf(reservation);
    try {
      await table.getEntity(partitionKey, rowKey);
      return true;
    } catch (error) {
      if (refusalKind(error) === 'missing') return false;
      throw error;
    }
  }

  async function reserve(call: Parameters<Budget['reserve']>[0]): Promise<ReserveEnd> {
    const nowMs = now();
    const { microUsd } = call;
    const reservation = { ...call, reservedAtMs: nowMs };
    for (const period of PERIODS) {
      const limitMicroUsd = limits[period];
      if (limitMicroUsd !== undefined && microUsd > limitMicroUsd)
        return { kind: 'never', period, limitMicroUsd, microUsd };
    }
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const sums = await readBoth(nowMs);
      for (const period of PERIODS) {
        const limitMicroUsd = limits[period];
        const { spentMicroUsd, reservedMicroUsd } = sums[period];
        if (limitMicroUsd === undefined || spentMicroUsd + reservedMicroUsd + microUsd <= limitMicroUsd) continue;
        const renewsAtMs = renewalOf(period, nowMs);
        const isNews = toldUntilMs < renewsAtMs;
        toldUntilMs = Math.max(toldUntilMs, renewsAtMs);
        return { kind: 'reached', period, limitMicroUsd, microUsd, renewsAtMs, isNews };
      }
      const entity = { ...keyOf(reservation), ...reservation };
      const more: TransactionAction = ['create', entity];
      const change = { spent: 0, reserved: microUsd, sums, more };
      if ((await write(nowMs, change)) === 'written' || (await isThere(reservation))) {
        return { kind: 'reserved', reservation };
      }
      await sleep(random() * 50);
    }
    throw new Error(`The budget's sums kept changing while ${call.analysisId} reserved, ${MOST_TRIES} times.`);
  }

  async function settle(reservation: Reservation, microUsd: number): Promise<void> {
    const { partitionKey, rowKey } = keyOf(reservation);
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const sums = await readBoth(reservation.reservedAtMs);
      const more: TransactionAction = ['delete', { partitionKey, rowKey }];
      const change = { spent: microUsd, reserved: -reservation.microUsd, sums, more };
      if ((await write(reservation.reservedAtMs, change)) === 'written') return;
      if (!(await isThere(reservation))) return;
      await sleep(random() * 50);
    }
    throw new Error(`The budget's sums kept changing while ${reservation.analysisId} settled, ${MOST_TRIES} times.`);
  }

  async function view(): Promise<BudgetView> {
    const nowMs = now();
    const sums = await readBoth(nowMs);
    const parts = PERIODS.flatMap((period) => {
      const limitMicroUsd = limits[period];
      const { spentMicroUsd, reservedMicroUsd } = sums[period];
      const facts = { limitMicroUsd, spentMicroUsd, reservedMicroUsd, renewsAtMs: renewalOf(period, nowMs) };
      return limitMicroUsd === undefined ? [] : [[period, facts] as const];
    });
    return Object.fromEntries(parts);
  }

  async function olderThan(beforeMs: number): Promise<readonly Reservation[]> {
    const nowMs = now();
    // A reservation lives for minutes: it is of this month or, at its border, of the last one.
    const partitions = new Set([budgetKeys(nowMs).partitionKey, budgetKeys(nowMs - 86_400_000).partitionKey]);
    const found: Reservation[] = [];
    for (const partitionKey of partitions) {
      const range = `PartitionKey eq '${partitionKey}' and RowKey ge '${RESERVATION}' and RowKey lt 'reservation.'`;
      for await (const row of queryRows<Reservation>(table, { ranges: [range] })) {
        const { analysisId, attempt, microUsd, reservedAtMs } = row;
        if (reservedAtMs < beforeMs) found.push({ analysisId, attempt, microUsd, reservedAtMs });
      }
    }
    return found;
  }

  return {
    reserve: (call) => inTurn(() => reserve(call)),
    settle: (reservation, microUsd) => inTurn(() => settle(reservation, microUsd)),
    view,
    olderThan,
  };
}

function keyOf({ analysisId, attempt, reservedAtMs }: Reservation): { partitionKey: string; rowKey: string } {
  return {
    partitionKey: budgetKeys(reservedAtMs).partitionKey,
    rowKey: `${RESERVATION}${analysisId}-${attempt}-${reservedAtMs}`,
  };
}
