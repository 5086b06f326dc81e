import type { Deployment } from '../../../shared/pool/deployment.ts';
import type { Ledger, Need } from '../../../shared/pool/ledger.ts';
import { createMemoryStateStore } from '../../../shared/pool/memoryLedger.ts';
import { nextStep, type SentAttempt } from '../../../shared/pool/nextStep.ts';
import type { Outcome } from '../../../shared/pool/outcome.ts';
import { createSharedLedger } from '../../../shared/pool/sharedLedger.ts';
import type { StateStore } from '../../../shared/pool/stateStore.ts';
import type { Job } from '../jobs.ts';
import { REQUESTS_PER_1K } from '../scenario.ts';
import type { Reply } from '../service.ts';
import type { Player, Table } from './player.ts';

const MODEL = 'gpt-4@vision-preview';
/** The application's own times: of waiting inline, and how early a message appears and how late it is polled. */
const INLINE_MS = 5_000;
const CALLED_WAIT_MS = 40_000;
const SHOWN_EARLY_MS = 3_000;
const POLLED_LATE_MS = 2_000;
const OUTAGE_PAUSE_MS = 60_000;

/** Argus as it runs: waits inline for what starts soon, else hands over to the queue and is woken shortly before. */
export const argus: Player = {
  name: 'argus',
  sit: (table) => {
    const deployments = deploymentsOf(table.service.tokensPerMinute);
    const ledger = countedLedger(table, deployments);
    return (job) => bring(job, { table, deployments, pick: () => ({ ledger, now: table.time.now }) });
  },
};

/** The ledger of one process, which counts its writes. */
export function countedLedger(table: Table, deployments: readonly Deployment[]): Ledger {
  const store = createMemoryStateStore();
  const write: StateStore['write'] = (text, version) => {
    table.count('write');
    return store.write(text, version);
  };
  return createSharedLedger(() => ({ ...store, write }), deployments, {
    httpShare: 0.2,
    localShare: 0.1,
    now: table.time.now,
    // Memory answers at once.
    sleep: () => new Promise(() => undefined),
    random: table.random,
    signal: () => undefined,
  });
}

export interface Instance {
  readonly ledger: Ledger;
  /** The instance's own clock. */
  readonly now: () => number;
}

interface Seat {
  readonly table: Table;
  readonly deployments: readonly Deployment[];
  /** The instance that a message reaches. */
  readonly pick: () => Instance;
  /** Absent: work that is sent away returns by itself, shortly before its estimated start. */
  readonly waker?: Waker;
}

/** Wakes waiting work, where nothing returns by itself. */
export interface Waker {
  /** Resolves when the job is woken. */
  readonly rest: (job: Job) => Promise<void>;
  /** Whether older work rests: new work is not to pass it. */
  readonly hasResting: () => boolean;
  readonly asks: (job: Job) => void;
  readonly starts: (job: Job) => void;
  readonly ends: () => void;
}

export async function bring(job: Job, seat: Seat): Promise<'answered'> {
  const { table } = seat;
  let instance = seat.pick();
  let inlineMs = INLINE_MS;
  let placeInLineMs: number | undefined;
  const createdMs = instance.now();
  let attempts: SentAttempt[] = [];
  let exclude: readonly string[] = [];
  const { waker } = seat;
  const handOver = async (startMs: number): Promise<void> => {
    const wholeSeconds = Math.max(0, Math.ceil((startMs - SHOWN_EARLY_MS - instance.now()) / 1_000)) * 1_000;
    if (waker) await waker.rest(job);
    else await table.time.sleep(wholeSeconds);
    table.count('message');
    await table.time.sleep(table.random() * POLLED_LATE_MS);
    instance = seat.pick();
    placeInLineMs = startMs;
    inlineMs = CALLED_WAIT_MS;
    exclude = [];
    attempts = [];
    untilMs = instance.now() + inlineMs;
  };
  let untilMs = instance.now() + inlineMs;
  if (waker?.hasResting()) await handOver(instance.now());
  for (;;) {
    waker?.asks(job);
    const need: Need = {
      analysisId: job.id,
      admissionTokens: job.estimatedTokens,
      model: MODEL,
      caller: 'backlog',
      exclude,
      createdMs,
      latestStartMs: untilMs,
      ...(placeInLineMs === undefined ? {} : { placeInLineMs }),
    };
    table.count('ask');
    const placement = await instance.ledger.book(need);
    if (placement.kind === 'never') throw new Error(`${job.id} fits nowhere.`);
    if (placement.kind === 'wait') {
      await table.time.sleep(placement.askAgainMs - instance.now());
      continue;
    }
    if (placement.kind !== 'booked') {
      await handOver(placement.kind === 'later' ? placement.expectedStartMs : placement.untilMs);
      continue;
    }
    const { booking } = placement;
    waker?.starts(job);
    const sentMs = instance.now();
    const reply = await table.service.ask(seat.deployments.indexOf(booking.deployment), job);
    const outcome = outcomeOf(reply);
    await instance.ledger.settle(booking, outcome, instance.now() - sentMs);
    waker?.ends();
    const step = nextStep(outcome, {
      deployment: booking.deployment.name,
      attempts,
      earlierAsks: 0,
      couldServe: seat.deployments.map(({ name }) => name),
      suspects: [],
      isEncoded: false,
      word: 'doubtful',
      tookMs: instance.now() - sentMs,
    });
    attempts = [...attempts, { deployment: booking.deployment.name, outcome: outcome.kind }];
    if (step.kind === 'done') return 'answered';
    if (step.kind === 'elsewhere') exclude = step.exclude;
    if (step.kind === 'wait') await handOver(instance.now() + OUTAGE_PAUSE_MS);
  }
}

function outcomeOf(reply: Reply): Outcome {
  const { remainingTokens, limitTokens } = reply;
  const hints = { limitTokens, ...(remainingTokens !== undefined && { remainingTokens }) };
  return reply.kind === 'answered'
    ? { kind: 'answered', text: '{}', finish: 'stop', usage: null, hints }
    : { kind: 'throttled', waitMs: reply.retryAfterMs, over: 'quota', hints };
}

export function deploymentsOf(tokensPerMinuteOfEach: readonly number[]): readonly Deployment[] {
  return tokensPerMinuteOfEach.map((tokensPerMinute, index) => ({
    name: `region-${index}`,
    deployment: 'gpt-4-vision-preview',
    endpoint: `https://region-${index}.openai.azure.com`,
    region: `region${index}`,
    model: MODEL,
    countsAs: MODEL,
    isPriced: true,
    // One scope for all: only so can a scenario have them share a quota.
    sku: 'GlobalStandard',
    tokensPerMinute,
    requestsPerMinute: (tokensPerMinute / 1_000) * REQUESTS_PER_1K,
    priority: 0,
    auth: { kind: 'managedIdentity' },
  }));
}
