import { setImmediate as nextTurn } from 'node:timers/promises';

/** Lets everything that waits for the process run: calls, timers, answers of the storage. */
export async function letOthersRun(): Promise<void> {
  await nextTurn();
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
