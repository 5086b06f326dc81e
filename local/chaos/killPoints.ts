import { setTimeout as sleep } from 'node:timers/promises';
import type { Regions } from '../regions/startRegions.ts';

/** Moments between two steps of an analysis, as they can be seen from outside the app. */
export const KILL_POINTS = ['any moment', 'request arrived', 'request answered', 'result kept'] as const;

export type KillPoint = (typeof KILL_POINTS)[number];

export interface KillPoints {
  reached(point: KillPoint): void;
  /** Watches the regions' charge logs until it is stopped. */
  watch(regions: Regions): () => void;
  /** Settles at the next such moment after a minimum delay; if none comes, some time later. */
  next(point: KillPoint, afterMs: number): Promise<void>;
}

const LOOK_EVERY_MS = 2;
/** After this time a new process has made a request, also on a busy machine. */
const LONGEST_WAIT_MS = 20_000;

export function createKillPoints(): KillPoints {
  let waiting: { readonly point: KillPoint; readonly settle: () => void } | undefined;
  const reached = (point: KillPoint): void => {
    if (waiting?.point === point) waiting.settle();
  };
  const settlesAt = async (point: KillPoint): Promise<void> => {
    await new Promise<void>((settle) => {
      const late = setTimeout(settle, LONGEST_WAIT_MS);
      waiting = {
        point,
        settle: () => {
          clearTimeout(late);
          settle();
        },
      };
    });
    waiting = undefined;
  };
  return {
    reached,
    watch: (regions) => {
      let [arrived, answered] = [0, 0];
      const timer = setInterval(() => {
        const charges = regions.charges();
        const nowAnswered = charges.filter((charge) => charge.answered).length;
        if (charges.length > arrived) reached('request arrived');
        if (nowAnswered > answered) reached('request answered');
        [arrived, answered] = [charges.length, nowAnswered];
      }, LOOK_EVERY_MS);
      return () => clearInterval(timer);
    },
    next: async (point, afterMs) => {
      // Any moment of work: a process that has only started has nothing to lose.
      if (point === 'any moment') await settlesAt('request arrived');
      await sleep(afterMs);
      if (point !== 'any moment') await settlesAt(point);
    },
  };
}
