import { z } from 'zod';
import { readImageEvent } from './analyses/imageEvent.ts';
import type { BlobPlace, BlobVersion } from './analyses/imageStore.ts';
import { inParallel } from './analyses/inParallel.ts';
import { pageOfRound } from './analyses/pageOfRound.ts';
import { queueVersion } from './queueBlobs.ts';
import { statusOf } from './storage/storageError.ts';
import type { TimerParts } from './sweepMissed.ts';

/** Where Event Grid writes events that it could not deliver for a day. */
export const DEAD_LETTERS_CONTAINER = 'deadletters';

const LOOK_EVERY_MS = 10 * 60_000;
const LARGEST_FILE_BYTES = 1024 * 1024;

/** A file holds a list of events with the reason of each (Event Grid, "Dead letter and retry policies", 2026-11). */
const lettersOfFile = z.array(z.looseObject({ deadLetterReason: z.string().optional() }));

type Letter = z.infer<typeof lettersOfFile>[number];

/**
 * Queues the uploads of events that could not be delivered, and tells of each, also of what no blob can be found for by its
 * name: one page of the files a run. They stay where they are, for the operator to look into.
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
  const letters = bytes === 'changed' ? undefined : lettersOfFile.safeParse(parse(bytes.toString('utf8')));
  let queued = 0;
  for (const letter of letters?.data ?? []) if (await takeUpLetter(letter, parts)) queued += 1;
  return queued;
}

async function takeUpLetter(letter: Letter, parts: TimerParts): Promise<boolean> {
  const event = readImageEvent(letter, parts.imagesContainer);
  if (event.kind === 'nameless') tell(event.name, event.reason, parts);
  if (event.kind !== 'created') return false;
  for (const place of event.places) {
    const version = await versionOf(place, parts);
    if (!version) continue;
    if ((await queueVersion(version, { isDryRun: false }, parts)) === 'known') return false;
    tell(place.name, letter.deadLetterReason ?? null, parts);
    return true;
  }
  return false;
}

/** One that the storage will not look for must not keep the others from their turn, this run and each one after it. */
async function versionOf(place: BlobPlace, parts: TimerParts): Promise<BlobVersion | undefined> {
  try {
    return await parts.images.head(place);
  } catch (error) {
    if (statusOf(error) !== 400) throw error;
    tell(place.name, 'the storage refuses its name', parts);
    return undefined;
  }
}

function tell(name: string, reason: string | null, parts: TimerParts): void {
  parts.signal({ event: 'analysis.deadlettered', facts: { name, reason } });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
