import { randomUUID } from 'node:crypto';
import { OpenAI } from 'openai';
import { poolOfRegions } from '../../../local/cloud/poolOfRegions.ts';
import { signToken } from '../../../local/identity/accessToken.ts';
import type { RegionOptions } from '../../../local/regions/regionOptions.ts';
import { type Regions, startRegions } from '../../../local/regions/startRegions.ts';
import { type Question, questionTo } from '../question.ts';

/** Regions, and all that a program needs that asks them by itself. */
export interface Asked {
  readonly regions: Regions;
  /** Of the `/openai/v1` path of each region. */
  readonly baseUrls: readonly string[];
  /** A token as the identity endpoint gives it. */
  readonly token: string;
  readonly question: Question;
}

const TOKEN_SECONDS = 24 * 3_600;

export async function startAsked(options: readonly RegionOptions[]): Promise<Asked> {
  const secret = randomUUID();
  const regions = await startRegions({ secret, regions: options });
  const issuedAtSeconds = Math.floor(Date.now() / 1000);
  const token = signToken(
    {
      audience: 'https://cognitiveservices.azure.com',
      clientId: 'bench',
      issuedAtSeconds,
      expiresAtSeconds: issuedAtSeconds + TOKEN_SECONDS,
    },
    secret,
  );
  return {
    regions,
    baseUrls: regions.all.map(({ endpoint }) => `${endpoint}/openai/v1`),
    token,
    question: questionTo(poolOfRegions(regions, options)),
  };
}

/** The client as everybody uses it: its own two retries unless told. */
export function clientOf(
  place: { readonly baseUrl: string; readonly token: string },
  more: { readonly maxRetries?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): OpenAI {
  const { maxRetries, headers } = more;
  return new OpenAI({
    baseURL: place.baseUrl,
    apiKey: place.token,
    timeout: 10 * 60_000,
    ...(maxRetries === undefined ? {} : { maxRetries }),
    ...(headers === undefined ? {} : { defaultHeaders: headers }),
  });
}
