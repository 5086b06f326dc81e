import { setImmediate as nextTurn } from 'node:timers/promises';

let lastStep: Promise<void> = Promise.resolve();

/**
 * Lets everything that waits for the process run: calls, timers, answers of the storage. Of all who wait here, one goes on in
 * each turn of the event loop: four large bodies stop the process for no longer than one.
 */
export function letOthersRun(): Promise<void> {
  lastStep = lastStep.then(() => nextTurn());
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
