import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';

const oneAtATime = pLimit(1);

/** About as long as a step, so that half of the time is for other work. One turn of the event loop is too short: a call needs many. */
const PAUSE_MS = 1;

/**
 * Lets other work of the process run: requests, timers, storage responses. Of several callers, one continues after
 * each pause, so that four large bodies block the process no longer than one.
 */
export function letOthersRun(): Promise<void> {
  return oneAtATime(() => sleep(PAUSE_MS));
}

/** Runs long work in steps, so that it does not block the process. */
export async function inSteps<Result>(steps: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await letOthersRun();
  }
}

/** Runs work that is known to be short without a pause. */
export function atOnce<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
