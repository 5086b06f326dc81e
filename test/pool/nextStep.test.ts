import { describe, expect, it } from 'vitest';
import { MOST_ASKS, type NextStep, nextStep, type Story } from '../../shared/pool/nextStep.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { ambiguous, answered, filtered, refused, throttled } from './deployments.ts';

const story = (overrides: Partial<Story> = {}): Story => ({
  deployment: 'sweden',
  attempts: [],
  earlierAsks: 0,
  couldServe: ['sweden', 'switzerland'],
  ...overrides,
});

const throttledIn = (deployment: string) => ({ deployment, outcome: 'throttled' }) as const;
const refusedIn = (deployment: string) => ({ deployment, outcome: 'refused' }) as const;
const ambiguousIn = (deployment: string) => ({ deployment, outcome: 'ambiguous' }) as const;

interface Row {
  readonly when: string;
  readonly outcome: Outcome;
  readonly story?: Partial<Story>;
  readonly next: Partial<NextStep>;
}

const rows: readonly Row[] = [
  { when: 'an answer came', outcome: answered(), next: { kind: 'done' } },
  {
    when: 'a content filter stopped it',
    outcome: filtered,
    next: {
      kind: 'reject',
      code: 'content-filtered',
      category: 'violence',
      detail: "The service's content filter stopped the image: violence.",
    },
  },
  {
    when: 'the request is one that no deployment takes',
    outcome: refused('bad-request', 400),
    next: {
      kind: 'fail',
      code: 'service-refused',
      detail: 'The service refused the request with 400: It said bad-request.',
    },
  },
  {
    when: 'a deployment has no room',
    outcome: throttled(),
    next: { kind: 'elsewhere', exclude: ['sweden'] },
  },
  {
    when: 'no deployment has room',
    outcome: throttled(),
    story: { attempts: [throttledIn('switzerland')] },
    next: { kind: 'wait', for: 'quota', detail: 'Each of the 2 deployments that could serve it had no room.' },
  },
  {
    when: 'the only deployment has no room',
    outcome: throttled(),
    story: { couldServe: ['sweden'] },
    next: { kind: 'wait', for: 'quota', detail: 'The only deployment that could serve it had no room.' },
  },
  ...(['unauthorized', 'forbidden', 'not-found', 'payment', 'unreachable', 'redirected'] as const).flatMap(
    (reason): Row[] => [
      {
        when: `a deployment says ${reason}`,
        outcome: refused(reason),
        next: { kind: 'elsewhere', exclude: ['sweden'] },
      },
      {
        when: `every deployment says ${reason}`,
        outcome: refused(reason),
        story: { attempts: [refusedIn('switzerland')] },
        next: { kind: 'wait', for: 'outage', detail: 'Each of the 2 deployments that could serve it refused.' },
      },
    ],
  ),
  {
    when: 'one refuses and the other has no room',
    outcome: refused('unauthorized', 401),
    story: { attempts: [throttledIn('switzerland')] },
    next: { kind: 'wait', for: 'quota' },
  },
  { when: 'no access token can be had', outcome: refused('no-token'), next: { kind: 'wait', for: 'outage' } },
  { when: 'it was stopped before it was sent', outcome: refused('aborted'), next: { kind: 'wait', for: 'quota' } },
  ...(['timeout', 'reset', 'server-error', 'cut-body', 'not-json', 'no-usable-body'] as const).flatMap(
    (reason): Row[] => [
      {
        when: `it may have been worked on (${reason})`,
        outcome: ambiguous(reason),
        next: { kind: 'again', exclude: ['sweden'] },
      },
      {
        when: `it may have been worked on (${reason}) for the second time`,
        outcome: ambiguous(reason),
        story: { attempts: [ambiguousIn('switzerland')] },
        next: { kind: 'wait', for: 'outage' },
      },
    ],
  ),
  {
    when: 'it may have been worked on after a 429 elsewhere',
    outcome: ambiguous(),
    story: { attempts: [throttledIn('switzerland')] },
    next: { kind: 'again', exclude: ['switzerland', 'sweden'] },
  },
  {
    when: 'ten requests may have reached the model',
    outcome: ambiguous('timeout'),
    story: { earlierAsks: MOST_ASKS - 1 },
    next: {
      kind: 'fail',
      code: 'service-refused',
      detail: '10 requests ended without a usable answer; the limit is 10. The last: It was timeout.',
    },
  },
  {
    when: 'a full quota was met a hundred times',
    outcome: throttled(),
    story: { attempts: Array.from({ length: 100 }, () => throttledIn('switzerland')) },
    next: { kind: 'wait', for: 'quota' },
  },
];

describe('nextStep', () => {
  it.each(rows)('says $next.kind when $when', ({ outcome, story: given, next }) => {
    expect(nextStep(outcome, story(given))).toMatchObject(next);
  });
});
