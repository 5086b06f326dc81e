import { Cron } from 'croner';
import type { HostLog } from './hostLog.ts';
import type { IndexedFunction, TimerTrigger } from './indexFunctions.ts';
import type { Invoker } from './invoke.ts';
import type { TimerLock } from './timerLock.ts';

interface TimerListener {
  stop(): Promise<void>;
}

/**
 * Runs a timer function by its NCRONTAB schedule, in UTC: six fields with seconds first, or five; day of month and day of
 * week must both fit (NCRONTAB). A run that is still going when the next is due is not joined by a second one. Of several
 * instances only the one that holds the lock runs it.
 */
export function startTimer(
  called: IndexedFunction<TimerTrigger>,
  host: { readonly invoker: Invoker; readonly lock: TimerLock; readonly log: HostLog },
): TimerListener {
  const { schedule, isRunOnStartup } = called.trigger;
  let last: Date | null = null;
  const run = async (): Promise<void> => {
    const isHeld = await host.lock.isHeld().catch((error: Error) => {
      host.log('warning', `Function.${called.name}`, `The timer's lock could not be had: ${error.message}`);
      return false;
    });
    if (!isHeld) return;
    const startedAt = new Date();
    const timer = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: { Last: last ?? startedAt, LastUpdated: last ?? startedAt, Next: cron.nextRun() },
      IsPastDue: false,
    };
    last = startedAt;
    await host.invoker
      .invoke(called.registered, {
        inputData: [{ name: called.bindingName, data: { json: JSON.stringify(timer) } }],
        triggerMetadata: {},
      })
      // Logged by the invoker; a timer is not tried again before its next time.
      .catch(() => undefined);
  };
  const cron = new Cron(schedule, { timezone: 'UTC', domAndDow: true, protect: true }, run);
  if (isRunOnStartup) void cron.trigger();
  return {
    stop: async () => {
      cron.stop();
      await host.lock.release();
    },
  };
}
