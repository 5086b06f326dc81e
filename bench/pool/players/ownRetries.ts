import type { Job } from '../jobs.ts';
import type { Player, Table } from './player.ts';

/** What the `openai` client does by itself: two retries, after the service's hint where it is under a minute, else 0.5 to 8 s. */
const CLIENT_RETRIES = 2;
/** A blob trigger's message is delivered five times, then lies in the poison queue. */
const DELIVERIES = 5;
/** What the host runs at once: a batch of 16 and half of the next. */
const AT_ONCE = 24;

function createClient(table: Table): (region: number, job: Job) => Promise<boolean> {
  const { service, time, random } = table;
  return async (region, job) => {
    for (let tries = 0; ; tries += 1) {
      const reply = await service.ask(region, job);
      if (reply.kind === 'answered') return true;
      if (tries === CLIENT_RETRIES) return false;
      const isHintTaken = reply.retryAfterMs > 0 && reply.retryAfterMs <= 60_000;
      const ownMs = Math.min(8_000, 500 * 2 ** tries) * (1 - 0.25 * random());
      await time.sleep(isHintTaken ? reply.retryAfterMs : ownMs);
    }
  };
}

/** The client alone, each job on the next region: what still fails after its retries is lost. */
export const clientRetries: Player = {
  name: 'openai client, round robin',
  sit: (table) => {
    const ask = createClient(table);
    let next = 0;
    return async (job) => {
      next = (next + 1) % table.service.regions;
      return (await ask(next, job)) ? 'answered' : 'poisoned';
    };
  },
};

/** An ordinary blob-triggered function around the same client: an exception brings the message back, five times in all. */
export const ordinaryFunction: Player = {
  name: 'ordinary function',
  sit: (table) => {
    const ask = createClient(table);
    const waiting: (() => void)[] = [];
    let running = 0;
    let next = 0;
    const enter = async (): Promise<void> => {
      if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
      else running += 1;
    };
    const leave = (): void => {
      const first = waiting.shift();
      if (first) first();
      else running -= 1;
    };
    return async (job) => {
      for (let delivery = 0; delivery < DELIVERIES; delivery += 1) {
        await enter();
        next = (next + 1) % table.service.regions;
        const isAnswered = await ask(next, job);
        leave();
        if (isAnswered) return 'answered';
        // The message is visible again at once; the listener polls within two seconds.
        await table.time.sleep(table.random() * 2_000);
      }
      return 'poisoned';
    };
  },
};
