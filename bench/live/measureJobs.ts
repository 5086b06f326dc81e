import type { RegionOptions } from '../../local/regions/regionOptions.ts';
import { numberedPng } from '../../local/samples/numberedPng.ts';
import { SIZES } from './jobs.ts';
import { clientOf, startAsked } from './players/callers.ts';

export interface Measured {
  /** As long as the longest answer: the cap that Argus learns, and that the others are given. */
  readonly maxOutputTokens: number;
  /** What a request with that cap is charged at the door; each size comes as often as the others. */
  readonly meanTokens: number;
}

/** Longer than any fixed answer. */
const ROOMY_CAP = 800;

/** Asks for one image of each size, each another region, and reads what it was charged. */
export async function measureJobs(pool: readonly RegionOptions[]): Promise<Measured> {
  const { regions, baseUrls, token, question } = await startAsked(pool.map((region) => ({ ...region, latencyMs: 0 })));
  for (const [place, size] of SIZES.entries()) {
    const client = clientOf({ baseUrl: baseUrls[place % baseUrls.length] ?? '', token });
    const image = { png: await numberedPng(place, size), ...size };
    await client.chat.completions.create(await question.bodyOf(image, ROOMY_CAP));
  }
  const charges = regions.charges();
  await regions.close();
  const maxOutputTokens = Math.max(...charges.map(({ completionTokens }) => completionTokens));
  const charged = charges.reduce((sum, { admissionTokens }) => sum + admissionTokens, 0);
  return { maxOutputTokens, meanTokens: charged / charges.length - ROOMY_CAP + maxOutputTokens };
}
