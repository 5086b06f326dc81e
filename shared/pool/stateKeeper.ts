import { createHash } from 'node:crypto';
import { formatCount } from '../errors.ts';
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

/** A state that was read may be used for this long. */
const FRESH_MS = 250;
const BACKOFF_MS = { first: 10, most: 200 } as const;
const MOST_TRIES = 50;
/** How many writes a state knows: a lost answer is noticed within seconds. */
const KEPT_WRITES = 64;

interface Known {
  readonly pool: PoolState;
  readonly version: string | null;
  readonly writes: readonly string[];
  readonly readMs: number;
}

/** A write whose end is unknown: a slow service may have done it, or may still do it. */
interface Attempt {
  readonly id: string;
  /** The version that it followed. */
  readonly version: string | null;
  readonly bookings: readonly Booking[];
}

interface StateKeeper {
  /**
   * Takes all steps of a batch on one state and writes it: again on the newer state when another process wrote first, and
   * exactly once, also when the answer to a write is lost. `merged` adds local work to the shared state.
   *
   * @returns the state that was written
   * @throws StoreLost when the store is unavailable, or the state is too large for it
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
    /** What this process knows when the shared state is lost for good. */
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

  /** Replaces a state that cannot be read, or was removed: every quota counts as just used. */
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

  /** Removes bookings of lost writes whose steps were since taken on the local share. */
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
        // The write was done though its answer was lost: the results of its steps hold.
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

/** The same text on the same version is the same write. */
function writeIdOf(text: string, version: string | null): string {
  return createHash('sha256').update(`${version} ${text}`).digest('base64url').slice(0, 8);
}

function tooLarge({ bytes, mostBytes }: { readonly bytes: number; readonly mostBytes: number }): StoreLost {
  const [size, most] = [bytes, mostBytes].map(formatCount);
  const detail = `The pool's state takes ${size} bytes, and its row holds ${most}.`;
  return new StoreLost({ reason: 'too-large', detail, status: null, code: null });
}
