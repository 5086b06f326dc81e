import { setTimeout as sleep } from 'node:timers/promises';
import type { Deliver } from './blobEvents.ts';

/** An event that is held back so that another may overtake it waits no longer than this for one. */
const HELD_AT_MOST_MS = 1_000;

export interface Unreliability {
  /** From 0 to 1: how many of the events come a second time. */
  readonly duplicateRate?: number;
  /** `'some'`: about half of the events are overtaken by the next one. */
  readonly reorder?: 'none' | 'some';
  /** Each copy comes up to this much late. */
  readonly lateMs?: number;
  /** Numbers from 0 to 1; `seededRandom(7)` for a run that can be repeated. */
  readonly random: () => number;
}

/** Delivers as Event Grid may: at least once, in any order, late (Event Grid, "Delivery and retry": no order, duplicates). */
export function unreliably(deliver: Deliver, how: Unreliability): Deliver {
  let release = (): void => undefined;
  return async (event) => {
    release();
    const copies = how.random() < (how.duplicateRate ?? 0) ? 2 : 1;
    const isHeld = how.reorder === 'some' && how.random() < 0.5;
    const lateMs = Array.from({ length: copies }, () => how.random() * (how.lateMs ?? 0));
    if (isHeld) {
      await new Promise<void>((settle) => {
        release = settle;
        setTimeout(settle, HELD_AT_MOST_MS);
      });
      // The one that overtakes is under way; let it arrive first.
      await sleep(20);
    }
    await Promise.all(
      lateMs.map(async (waitMs) => {
        if (waitMs > 0) await sleep(waitMs);
        await deliver(event);
      }),
    );
  };
}
