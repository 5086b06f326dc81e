import type { Word } from './circuit.ts';
import { isTelling, type Outcome, type OutcomeKind, type Refused, type Suspect } from './outcome.ts';
import { endRefused, type RefusedEnd, refusalText } from './refusals.ts';

/** One request that was sent, as a record keeps it. */
export interface SentAttempt {
  /** The deployment's name. */
  readonly deployment: string;
  readonly outcome: OutcomeKind;
}

export interface Story {
  /** Where the outcome came from. */
  readonly deployment: string;
  /** What was sent before it in this run. */
  readonly attempts: readonly SentAttempt[];
  /** Attempts of earlier runs, of all kinds but `throttled` and `refused`: those that may have reached the model. */
  readonly earlierAsks: number;
  /** Names of all deployments that could serve it. */
  readonly couldServe: readonly string[];
  /** Deployments that refused this request before, and that another one judges. */
  readonly suspects: readonly Suspect[];
  /** The image was encoded by us: an odd encoding cannot be the reason of a refusal. */
  readonly isEncoded: boolean;
  /** Of a refusal that another deployment is to judge. */
  readonly word: Word;
  /** From sending to the end. */
  readonly tookMs: number;
}

interface Retried {
  readonly exclude: readonly string[];
  /** Those that the next deployment's outcome convicts or clears. */
  readonly suspects?: readonly Suspect[];
  /** The image is decoded and encoded first. */
  readonly encodes?: true;
  /** Where it is to go if there is room at once. */
  readonly prefer?: string;
}

export type NextStep =
  | { readonly kind: 'done' }
  /** Certainly not processed: at once to another deployment, or once more encoded differently. */
  | ({ readonly kind: 'elsewhere' } & Retried)
  /** Maybe processed: once more under a new booking, elsewhere if possible. */
  | ({ readonly kind: 'again' } & Retried)
  /** Not the image's fault: the analysis waits. */
  | { readonly kind: 'wait'; readonly for: 'quota' | 'outage'; readonly detail: string }
  | { readonly kind: 'reject'; readonly code: 'content-filtered'; readonly category: string; readonly detail: string }
  | RefusedEnd;

/** Most requests of one analysis that may have reached the model, over all its runs. */
export const MOST_ASKS = 10;

/** A service has answered 500 after 30 to 40 s for an image that it could not load (Azure/azure-sdk-for-net#44907, 2024-07-09). */
const LOADS_IN_MS = 20_000;

/**
 * Decides what follows an outcome.
 *
 * - A deployment's own problem (429, 401, 403, 404, its settings, a refused connection): the next deployment, through all
 *   that could serve. Then the analysis waits: for quota if one of them only had no room, else for the outage's end.
 * - A refusal of the image or the request: ends the analysis when a second deployment refuses too, or if there is none, for the
 *   first may have a wrong setting. An image that cannot be decoded is encoded again first.
 * - An ambiguous outcome: once more; after a second one the analysis waits for the outage's end.
 *
 * A full quota or an outage never fails an analysis; ten requests that may have reached the model without an answer do.
 */
export function nextStep(outcome: Outcome, story: Story): NextStep {
  switch (outcome.kind) {
    case 'answered':
      return { kind: 'done' };
    case 'filtered': {
      const isFirst = story.attempts.every((attempt) => attempt.outcome !== 'filtered');
      if (outcome.mayPass && isFirst) return { kind: 'again', exclude: triedBy(story) };
      const on = outcome.on === 'image' ? 'the image' : 'the answer';
      const detail = `The service's content filter stopped ${on}: ${outcome.category}.`;
      return { kind: 'reject', code: 'content-filtered', category: outcome.category, detail };
    }
    case 'ambiguous':
      return afterAmbiguity(outcome, story);
    case 'throttled':
      return elsewhereOrWait(story);
    case 'refused':
      return afterRefusal(outcome, story);
  }
}

