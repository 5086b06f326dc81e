import type { Deployment } from '../../../shared/pool/deployment.ts';
import type { Job } from '../jobs.ts';
import { bring, countedLedger, deploymentsOf, type Instance, type Waker } from './argus.ts';
import type { Player, Table } from './player.ts';
import { instancesOf } from './sharedArgus.ts';

/** When waiting work is woken, and how much of it. */
export interface Waking {
  /** The most that ask at a time. */
  readonly mostAsking: number;
  /** The most that the pool can start within this. */
  readonly withinMs: number;
  /** A start wakes as well as an end. */
  readonly isByStarts: boolean;
}

/** A timer wakes as well: where nothing runs, nothing ends. */
const TIMER_MS = 60_000;

/** Jobs are numbered in order of arrival. */
function placeOf({ id }: Job): number {
  return Number(id.slice('job-'.length));
}

function instanceOf(table: Table, deployments: readonly Deployment[]): () => Instance {
  if (table.scenario.instances > 1) return instancesOf(table, deployments);
  const ledger = countedLedger(table, deployments);
  return () => ({ ledger, now: table.time.now });
}

/**
 * Argus without estimated starts for the backlog: work that cannot start soon rests in the open index, and each request
 * that ends wakes the oldest, as many as start within the next moments. The edits of its ablation belong to it: without them the
 * pool keeps queue positions for resting work.
 */
export function woken(waking: Waking): Player {
  return {
    name: 'argus, woken',
    sit: (table) => {
      const deployments = deploymentsOf(table.service.tokensPerMinute);
      const pick = instanceOf(table, deployments);
      /** In order of arrival. */
      const resting: { readonly job: Job; readonly wake: () => void }[] = [];
      const asking = new Map<string, number>();
      let isTimed = false;

      async function wakeOldest(): Promise<void> {
        if (resting.length === 0) return;
        const pool = await pick().ledger.view();
        const perMinute = pool.reduce((sum, one) => sum + one.deployment.tokensPerMinute / one.admissionFactor, 0);
        const mostTokens = (perMinute * waking.withinMs) / 60_000;
        let tokens = [...asking.values()].reduce((sum, each) => sum + each, 0);
        let isQueried = false;
        while (resting.length > 0 && asking.size < waking.mostAsking && tokens < mostTokens) {
          const oldest = resting.shift();
          if (oldest === undefined) break;
          if (!isQueried) table.count('query');
          // The pool must know who is on the way.
          if (!isQueried) table.count('write');
          isQueried = true;
          tokens += oldest.job.estimatedTokens;
          asking.set(oldest.job.id, oldest.job.estimatedTokens);
          oldest.wake();
        }
      }

      function startTimer(): void {
        if (isTimed) return;
        isTimed = true;
        table.time.at(table.time.now() + TIMER_MS, () => {
          isTimed = false;
          if (resting.length > 0) startTimer();
          void wakeOldest();
        });
      }

      const waker: Waker = {
        hasResting: () => resting.length > 0,
        asks: ({ id, estimatedTokens }) => asking.set(id, estimatedTokens),
        starts: ({ id }) => {
          asking.delete(id);
          if (waking.isByStarts) void wakeOldest();
        },
        ends: () => void wakeOldest(),
        rest: (job) =>
          new Promise((wake) => {
            asking.delete(job.id);
            const place = resting.findLastIndex((one) => placeOf(one.job) <= placeOf(job));
            resting.splice(place + 1, 0, { job, wake });
            startTimer();
          }),
      };
      return (job) => bring(job, { table, deployments, pick, waker });
    },
  };
}
