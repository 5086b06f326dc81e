import type { Job } from '../jobs.ts';
import type { Player, Table } from './player.ts';

/** What a router knows of the regions: who is cooling down, and what it has sent where in this minute. */
interface Known {
  readonly table: Table;
  readonly open: readonly number[];
  readonly sentTokens: (region: number) => number;
}

type Choose = (known: Known) => number;

/**
 * Routers as gateways have them: one region is chosen, a refusal sends the job elsewhere at once and leaves the region
 * alone for as long as it asked; when all are left alone, the job waits for the first.
 */
function router(name: string, choose: Choose): Player {
  return {
    name,
    sit: (table) => {
      const { service, time } = table;
      const coolUntilMs = service.tokensPerMinute.map(() => 0);
      const sent = service.tokensPerMinute.map(() => ({ minute: -1, tokens: 0 }));
      const sentTokens = (region: number): number => {
        const own = sent[region];
        return own?.minute === Math.floor(time.now() / 60_000) ? own.tokens : 0;
      };
      return async (job: Job) => {
        for (;;) {
          const open = coolUntilMs.flatMap((untilMs, region) => (untilMs <= time.now() ? [region] : []));
          if (open.length === 0) {
            // Spread over a second.
            await time.sleep(Math.min(...coolUntilMs) - time.now() + table.random() * 1_000);
            continue;
          }
          const region = choose({ table, open, sentTokens });
          const minute = Math.floor(time.now() / 60_000);
          sent[region] = { minute, tokens: sentTokens(region) + job.estimatedTokens };
          const reply = await service.ask(region, job);
          if (reply.kind === 'answered') return 'answered';
          coolUntilMs[region] = time.now() + Math.max(1, reply.retryAfterMs);
        }
      };
    },
  };
}

function pick(regions: readonly number[], random: () => number): number {
  return regions[Math.floor(random() * regions.length)] ?? 0;
}

const random: Choose = ({ table, open }) => pick(open, table.random);

const weighted: Choose = ({ table, open }) => {
  const weights = open.map((region) => table.service.tokensPerMinute[region] ?? 0);
  let left = table.random() * weights.reduce((sum, one) => sum + one, 0);
  const found = open.find((_, index) => {
    left -= weights[index] ?? 0;
    return left <= 0;
  });
  return found ?? open[0] ?? 0;
};

const lowestUse: Choose = ({ open, sentTokens }) =>
  open.reduce((best, region) => (sentTokens(region) < sentTokens(best) ? region : best), open[0] ?? 0);

const twoByShare: Choose = ({ table, open, sentTokens }) => {
  const shareOf = (region: number): number => sentTokens(region) / (table.service.tokensPerMinute[region] ?? 1);
  const [one, other] = [pick(open, table.random), pick(open, table.random)];
  return shareOf(other) < shareOf(one) ? other : one;
};

export const ROUTERS: readonly Player[] = [
  router('random with cooldown', random),
  router('weighted random', weighted),
  router('lowest absolute use', lowestUse),
  router('two choices by share', twoByShare),
];
