import type { Outcome, OutcomeKind } from './outcome.ts';

/** One request that was sent, as a record keeps it. */
export interface SentAttempt {
  /** The deployment's name. */
  readonly deployment: string;
  readonly outcome: OutcomeKind;
}

export interface Story {
  /** Where the outcome came from. */
  readonly deployment: string;
  /** What was sent in this run before it: since the analysis was last taken up. */
  readonly attempts: readonly SentAttempt[];
  /** Attempts of earlier runs, of all kinds but `throttled` and `refused`: those that may have reached the model. */
  readonly earlierAsks: number;
  /** Names of all deployments that could serve it. */
  readonly couldServe: readonly string[];
}

export type NextStep =
  | { readonly kind: 'done' }
  /** Certainly not worked on: at once to another deployment. */
  | { readonly kind: 'elsewhere'; readonly exclude: readonly string[] }
  /** Maybe worked on: once more under a new booking, elsewhere if possible. */
  | { readonly kind: 'again'; readonly exclude: readonly string[] }
  /** Not the image's fault: the analysis waits. */
  | { readonly kind: 'wait'; readonly for: 'quota' | 'outage'; readonly detail: string }
  | { readonly kind: 'reject'; readonly code: 'content-filtered'; readonly category: string; readonly detail: string }
  | { readonly kind: 'fail'; readonly code: 'service-refused'; readonly detail: string };

/** Most requests of one analysis that may have reached the model, over all its runs. */
export const MOST_ASKS = 10;

/**
 * What the story does after an outcome. Only what cannot have produced work (429, 401, 402, 403, 404, nobody listens)
 * moves on freely, through every deployment that could serve; then the analysis waits for quota if one of them only had
 * no room, else for the outage's end. An ambiguous outcome is tried once more; a second one waits for the outage's end.
 * A full quota or an outage never fails an analysis; ten requests that may have reached the model without an answer do.
 */
export function nextStep(outcome: Outcome, story: Story): NextStep {
  switch (outcome.kind) {
    case 'answered':
      return { kind: 'done' };
    case 'filtered': {
      const on = outcome.on === 'image' ? 'the image' : 'the answer';
      const detail = `The service's content filter stopped ${on}: ${outcome.category}.`;
      return { kind: 'reject', code: 'content-filtered', category: outcome.category, detail };
    }
    case 'ambiguous':
      return afterAmbiguity(outcome, story);
    case 'throttled':
      return elsewhereOrWait(story, outcome.kind);
    case 'refused':
      if (outcome.reason === 'bad-request') {
        const status = outcome.status === null ? '' : ` with ${outcome.status}`;
        return {
          kind: 'fail',
          code: 'service-refused',
          detail: `The service refused the request${status}: ${outcome.detail}`,
        };
      }
      if (outcome.reason === 'no-token') {
        return { kind: 'wait', for: 'outage', detail: `No access token could be had: ${outcome.detail}` };
      }
      if (outcome.reason === 'aborted')
        return { kind: 'wait', for: 'quota', detail: 'It was stopped before it was sent.' };
      return elsewhereOrWait(story, outcome.kind);
  }
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
  return { kind: 'again', exclude: triedBy(story) };
}

function elsewhereOrWait(story: Story, ended: 'throttled' | 'refused'): NextStep {
  const exclude = triedBy(story);
  if (story.couldServe.some((name) => !exclude.includes(name))) return { kind: 'elsewhere', exclude };
  const hadOnlyNoRoom = ended === 'throttled' || story.attempts.some((attempt) => attempt.outcome === 'throttled');
  const count = story.couldServe.length;
  const every = count === 1 ? 'The only deployment' : `Each of the ${count} deployments`;
  return hadOnlyNoRoom
    ? { kind: 'wait', for: 'quota', detail: `${every} that could serve it had no room.` }
    : { kind: 'wait', for: 'outage', detail: `${every} that could serve it refused.` };
}

/** Of an attempt, also one that is on its way: whether it may have been worked on, and billed. */
export function mayHaveReachedModel({ outcome }: { readonly outcome: OutcomeKind | 'sending' | 'unusable' }): boolean {
  return outcome !== 'throttled' && outcome !== 'refused';
}

function triedBy(story: Story): readonly string[] {
  return [...new Set([...story.attempts.map((attempt) => attempt.deployment), story.deployment])];
}
