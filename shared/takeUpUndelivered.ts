import { z } from 'zod';
import type { BlobVersion } from './analyses/imageStore.ts';
import { inParallel } from './analyses/inParallel.ts';
import { pageOfRound } from './analyses/pageOfRound.ts';
import { statusOf } from './analyses/storageStatus.ts';
import { queueVersion } from './queueBlobs.ts';
import type { TimerParts } from './sweepMissed.ts';

/** Where Event Grid writes events that it could not deliver for a day. */
export const DEAD_LETTERS_CONTAINER = 'deadletters';

const LOOK_EVERY_MS = 10 * 60_000;
const LARGEST_FILE_BYTES = 1024 * 1024;

/** A file holds a list of events with the reason of each (Event Grid, "Dead letter and retry policies", 2026-11). */
const filesEvents = z.array(z.looseObject({ subject: z.string(), deadLetterReason: z.string().optional() }));

/**
 * Queues the uploads of events that could not be delivered, and tells of each: one page of the files a run. They stay
 * where they are, for the operator to look into.
 *
 * @returns how many uploads were queued
 */
export async function takeUpUndelivered(parts: TimerParts): Promise<number> {
  const rounds = { container: DEAD_LETTERS_CONTAINER, everyMs: LOOK_EVERY_MS, onlySinceMs: 0 };
  const page = await pageOfRound({ name: 'dead-letters', ...rounds }, parts).catch((error: unknown) => {
    // An installation whose events come by another way has no such container.
    if (statusOf(error) === 404) return undefined;
    throw error;
  });
  const files = page?.versions.filter(({ bytes }) => bytes <= LARGEST_FILE_BYTES) ?? [];
  const taken = await inParallel(files, (file) => takeUpFile(file, parts));
  await page?.finish();
  return taken.reduce((sum, each) => sum + each, 0);
}

async function takeUpFile(file: BlobVersion, parts: TimerParts): Promise<number> {
  const bytes = await parts.images.read(file);
  const events = bytes === 'changed' ? undefined : filesEvents.safeParse(parse(bytes.toString('utf8')));
  let queued = 0;
  for (const { subject, deadLetterReason } of events?.data ?? []) {
    const prefix = `/blobServices/default/containers/${parts.imagesContainer}/blobs/`;
    if (!subject.startsWith(prefix)) continue;
    const name = subject.slice(prefix.length);
    const version = await parts.images.head({ container: parts.imagesContainer, name });
    if (!version || (await queueVersion(version, { isDryRun: false }, parts)) === 'known') continue;
    queued += 1;
    parts.signal({ event: 'analysis.deadlettered', facts: { name, reason: deadLetterReason ?? null } });
  }
  return queued;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
