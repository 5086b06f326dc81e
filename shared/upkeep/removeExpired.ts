import { z } from 'zod';
import type { Capabilities } from '../capabilities.ts';
import { isFinal } from '../records/analysisRecord.ts';
import { ANALYSIS_ID } from '../records/analysisSource.ts';
import type { RetentionDays } from '../settings/retentionDays.ts';
import { reasonsOf } from '../storage/failureReason.ts';
import { INBOX_CONTAINER } from '../storage/imageStore.ts';
import { statusOf } from '../storage/storageError.ts';
import type { Removal, RemovalTerms } from './removeOldBlobs.ts';
import type { Retention } from './retention.ts';
import { assertNoneFailed, runSteps } from './runSteps.ts';

export type RetentionNeeds = Pick<Capabilities, 'analyses' | 'now' | 'progress' | 'resultsContainer' | 'signal'> & {
  readonly retention: Retention;
  readonly retentionDays: RetentionDays;
};

const DAY_MS = 86_400_000;
const ROUND_MS = 3_600_000;
const MOST_A_RUN = 500;

/** How far the round of a kind has come; `from`: where it continues. */
const roundSchema = z.object({ nextMs: z.number(), from: z.string().exactOptional() });

type Round = Readonly<z.infer<typeof roundSchema>>;

/** Of each kind by its name. */
const ROUNDS = { name: 'retention', schema: z.record(z.string(), roundSchema) };

/** The kinds with their own retention. */
interface Kind {
  readonly name: string;
  readonly days: number;
  remove(terms: RemovalTerms): Promise<Removal>;
}

/**
 * Removes what is older than RETENTION_DAYS. Each kind has one round an hour, which continues each minute until it is
 * complete. What cannot be removed is signalled and skipped until the next round.
 *
 * @throws {AggregateError} that names each kind that failed, after all others were tried
 */
export async function removeExpired(parts: RetentionNeeds): Promise<void> {
  const nowMs = parts.now();
  const rounds = (await parts.progress.read(ROUNDS)) ?? {};
  const due = kindsOf(parts).filter(({ name }) => nowMs >= (rounds[name]?.nextMs ?? 0));
  if (due.length === 0) return;
  const next: Record<string, Round> = { ...rounds };
  const steps = due.map((kind) => ({
    name: kind.name,
    run: async () => {
      const from = rounds[kind.name]?.from;
      // If it fails, it is tried again in an hour from the same place.
      next[kind.name] = { nextMs: nowMs + ROUND_MS, ...(from !== undefined && { from }) };
      next[kind.name] = await removeKind(kind, from, parts);
    },
  }));
  const failures = await runSteps(steps);
  // If the storage refuses the continuation, the round starts again from the beginning.
  for (const { name, error } of failures) if (statusOf(error) === 400) next[name] = { nextMs: nowMs + ROUND_MS };
  await parts.progress.write(ROUNDS, next);
  assertNoneFailed('retention', failures);
}

function kindsOf({
  retention,
  retentionDays,
  resultsContainer,
  ...parts
}: Omit<RetentionNeeds, 'now' | 'progress' | 'signal'>): readonly Kind[] {
  const isNeeded = (name: string): Promise<boolean> => isAwaited(name, parts);
  const kinds: readonly Kind[] = [
    { name: 'records', days: retentionDays.records, remove: (terms) => retention.removeRecords(terms) },
    { name: 'usage', days: retentionDays.usage, remove: (terms) => retention.removeUsage(terms) },
    {
      name: INBOX_CONTAINER,
      days: retentionDays.inbox,
      remove: (terms) => retention.removeBlobs(INBOX_CONTAINER, { ...terms, isNeeded }),
    },
    ...[resultsContainer, `${resultsContainer}-http`].map((container) => ({
      name: container,
      days: retentionDays.results,
      remove: (terms: RemovalTerms) => retention.removeBlobs(container, terms),
    })),
  ];
  return kinds.filter(({ days }) => days > 0);
}

async function removeKind(
  kind: Kind,
  from: string | undefined,
  parts: Pick<Capabilities, 'now' | 'signal'>,
): Promise<Round> {
  const nowMs = parts.now();
  const terms = { beforeMs: nowMs - kind.days * DAY_MS, most: MOST_A_RUN, ...(from !== undefined && { from }) };
  const removal = await kind.remove(terms);
  const [first] = removal.kept;
  if (first) {
    const reasons = reasonsOf(removal.kept.map(({ error }) => error));
    const facts = { of: kind.name, kept: removal.kept.length, example: first.item, reasons };
    parts.signal({ event: 'retention.incomplete', facts });
  }
  const nextMs = removal.isMore ? nowMs : nowMs + ROUND_MS;
  return { nextMs, ...(removal.from !== undefined && { from: removal.from }) };
}

/** Bytes of an open analysis are still needed. */
async function isAwaited(name: string, parts: Pick<Capabilities, 'analyses'>): Promise<boolean> {
  if (!ANALYSIS_ID.test(name)) return false;
  const stored = await parts.analyses.find(name);
  return stored !== undefined && !isFinal(stored.record);
}
