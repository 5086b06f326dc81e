import { book } from '../../shared/pool/book.ts';
import { wordOf } from '../../shared/pool/circuit.ts';
import type { Booking } from '../../shared/pool/ledger.ts';
import { type NextStep, nextStep, type SentAttempt } from '../../shared/pool/nextStep.ts';
import type { Outcome, Suspect } from '../../shared/pool/outcome.ts';
import { type PoolState, poolStateOf } from '../../shared/pool/poolState.ts';
import { settle } from '../../shared/pool/settle.ts';
import { viewOf } from '../../shared/pool/viewOf.ts';
import { need, START_MS, seedPool } from './deployments.ts';

const BAD: readonly string[] = ['gpt-4-vision-preview-swedencentral'];
const OUTAGE_PAUSE_MS = 60_000;
const REFUSES_IN_MS = 20;

/** How 2,000 images fared, with one deployment of four, or some, that answer every request in one way. */
export interface Fared {
  readonly answered: number;
  /** Ended for good without an answer. */
  readonly lost: readonly Extract<NextStep, { kind: 'fail' | 'reject' }>[];
  /** Requests that the bad deployment got. */
  readonly atBad: number;
  /** How often its circuit opened. */
  readonly openings: number;
  readonly misconfigured: number;
  readonly tookMs: number;
}

interface Image {
  readonly id: string;
  attempts: SentAttempt[];
  exclude: readonly string[];
  suspects: readonly Suspect[];
  prefer: string | undefined;
  isEncoded: boolean;
  createdMs: number;
}

/** The pool's decisions alone, in virtual time: images come two a second, and good deployments answer in 3 to 12 s. */
export function playOneBadOfFour(
  badOutcome: Outcome,
  images: number,
  random: () => number,
  bad = BAD,
  deployments = seedPool.map((one) => ({ ...one, tokensPerMinute: 120_000, requestsPerMinute: 720 })),
): Fared {
  let pool: PoolState = poolStateOf(deployments, { httpShare: 0.2 });
  let [answered, atBad, openings, misconfigured, nowMs] = [0, 0, 0, 0, START_MS];
  const lost: Fared['lost'][number][] = [];
  const events: { atMs: number; run: () => void }[] = [];
  const at = (atMs: number, run: () => void): void => {
    const place = events.findIndex((event) => event.atMs > atMs);
    events.splice(place === -1 ? events.length : place, 0, { atMs, run });
  };

  function ask(image: Image): void {
    const { placement, state } = book(
      pool,
      need({
        analysisId: image.id,
        exclude: image.exclude,
        suspects: image.suspects,
        ...(image.prefer !== undefined && { prefer: image.prefer }),
        createdMs: image.createdMs,
        placeInLineMs: image.createdMs,
      }),
      nowMs,
    );
    pool = state;
    if (placement.kind === 'wait') at(Math.max(nowMs + 1, placement.askAgainMs), () => ask(image));
    if (placement.kind === 'later') at(Math.max(nowMs + 1, placement.expectedStartMs), () => ask(image));
    if (placement.kind === 'outage') at(Math.max(nowMs + 1, placement.untilMs), () => startAnew(image));
    if (placement.kind === 'never') throw new Error('Every image fits.');
    if (placement.kind === 'booked') send(image, placement.booking);
  }

  function send(image: Image, booking: Booking): void {
    const isBad = bad.includes(booking.deployment.name);
    if (isBad) atBad += 1;
    const outcome: Outcome = isBad
      ? badOutcome
      : { kind: 'answered', text: '{}', finish: 'stop', usage: null, hints: {} };
    const tookMs = isBad ? REFUSES_IN_MS : 3_000 + Math.floor(random() * 9_000);
    at(nowMs + tookMs, () => end(image, { booking, outcome, tookMs }));
  }

  function end(image: Image, ended: { booking: Booking; outcome: Outcome; tookMs: number }): void {
    const { booking, outcome, tookMs } = ended;
    const settled = settle(pool, booking, { outcome, tookMs, nowMs });
    pool = settled.state;
    openings += settled.signals.filter(({ kind }) => kind === 'circuit-opened').length;
    misconfigured += settled.signals.filter(({ kind }) => kind === 'misconfigured').length;
    const { name } = booking.deployment;
    const view = viewOf(pool, nowMs).find(({ deployment }) => deployment.name === name);
    const step = nextStep(outcome, {
      deployment: name,
      attempts: image.attempts,
      earlierAsks: 0,
      couldServe: deployments.map((each) => each.name),
      suspects: image.suspects,
      isEncoded: image.isEncoded,
      word: outcome.kind === 'refused' && view !== undefined ? wordOf(outcome, view) : 'worthless',
      tookMs,
    });
    image.attempts.push({ deployment: name, outcome: outcome.kind });
    if (step.kind === 'done') answered += 1;
    else if (step.kind === 'fail' || step.kind === 'reject') lost.push(step);
    else if (step.kind === 'wait') at(nowMs + OUTAGE_PAUSE_MS, () => startAnew(image));
    else {
      image.exclude = step.exclude;
      image.suspects = step.encodes ? [] : (step.suspects ?? image.suspects);
      image.prefer = step.prefer;
      image.isEncoded ||= step.encodes === true;
      ask(image);
    }
  }

  function startAnew(image: Image): void {
    Object.assign(image, { attempts: [], exclude: [], suspects: [], prefer: undefined });
    ask(image);
  }

  for (let index = 0; index < images; index += 1) {
    const createdMs = START_MS + index * 500;
    const none = { attempts: [], exclude: [], suspects: [], prefer: undefined };
    const image: Image = { id: `image-${index}`, ...none, isEncoded: false, createdMs };
    at(createdMs, () => ask(image));
  }
  for (let event = events.shift(); event !== undefined; event = events.shift()) {
    nowMs = event.atMs;
    event.run();
  }
  return { answered, lost, atBad, openings, misconfigured, tookMs: nowMs - START_MS };
}
