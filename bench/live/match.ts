import { setTimeout as sleep } from 'node:timers/promises';
import type { RegionOptions } from '../../local/regions/regionOptions.ts';
import type { LiveJob } from './jobs.ts';
import type { LivePlayer } from './players/player.ts';
import { type Score, scoreOf } from './score.ts';

/** Before it everybody learns, and nothing counts. */
const WARM_UP_MS = 2 * 60_000;
/** What has come is given so long to be answered once nothing more comes. */
const AFTER_MS = 30_000;

/** All players at the same time, each with the same images before regions of their own. */
export async function playMatch(
  jobs: readonly LiveJob[],
  table: { readonly players: readonly LivePlayer[]; readonly forMs: number; readonly pool: readonly RegionOptions[] },
): Promise<readonly { readonly player: string; readonly score: Score }[]> {
  const { players, forMs } = table;
  const startMs = Date.now();
  const bringing: Promise<void>[] = [];
  for (const job of jobs) {
    await sleep(Math.max(0, startMs + job.atMs - Date.now()));
    bringing.push(...players.map((player) => player.bring(job)));
  }
  await Promise.all(bringing);
  await sleep(Math.max(0, startMs + forMs + AFTER_MS - Date.now()));
  const counting = { fromMs: startMs + WARM_UP_MS, untilMs: startMs + forMs };
  const match = { jobs, startMs, counting, tokensPerMinute: tokensPerMinuteOf(table.pool) };
  return players.map((player) => ({
    player: player.name,
    score: scoreOf(match, { charges: player.charges(), lost: player.lost() }),
  }));
}

export function tokensPerMinuteOf(pool: readonly RegionOptions[]): number {
  return pool.flatMap(({ deployments }) => deployments).reduce((sum, { tokensPerMinute }) => sum + tokensPerMinute, 0);
}
