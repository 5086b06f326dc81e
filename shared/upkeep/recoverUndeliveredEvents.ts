import { z } from 'zod';
import type { Capabilities } from '../capabilities.ts';
import { inParallel } from '../concurrency/inParallel.ts';
import { ImageChanged } from '../errors.ts';
import { queueVersion } from '../pipeline/queueBlobs.ts';
import { readImageEvent } from '../storage/imageEvent.ts';
import type { BlobPlace, BlobVersion } from '../storage/imageStore.ts';
import { isNotThere, refusalKind } from '../storage/refusalKind.ts';
import { readRoundPage } from '../storage/roundPage.ts';
import { StorageRefused } from '../storage/storageRefused.ts';

/** The container to which Event Grid writes events that it could not deliver for a day. */
export const DEAD_LETTERS_CONTAINER = 'deadletters';

const LOOK_EVERY_MS = 10 * 60_000;
const LARGEST_FILE_BYTES = 1024 * 1024;

/** A file holds a list of events with the reason of each (Event Grid, "Dead letter and retry policies", 2026-11). */
const fileSchema = z.array(z.unknown());
const letterSchema = z.looseObject({ deadLetterReason: z.string().nullish() });

type Letter = z.infer<typeof letterSchema>;

/**
 * Queues the uploads of undelivered events and signals each one, also those without a blob. Reads one page of files
 * per run. The files stay for the operator to look at.
 *
 * @returns how many uploads were queued
 */
export async function recoverUndeliveredEvents(
  parts: Pick<
    Capabilities,
    'analyses' | 'defaults' | 'due' | 'images' | 'imagesContainer' | 'now' | 'progress' | 'signal'
  >,
): Promise<number> {
  const rounds = { container: DEAD_LETTERS_CONTAINER, everyMs: LOOK_EVERY_MS, onlySinceMs: 0 };
  const page = await readRoundPage({ name: 'dead-letters', ...rounds }, parts).catch((error: unknown) => {
    // An installation with another event source does not have this container.
    if (isNotThere(error)) return undefined;
    throw error;
  });
  const taken = await inParallel(page?.versions ?? [], (file) => takeUpFile(file, parts));
  await page?.finish();
  return taken.reduce((sum, each) => sum + each, 0);
}

async function takeUpFile(
  file: BlobVersion,
  parts: Pick<Capabilities, 'analyses' | 'defaults' | 'due' | 'images' | 'imagesContainer' | 'now' | 'signal'>,
): Promise<number> {
  if (file.bytes > LARGEST_FILE_BYTES) {
    tell(file.name, `it has ${file.bytes} bytes; at most ${LARGEST_FILE_BYTES} are read`, parts);
    return 0;
  }
  const bytes = await readFile(file, parts);
  if (!bytes) return 0;
  const letters = fileSchema.safeParse(parse(bytes.toString('utf8')));
  if (!letters.success) tell(file.name, 'it is not a JSON list of events', parts);
  let queued = 0;
  for (const written of letters.data ?? []) {
    const letter = letterSchema.safeParse(written);
    if (!letter.success) tell(file.name, 'it holds an event that cannot be read', parts);
    else if (await takeUpLetter(letter.data, parts)) queued += 1;
  }
  return queued;
}

/** Undefined for a file that is gone or cannot be read: it must not block the others. */
async function readFile(
  file: BlobVersion,
  parts: Pick<Capabilities, 'images' | 'signal'>,
): Promise<Buffer | undefined> {
  try {
    return await parts.images.read(file);
  } catch (error) {
    if (error instanceof ImageChanged) return undefined;
    if (!(error instanceof StorageRefused && error.scope === 'blob')) throw error;
    tell(file.name, error.detail, parts);
    return undefined;
  }
}

async function takeUpLetter(
  letter: Letter,
  parts: Pick<Capabilities, 'analyses' | 'defaults' | 'due' | 'images' | 'imagesContainer' | 'now' | 'signal'>,
): Promise<boolean> {
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

/** A name that the storage refuses must not block the others in this run and in all later ones. */
async function versionOf(
  place: BlobPlace,
  parts: Pick<Capabilities, 'images' | 'signal'>,
): Promise<BlobVersion | undefined> {
  try {
    return await parts.images.head(place);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    tell(place.name, reason, parts);
    return undefined;
  }
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof StorageRefused) return error.scope === 'blob' ? error.detail : undefined;
  const kind = refusalKind(error);
  return kind === 'invalid' || kind === 'bad-marker' ? 'the storage refuses its name' : undefined;
}

function tell(name: string, reason: string | null, parts: Pick<Capabilities, 'signal'>): void {
  parts.signal({ event: 'analysis.deadlettered', facts: { name, reason } });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
