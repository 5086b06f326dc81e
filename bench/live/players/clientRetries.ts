import type { OpenAI } from 'openai';
import type { RegionOptions } from '../../../local/regions/regionOptions.ts';
import { clientOf, startAsked } from './callers.ts';
import type { LivePlayer } from './player.ts';
import { tellLost } from './tellLost.ts';

/** The `openai` client with its own retries, each image to the next region. */
export async function clientRetries(options: readonly RegionOptions[], maxOutputTokens: number): Promise<LivePlayer> {
  const { regions, baseUrls, token, question } = await startAsked(options);
  const clients: readonly OpenAI[] = baseUrls.map((baseUrl) => clientOf({ baseUrl, token }));
  const lost = tellLost();
  let next = 0;
  return {
    name: 'openai client, round robin',
    bring: async (job) => {
      const body = await question.bodyOf(job, maxOutputTokens);
      next = (next + 1) % clients.length;
      lost.unless(job, clients[next]?.chat.completions.create(body));
    },
    lost: lost.seen,
    charges: regions.charges,
    stop: regions.close,
  };
}
