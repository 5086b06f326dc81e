import { reasonOf } from '../storage/failureReason.ts';

/** A step of a job; its name stands in the message when it fails. */
export interface Step {
  readonly name: string;
  run(): Promise<unknown>;
}

interface StepFailure {
  readonly name: string;
  readonly error: unknown;
}

/** Runs the steps in order, also after a failure, and returns those that failed. */
export async function runSteps(steps: readonly Step[]): Promise<readonly StepFailure[]> {
  const failures: StepFailure[] = [];
  for (const { name, run } of steps) {
    try {
      await run();
    } catch (error) {
      failures.push({ name, error });
    }
  }
  return failures;
}

/**
 * Says which steps of a job failed, each with its reason: `2 steps of the timer failed. recoverLost: 503 ServerBusy.
 * removeExpired: 1 step of retention failed.`
 *
 * @throws {AggregateError} if there are failures
 */
export function assertNoneFailed(job: string, failures: readonly StepFailure[]): void {
  if (failures.length === 0) return;
  const reasons = failures.map(({ name, error }) => `${name}: ${reasonOf(error).replace(/\.$/, '')}.`);
  const message = `${failures.length} step${failures.length === 1 ? '' : 's'} of ${job} failed. ${reasons.join(' ')}`;
  throw new AggregateError(
    failures.map(({ error }) => error),
    message,
  );
}
