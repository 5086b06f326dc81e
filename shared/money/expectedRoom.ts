import { FORGOTTEN_MS } from './budget.ts';

/** Statistics of recent calls: what a reservation will probably leave, and when. */
interface CallHabits {
  /** From the reservation to its settlement, milliseconds: nineteen of twenty took no longer. */
  readonly usualMs: number;
  /** What was spent of what was reserved, 0 to 1: by nine of ten calls no more than this. */
  readonly spentPart: number;
  /** A call may spend as little as this, 0 to 1: half of what the cheapest did. */
  readonly leastSpentPart: number;
}

/** One settled call. */
export interface SettledCall {
  readonly tookMs: number;
  readonly reservedMicroUsd: number;
  readonly spentMicroUsd: number;
}

/** A call under way in the period. */
interface HeldRoom {
  readonly reservedAtMs: number;
  readonly microUsd: number;
}

/** Defaults without data: a model answers within ten seconds and costs about half of its upper end. */
const FIRST_HABITS: CallHabits = { usualMs: 10_000, spentPart: 0.5, leastSpentPart: 0 };

/** A model call ends after two minutes, its image and record take some seconds more (callDeployment.ts). */
const LONGEST_CALL_MS = 150_000;
/** The timer, which runs each minute, settles the reservation of a crashed process. */
const TIMER_MS = 60_000;
/** The shortest delay before another try. */
const LEAST_WAIT_MS = 1_000;
/** The longest delay before another try: many wait for the same room, and some may not come back. */
const LONGEST_QUEUE_MS = 60_000;

/** The statistics of the newest calls, without those of crashed processes. */
export function habitsOf(calls: readonly SettledCall[]): CallHabits {
  const settled = calls.filter(({ tookMs }) => tookMs <= LONGEST_CALL_MS);
  if (settled.length === 0) return FIRST_HABITS;
  const tookMs = settled.map((call) => call.tookMs);
  const parts = settled.map((call) => Math.min(1, call.spentMicroUsd / Math.max(1, call.reservedMicroUsd)));
  return {
    usualMs: quantile(tookMs, 0.95),
    spentPart: quantile(parts, 0.9),
    leastSpentPart: Math.min(...parts) / 2,
  };
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.ceil(sorted.length * part) - 1] ?? 0;
}

/**
 * When a reservation is expected to be settled (epoch milliseconds): after the usual time. A late one is expected
 * after another half of its age, but not after the longest call. An older one belongs to a crashed process, and the
 * timer releases it.
 */
export function expectedEndMs(reservedAtMs: number, { usualMs }: CallHabits, nowMs: number): number {
  const ageMs = nowMs - reservedAtMs;
  const soonMs = nowMs + LEAST_WAIT_MS;
  if (ageMs < usualMs) return Math.max(soonMs, reservedAtMs + usualMs);
  if (ageMs < LONGEST_CALL_MS) return Math.max(soonMs, Math.min(nowMs + ageMs / 2, reservedAtMs + LONGEST_CALL_MS));
  return Math.max(soonMs, reservedAtMs + FORGOTTEN_MS + TIMER_MS);
}

/**
 * When a full period is expected to have room (epoch milliseconds), and what fills it. Only spending ends with the
 * reset. The cheapest recent call decides whether the calls under way leave enough: a caller that returns in vain
 * after some seconds loses less than one that is sent away for hours.
 */
export function expectedRoom(
  period: {
    readonly limitMicroUsd: number;
    readonly spentMicroUsd: number;
    readonly reservedMicroUsd: number;
    readonly renewsAtMs: number;
    readonly held: readonly HeldRoom[];
  },
  /** `promisedMicroUsd`: what earlier refused callers need. */
  call: { readonly microUsd: number; readonly promisedMicroUsd: number },
  at: { readonly habits: CallHabits; readonly nowMs: number },
): { readonly filledBy: 'reservations' | 'spending'; readonly roomAtMs: number } {
  const { limitMicroUsd, spentMicroUsd, reservedMicroUsd, renewsAtMs, held } = period;
  const { habits, nowMs } = at;
  const missing = spentMicroUsd + reservedMicroUsd + call.microUsd - limitMicroUsd;
  if (reservedMicroUsd * (1 - habits.leastSpentPart) < missing) return { filledBy: 'spending', roomAtMs: renewsAtMs };
  const wanted = missing + call.promisedMicroUsd;
  let freed = 0;
  let lastMs = nowMs + LEAST_WAIT_MS;
  const ends = held.map((one) => ({ endMs: expectedEndMs(one.reservedAtMs, habits, nowMs), microUsd: one.microUsd }));
  for (const { endMs, microUsd } of ends.toSorted((left, right) => left.endMs - right.endMs)) {
    freed += microUsd * (1 - habits.spentPart);
    lastMs = endMs;
    if (freed >= wanted) break;
  }
  // The callers before it start when these calls end, and will leave as much.
  const turns = freed > 0 ? Math.max(0, Math.ceil(wanted / freed) - 1) : 0;
  const queueMs = Math.min(LONGEST_QUEUE_MS, turns * habits.usualMs);
  return { filledBy: 'reservations', roomAtMs: Math.min(renewsAtMs, Math.ceil(lastMs + queueMs)) };
}
