import { setTimeout as sleep } from 'node:timers/promises';

let lastStep: Promise<void> = Promise.resolve();

/** About as long as a step: half of the time is for others. One turn of the event loop is too short, a call needs many. */
const PAUSE_MS = 1;

/**
 * Lets everything that waits for the process run: calls, timers, answers of the storage. Of all who wait here, one goes on
 * after each pause: four large bodies stop the process for no longer than one.
 */
export function letOthersRun(): Promise<void> {
  lastStep = lastStep.then(() => sleep(PAUSE_MS));
  return lastStep;
}

/** Runs long work a step at a time, so that it does not stop the process. */
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
