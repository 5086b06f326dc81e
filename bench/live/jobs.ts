import { createHash } from 'node:crypto';
import { numberedPng } from '../../local/samples/numberedPng.ts';
import { gapMs, randomNumbers } from '../pool/randomNumbers.ts';

/** One image that wants an answer. */
export interface LiveJob {
  readonly number: number;
  /** After the start of the match. */
  readonly atMs: number;
  readonly png: Buffer;
  /** Of the bytes: the regions' logs know the image by it. */
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
}

/** Sizes that are sent as they are, of 1, 2, 4 and 6 tiles. */
export const SIZES = [
  { width: 512, height: 512 },
  { width: 1024, height: 512 },
  { width: 1024, height: 1024 },
  { width: 768, height: 1536 },
] as const;

/** Jobs that come by themselves, so many a minute; the same for everybody who plays with the same seed. */
export async function jobsOf(match: {
  readonly seed: number;
  readonly perMinute: number;
  readonly forMs: number;
}): Promise<readonly LiveJob[]> {
  const random = randomNumbers(match.seed);
  const jobs: LiveJob[] = [];
  for (let atMs = gapMs(random, match.perMinute); atMs < match.forMs; atMs += gapMs(random, match.perMinute)) {
    const size = SIZES[Math.floor(random() * SIZES.length)] ?? SIZES[0];
    const png = await numberedPng(jobs.length, size);
    const sha256 = createHash('sha256').update(png).digest('hex');
    jobs.push({ number: jobs.length, atMs, png, sha256, ...size });
  }
  return jobs;
}
