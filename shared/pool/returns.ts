import type { PoolState, Returns, Waiting } from './poolState.ts';

/** Positions count only after this many callers have returned: until then they may all be abandoned. */
const FIRST_TO_COME = 2;
/** About as many of the newest returns count: callers change. */
const REMEMBERED = 40;
/** Room is held for an absent caller for this long after its estimated start; its position is kept longer. */
const HELD_FOR_ABSENT_MS = 5_000;

/** An HTTP caller that was sent away until its start. The backlog always returns. */
export function isAbsent({ caller, fromMs, startMs }: Waiting): boolean {
  return caller === 'http' && fromMs === startMs;
}

/** The positions for which room is held: all but those of callers that should have returned by now. */
export function withoutOverdue(line: readonly Waiting[], nowMs: number): readonly Waiting[] {
  const isOverdue = (one: Waiting): boolean => isAbsent(one) && one.startMs + HELD_FOR_ABSENT_MS < nowMs;
  return line.some(isOverdue) ? line.filter((one) => !isOverdue(one)) : line;
}

/**
 * The positions that are expected to be used: of absent callers the part that has returned lately, evenly
 * spread. 300 positions of callers that never return delay no work.
 */
export function expectedToCome(line: readonly Waiting[], returns: Returns): readonly Waiting[] {
  if (!line.some(isAbsent)) return line;
  const part = returns.came < FIRST_TO_COME ? 0 : returns.came / (returns.came + returns.lapsed);
  let due = 0.5;
  return line.filter((one) => {
    if (!isAbsent(one)) return true;
    due += part;
    if (due < 1) return false;
    due -= 1;
    return true;
  });
}

/** The pool once an analysis is here again, if it was absent. */
export function withReturned(pool: PoolState, analysisId: string): PoolState {
  const own = pool.line.find((waiting) => waiting.analysisId === analysisId);
  return own !== undefined && isAbsent(own) ? withReturns(pool, { came: 1 }) : pool;
}

/** The pool once positions have lapsed. @param line those that are left */
export function withLapsed(pool: PoolState, line: readonly Waiting[]): PoolState {
  const absent = (all: readonly Waiting[]): number => all.filter(isAbsent).length;
  return line === pool.line ? pool : withReturns({ ...pool, line }, { lapsed: absent(pool.line) - absent(line) });
}

/** The pool after callers have returned and positions have lapsed; the same pool for none. */
export function withReturns(pool: PoolState, seen: Partial<Returns>): PoolState {
  const { came = 0, lapsed = 0 } = seen;
  if (came + lapsed === 0) return pool;
  const [allCame, allLapsed] = [pool.returns.came + came, pool.returns.lapsed + lapsed];
  const scale = Math.min(1, REMEMBERED / (allCame + allLapsed));
  return { ...pool, returns: { came: rounded(allCame * scale), lapsed: rounded(allLapsed * scale) } };
}

function rounded(count: number): number {
  return Math.round(count * 1_000) / 1_000;
}
