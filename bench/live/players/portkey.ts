import type { RegionOptions } from '../../../local/regions/regionOptions.ts';
import type { Gateway } from '../gateway.ts';
import { clientOf, startAsked } from './callers.ts';
import type { LivePlayer } from './player.ts';
import { tellLost } from './tellLost.ts';

/** The most that the gateway takes (its `retryHandler.ts`): five retries within a minute. */
const RETRIES = 5;

/**
 * Portkey's gateway before the same regions: each image to one of them by chance, weighted by quota, tried again there
 * after the time that the service names. Its caller has no retries of its own.
 */
export async function portkey(
  options: readonly RegionOptions[],
  with_: { readonly gateway: Gateway; readonly maxOutputTokens: number },
): Promise<LivePlayer> {
  const { regions, baseUrls, token, question } = await startAsked(options);
  const config = {
    strategy: { mode: 'loadbalance' },
    targets: baseUrls.map((baseUrl, place) => ({
      provider: 'openai',
      api_key: token,
      custom_host: baseUrl,
      weight: options[place]?.deployments[0]?.tokensPerMinute ?? 1,
      retry: { attempts: RETRIES, on_status_codes: [429], use_retry_after_header: true },
    })),
  };
  const headers = { 'x-portkey-config': JSON.stringify(config) };
  const client = clientOf({ baseUrl: with_.gateway.baseUrl, token }, { maxRetries: 0, headers });
  const lost = tellLost();
  return {
    name: `portkey gateway ${with_.gateway.version}`,
    bring: async (job) => {
      const body = await question.bodyOf(job, with_.maxOutputTokens);
      lost.unless(job, client.chat.completions.create(body));
    },
    lost: lost.seen,
    charges: regions.charges,
    stop: regions.close,
  };
}