function afterRefusal(refused: Refused, story: Story): NextStep {
  switch (refused.reason) {
    case 'bad-request':
    case 'unclear':
      return judged(refused, story);
    case 'bad-image':
      if (refused.imageFault === 'too-large' || story.isEncoded) return judged(refused, story);
      // Encoded again, to the same deployment: if it refuses that as well, the file was not the reason.
      return { kind: 'elsewhere', exclude: [], encodes: true, prefer: story.deployment };
    case 'no-token':
      return { kind: 'wait', for: 'outage', detail: `No access token could be had: ${refused.detail}` };
    case 'aborted':
      return { kind: 'wait', for: 'quota', detail: 'It was stopped before it was sent.' };
    default:
      return elsewhereOrWait(story, refused);
  }
}

/**
 * A second deployment that refuses the same request is believed if it answers others; else a third is asked, until all have
 * refused. Where the others are out, it waits for one of them.
 */
function judged(refused: Refused, story: Story): NextStep {
  const { suspects, deployment, couldServe } = story;
  const others = couldServe.filter((name) => name !== deployment);
  const isSecond = suspects.some((suspect) => suspect.deployment !== deployment);
  if (story.word === 'believed' && (isSecond || others.length === 0)) return endRefused(refused);
  const haveAllRefused = others.every((name) => suspects.some((suspect) => suspect.deployment === name));
  const isDoubtful = story.word === 'doubtful' && (isTelling(refused) || others.length > 0);
  if (haveAllRefused && isDoubtful) return endRefused(refused);
  if (suspects.some((suspect) => suspect.deployment === deployment)) {
    const detail = `No other deployment could be asked after ${deployment} had refused it: it ${refusalText(refused)}.`;
    return { kind: 'wait', for: 'outage', detail };
  }
  const now = [...suspects, { deployment, refusal: refused }];
  const next = elsewhereOrWait(story, refused);
  if (next.kind === 'elsewhere') return { ...next, suspects: now };
  // One that refused the file as it came may have had no room for our encoding of it.
  const exclude = now.map((suspect) => suspect.deployment);
  const hasRefused = (name: string): boolean =>
    story.attempts.some((one) => one.deployment === name && one.outcome === 'refused');
  const isLeft = story.isEncoded && couldServe.some((name) => !exclude.includes(name) && hasRefused(name));
  return isLeft ? { kind: 'elsewhere', exclude, suspects: now } : next;
}

function afterAmbiguity(outcome: Extract<Outcome, { kind: 'ambiguous' }>, story: Story): NextStep {
  const asks = story.earlierAsks + story.attempts.filter(mayHaveReachedModel).length + 1;
  if (asks >= MOST_ASKS) {
    const detail = `${asks} requests ended without a usable answer; the limit is ${MOST_ASKS}. The last: ${outcome.detail}`;
    return { kind: 'fail', code: 'service-refused', detail };
  }
  if (story.attempts.some((attempt) => attempt.outcome === 'ambiguous')) {
    return {
      kind: 'wait',
      for: 'outage',
      detail: `Two requests ended without an answer that tells; the last: ${outcome.detail}`,
    };
  }
  const mayNotLoad = outcome.status === 500 && story.tookMs >= LOADS_IN_MS && !story.isEncoded;
  return { kind: 'again', exclude: triedBy(story), ...(mayNotLoad && { encodes: true }) };
}

/** @param refused absent where it had no room */
function elsewhereOrWait(story: Story, refused?: Refused): NextStep {
  const exclude = triedBy(story);
  if (story.couldServe.some((name) => !exclude.includes(name))) return { kind: 'elsewhere', exclude };
  const hadOnlyNoRoom = refused === undefined || story.attempts.some((attempt) => attempt.outcome === 'throttled');
  const count = story.couldServe.length;
  const every = count === 1 ? 'The only deployment' : `Each of the ${count} deployments`;
  return hadOnlyNoRoom
    ? { kind: 'wait', for: 'quota', detail: `${every} that could serve it had no room.` }
    : {
        kind: 'wait',
        for: 'outage',
        detail: `${every} that could serve it refused. The last, ${story.deployment}, ${refusalText(refused)}.`,
      };
}

/** Of an attempt, also one that is on its way: whether it may have been worked on, and billed. */
export function mayHaveReachedModel({ outcome }: { readonly outcome: OutcomeKind | 'sending' | 'unusable' }): boolean {
  return outcome !== 'throttled' && outcome !== 'refused';
}

function triedBy(story: Story): readonly string[] {
  return [...new Set([...story.attempts.map((attempt) => attempt.deployment), story.deployment])];
}
