import { setTimeout as sleep } from 'node:timers/promises';
import { KILL_POINTS, type KillPoint, type KillPoints } from './killPoints.ts';

/** How many processes were killed so far. */
export interface Progress {
  kills: number;
}

/** Kills processes at each kind of moment in turn; returns the count for each kind. */
export async function killSome(
  kills: number,
  by: {
    readonly random: () => number;
    readonly progress: Progress;
    readonly wait: KillPoints['next'];
    /** `false`: there was no process to kill. */
    readonly kill: () => Promise<boolean>;
  },
): Promise<Record<string, number>> {
  const counts: Partial<Record<KillPoint, number>> = {};
  while (by.progress.kills < kills) {
    const point = KILL_POINTS[by.progress.kills % KILL_POINTS.length] ?? 'any moment';
    await by.wait(point, 500 + by.random() * 1_000);
    if (!(await by.kill())) continue;
    counts[point] = (counts[point] ?? 0) + 1;
    by.progress.kills += 1;
  }
  return counts;
}

/** Stops and restarts the storage, spread over the kills. */
export async function restartSome(
  wanted: { readonly kills: number; readonly storageRestarts: number },
  by: { readonly progress: Progress; readonly restart: () => Promise<void> },
): Promise<void> {
  const { kills, storageRestarts } = wanted;
  for (let done = 0; done < storageRestarts; done++) {
    while (by.progress.kills < (kills * (done + 1)) / (storageRestarts + 1)) await sleep(200);
    await by.restart();
  }
}
