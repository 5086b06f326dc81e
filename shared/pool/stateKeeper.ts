import { createHash } from 'node:crypto';
import { boundedState } from './boundedState.ts';
import type { Deployment } from './deployment.ts';
import type { Booking } from './ledger.ts';
import { type LedgerLoss, StoreLost } from './ledgerLoss.ts';
import { carefulState } from './localShare.ts';
import { createPatientStore, type Patience } from './patientStore.ts';
import type { PoolState } from './poolState.ts';
import type { Moment, Queued } from './poolStep.ts';
import { release } from './settle.ts';
import type { SharedClock } from './sharedClock.ts';
import type { StateStore } from './stateStore.ts';
import { stateOfText, textOfState, withWrites } from './stateText.ts';

/** What was read is good for this long, for steps that change nothing. */
const FRESH_MS = 250;
const BACKOFF_MS = { first: 10, most: 200 } as const;
const MOST_TRIES = 50;
/** An answer that was lost is missed within some seconds; so many writes are known by then. */
const KEPT_WRITES = 64;

interface Known {
  readonly pool: PoolState;
  readonly version: string | null;
  readonly writes: readonly string[];
  readonly readMs: number;
}

/** A write whose end is not known: it may have been done, or may be done yet, by a service that is slow. */
interface Attempt {
  readonly id: string;
  /** The version that it followed. */
  readonly version: string | null;
  readonly bookings: readonly Booking[];
}

interface StateKeeper {
  /**
   * Takes all steps of a batch on one state, and keeps it: on the newer state again when another instance was faster, and
   * exactly once, also when the answer to a write is lost. `merged`: the shared state with what it lacks.
   *
   * @returns the state that was kept
   * @throws StoreLost when the store cannot be had, or does not hold so much
   */
  readonly keep: (batch: readonly Queued[], merged: (pool: PoolState) => PoolState) => Promise<PoolState>;
}

export function createStateKeeper(
  store: StateStore,
  deployments: readonly Deployment[],
  parts: {
    readonly httpShare: number;
    readonly now: () => number;
    readonly sleep: (waitMs: number) => Promise<void>;
    readonly random: () => number;
    readonly clock: SharedClock;
    readonly moment: () => Moment;
    /** What is known of the pool when its shared state is lost for good. */
    readonly lastPool: () => PoolState;
    readonly report: (loss: LedgerLoss) => void;
  },
): StateKeeper {
  const { now, sleep, random, moment } = parts;
  const model = deployments[0]?.model ?? '';
  const patient = createPatientStore(store, parts);
  let known: Known | undefined;
  let lastVersion: string | null = null;
  let unsure: readonly Attempt[] = [];

  async function read(patience: Patience): Promise<Known> {
    const { text, version, unreadable } = await patient.read(patience);
    if (known !== undefined && known.version !== null && known.version === version) {
      known = { ...known, readMs: now() };
      return known;
    }
    const found = unreadable === undefined ? stateOfText(text, deployments, parts) : undefined;
    if (found?.kind === 'unreadable') return await beginAnew(found.detail, version, patience);
    if (found === undefined) return await beginAnew(unreadable ?? '', version, patience);
    if (version === null && lastVersion !== null) return await beginAnew(null, version, patience);
    known = { pool: found.pool, writes: found.writes, version, readMs: now() };
    lastVersion = version;
    return known;
  }

  /** In place of a state that cannot be read, or was removed: one in which every quota has just been used. */
  async function beginAnew(wrong: string | null, version: string | null, patience: Patience): Promise<Known> {
    if (wrong !== null) await patient.setAside(patience);
    const what =
      wrong === null
        ? `The pool's state of ${model} was removed.`
        : `The pool's state of ${model} cannot be read: ${wrong}. It was set aside in the row \`state-unreadable\`.`;
    const detail = `${what} The pool begins anew, with every quota taken as used for a minute.`;
    const pool = carefulState(parts.lastPool(), moment().nowMs);
    const end = await patient.write({ text: textOfState(pool), version }, patience);
    if (end.kind === 'changed') return await read(patience);
    if (end.kind === 'too-large') throw tooLarge(end);
    parts.report({ reason: 'unreadable', detail, status: null, code: null });
    lastVersion = end.version;
    known = { pool, writes: [], version: end.version, readMs: now() };
    return known;
  }

  /** The state without what writes of this instance have booked whose steps were taken elsewhere since. */
  function withoutGhosts({ pool, writes }: Known): PoolState {
    const done = unsure.filter(({ id }) => writes.includes(id)).flatMap(({ bookings }) => bookings);
    return done.reduce((state, booking) => release(state, booking, moment().nowMs), pool);
  }

  async function keep(batch: readonly Queued[], merged: (pool: PoolState) => PoolState): Promise<PoolState> {
    const patience = patient.patience();
    let attempt: Attempt | undefined;
    try {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const base = known !== undefined && now() - known.readMs <= FRESH_MS ? known : await read(patience);
        // It was done, though its answer was lost: what the steps gave then holds.
        if (attempt !== undefined && base.writes.includes(attempt.id)) {
          unsure = [];
          return base.pool;
        }
        attempt = undefined;
        const before = merged(withoutGhosts(base));
        const at = moment();
        const pool = boundedState(
          batch.reduce((state, { take }) => take(state, at), before),
          at.nowMs,
        );
        if (pool === base.pool) {
          unsure = unsure.filter(({ version }) => version === base.version);
          return pool;
        }
        const text = textOfState(pool);
        const id = writeIdOf(text, base.version);
        const writes = [...base.writes, id].slice(-KEPT_WRITES);
        attempt = { id, version: base.version, bookings: batch.flatMap(({ started }) => started() ?? []) };
        const end = await patient.write({ text: withWrites(text, writes), version: base.version }, patience);
        if (end.kind === 'written') {
          known = { pool, writes, version: end.version, readMs: now() };
          lastVersion = end.version;
          unsure = [];
          return pool;
        }
        known = undefined;
        if (end.kind === 'too-large') {
          attempt = undefined;
          throw tooLarge(end);
        }
        await sleep(random() * Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** tries));
      }
      const detail = `Other instances wrote the pool's state first, ${MOST_TRIES} times in a row.`;
      throw new StoreLost({ reason: 'unavailable', detail, status: null, code: null });
    } catch (error) {
      known = undefined;
      if (attempt !== undefined) unsure = [...unsure, attempt];
      throw error;
    }
  }

  return { keep };
}

/** The same text on the same version is the same write, whoever sent it. */
function writeIdOf(text: string, version: string | null): string {
  return createHash('sha256').update(`${version} ${text}`).digest('base64url').slice(0, 8);
}

function tooLarge({ bytes, mostBytes }: { readonly bytes: number; readonly mostBytes: number }): StoreLost {
  const [size, most] = [bytes, mostBytes].map((count) => count.toLocaleString('en'));
  const detail = `The pool's state takes ${size} bytes, and its row holds ${most}.`;
  return new StoreLost({ reason: 'too-large', detail, status: null, code: null });
}
