import type { PoolState, Returns, Waiting } from './poolState.ts';

/** Before so many have come back none counts: nobody waits for places that may be abandoned. */
const FIRST_TO_COME = 2;
/** Of so many the newest count most: habits change with the callers. */
const REMEMBERED = 40;
/** Room is held for so long after the start that an absent caller was given; its order it keeps for longer. */
const HELD_FOR_ABSENT_MS = 5_000;

/** An HTTP caller that was sent away until its start, and is not here. The backlog's own work always comes. */
export function isAbsent({ caller, fromMs, startMs }: Waiting): boolean {
  return caller === 'http' && fromMs === startMs;
}

/** Those for whom room is held: all but callers that should have come back by now. */
export function withoutOverdue(line: readonly Waiting[], nowMs: number): readonly Waiting[] {
  const isOverdue = (one: Waiting): boolean => isAbsent(one) && one.startMs + HELD_FOR_ABSENT_MS < nowMs;
  return line.some(isOverdue) ? line.filter((one) => !isOverdue(one)) : line;
}

/**
 * Those whose places are expected to be used: of absent callers as many as have come back of those before them, evenly
 * spread. 300 places of callers that never come back delay nobody.
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

/** The pool with what is left of its line once places were given up. */
export function withLapsed(pool: PoolState, line: readonly Waiting[]): PoolState {
  const absent = (all: readonly Waiting[]): number => all.filter(isAbsent).length;
  return line === pool.line ? pool : withReturns({ ...pool, line }, { lapsed: absent(pool.line) - absent(line) });
}

/** The pool after so many came back and so many places were given up; the same pool for none. */
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
