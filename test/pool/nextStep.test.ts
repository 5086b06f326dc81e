import { describe, expect, it } from 'vitest';
import { MOST_ASKS, type NextStep, nextStep, type Story } from '../../shared/pool/nextStep.ts';
import type { ImageFault, Outcome, Refused, Suspect } from '../../shared/pool/outcome.ts';
import { ambiguous, answered, filtered, refused, throttled } from './deployments.ts';

const story = (overrides: Partial<Story> = {}): Story => ({
  deployment: 'sweden',
  attempts: [],
  earlierAsks: 0,
  couldServe: ['sweden', 'switzerland'],
  suspects: [],
  isEncoded: false,
  word: 'doubtful',
  tookMs: 900,
  ...overrides,
});

const throttledIn = (deployment: string) => ({ deployment, outcome: 'throttled' }) as const;
const refusedIn = (deployment: string) => ({ deployment, outcome: 'refused' }) as const;
const ambiguousIn = (deployment: string) => ({ deployment, outcome: 'ambiguous' }) as const;

const suspect = (deployment: string): Suspect => ({ deployment, refusal: refused('unclear', 400) });
const badImage = (imageFault: ImageFault): Refused => ({ ...refused('bad-image', 400), imageFault });

const mayPass: Outcome = {
  kind: 'filtered',
  on: 'image',
  category: 'invalid_prompt',
  mayPass: true,
  usage: null,
  hints: {},
};

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
  ...(['bad-request', 'unclear'] as const).flatMap((reason): Row[] => [
    {
      when: `a deployment refuses the request (${reason}), for another one to judge`,
      outcome: refused(reason, 400),
      next: {
        kind: 'elsewhere',
        exclude: ['sweden'],
        suspects: [{ deployment: 'sweden', refusal: refused(reason, 400) }],
      },
    },
    {
      when: `a second deployment refuses the request too (${reason})`,
      outcome: refused(reason, 400),
      story: { attempts: [refusedIn('switzerland')], suspects: [suspect('switzerland')], word: 'believed' },
      next: {
        kind: 'fail',
        code: 'service-refused',
        detail: `The service refused the request with 400: It said ${reason}.`,
      },
    },
    {
      when: `a second deployment refuses the request too, and answers no others, for a third one to judge (${reason})`,
      outcome: refused(reason, 400),
      story: {
        attempts: [refusedIn('switzerland')],
        suspects: [suspect('switzerland')],
        couldServe: ['sweden', 'switzerland', 'france'],
      },
      next: {
        kind: 'elsewhere',
        exclude: ['switzerland', 'sweden'],
        suspects: [suspect('switzerland'), { deployment: 'sweden', refusal: refused(reason, 400) }],
      },
    },
    {
      when: `the same deployment refuses it again, since the others are out (${reason})`,
      outcome: refused(reason, 400),
      story: { attempts: [refusedIn('sweden')], suspects: [suspect('sweden')] },
      next: {
        kind: 'wait',
        for: 'outage',
        detail: `No other deployment could be asked after sweden had refused it: it answers 400: It said ${reason}.`,
      },
    },
    {
      when: `a deployment refuses the request (${reason}) and the others have no room`,
      outcome: refused(reason, 400),
      story: { attempts: [throttledIn('switzerland')] },
      next: { kind: 'wait', for: 'quota' },
    },
  ]),
  {
    when: 'all deployments refuse for a reason that tells nothing, and none has ever answered',
    outcome: refused('unclear', 400),
    story: { attempts: [refusedIn('switzerland')], suspects: [suspect('switzerland')] },
    next: { kind: 'fail', code: 'service-refused' },
  },
  {
    when: 'all deployments refuse for a reason that tells nothing, and so the ones before',
    outcome: refused('unclear', 400),
    story: { attempts: [refusedIn('switzerland')], suspects: [suspect('switzerland')], word: 'worthless' },
    next: { kind: 'wait', for: 'outage' },
  },
  {
    when: 'all deployments refuse for a reason that tells, and none has ever answered',
    outcome: refused('bad-request', 400),
    story: { attempts: [refusedIn('switzerland')], suspects: [suspect('switzerland')] },
    next: { kind: 'fail', code: 'service-refused' },
  },
  {
    when: 'all others refuse our encoding, and the one that refused the file as it came has not seen it',
    outcome: badImage('undecodable'),
    story: { attempts: [refusedIn('switzerland')], isEncoded: true },
    next: {
      kind: 'elsewhere',
      exclude: ['sweden'],
      suspects: [{ deployment: 'sweden', refusal: badImage('undecodable') }],
    },
  },
  {
    when: 'all deployments refuse so large a request',
    outcome: refused('unclear', 413),
    story: { attempts: [refusedIn('switzerland')], suspects: [suspect('switzerland')] },
    next: { kind: 'reject', code: 'too-large' },
  },
  {
    when: 'the only deployment refuses a request that none would take',
    outcome: refused('bad-request', 400),
    story: { couldServe: ['sweden'] },
    next: { kind: 'fail', code: 'service-refused' },
  },
  {
    when: 'the only deployment refuses for a reason that tells nothing, and answers others',
    outcome: refused('unclear', 400),
    story: { couldServe: ['sweden'], word: 'believed' },
    next: { kind: 'fail', code: 'service-refused' },
  },
  {
    when: 'the only deployment refuses for a reason that tells nothing, and answers nobody',
    outcome: refused('unclear', 400),
    story: { couldServe: ['sweden'] },
    next: {
      kind: 'wait',
      for: 'outage',
      detail: 'The only deployment that could serve it refused. The last, sweden, answers 400: It said unclear.',
    },
  },
  {
    when: 'the only deployment is set up wrongly',
    outcome: { ...refused('misconfigured', 400), code: 'OperationNotSupported' },
    story: { couldServe: ['sweden'], word: 'believed' },
    next: {
      kind: 'wait',
      for: 'outage',
      detail:
        'The only deployment that could serve it refused. The last, sweden, answers 400 OperationNotSupported: It said misconfigured.',
    },
  },
  {
    when: 'an image cannot be read as it came: to the same deployment, encoded anew',
    outcome: badImage('undecodable'),
    next: { kind: 'elsewhere', exclude: [], encodes: true, prefer: 'sweden' },
  },
  {
    when: 'our own encoding of an image cannot be read, for another deployment to judge',
    outcome: badImage('undecodable'),
    story: { isEncoded: true },
    next: {
      kind: 'elsewhere',
      exclude: ['sweden'],
      suspects: [{ deployment: 'sweden', refusal: badImage('undecodable') }],
    },
  },
  ...(
    [
      ['undecodable', 'broken-image'],
      ['unsupported', 'unsupported-format'],
      ['too-large', 'too-large'],
    ] as const
  ).flatMap(([fault, code]): Row[] => [
    {
      when: `a second deployment cannot read our own encoding either (${fault})`,
      outcome: badImage(fault),
      story: { isEncoded: true, suspects: [suspect('switzerland')] },
      next: { kind: 'reject', code, detail: 'The model service refused the image with 400: It said bad-image.' },
    },
    {
      when: `the only deployment cannot read our own encoding (${fault})`,
      outcome: badImage(fault),
      story: { isEncoded: true, couldServe: ['sweden'] },
      next: { kind: 'reject', code },
    },
  ]),
  {
    when: 'the service’s own reader of images fails on two deployments',
    outcome: badImage('unread'),
    story: { isEncoded: true, suspects: [suspect('switzerland')] },
    next: { kind: 'fail', code: 'service-refused' },
  },
  {
    when: 'two gateways take no request of this size',
    outcome: refused('unclear', 413),
    story: { suspects: [suspect('switzerland')] },
    next: { kind: 'reject', code: 'too-large' },
  },
  {
    when: 'a filter stopped it that has let the same prompt pass',
    outcome: mayPass,
    next: { kind: 'again', exclude: ['sweden'] },
  },
  {
    when: 'such a filter stopped it for the second time',
    outcome: mayPass,
    story: { attempts: [{ deployment: 'switzerland', outcome: 'filtered' }] },
    next: { kind: 'reject', code: 'content-filtered' },
  },
  {
    when: 'a 500 comes so late that the image may not have been loaded',
    outcome: ambiguous('server-error'),
    story: { tookMs: 34_000 },
    next: { kind: 'again', exclude: ['sweden'], encodes: true },
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
  ...(
    ['unauthorized', 'forbidden', 'not-found', 'payment', 'misconfigured', 'unreachable', 'redirected'] as const
  ).flatMap((reason): Row[] => [
    {
      when: `a deployment says ${reason}`,
      outcome: refused(reason),
      next: { kind: 'elsewhere', exclude: ['sweden'] },
    },
    {
      when: `every deployment says ${reason}`,
      outcome: refused(reason),
      story: { attempts: [refusedIn('switzerland')] },
      next: {
        kind: 'wait',
        for: 'outage',
        detail: expect.stringMatching(
          /^Each of the 2 deployments that could serve it refused\. The last, sweden, .+\.$/,
        ),
      },
    },
  ]),
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

  it('encodes nothing anew after a 500 that comes at once', () => {
    expect(nextStep(ambiguous('server-error'), story({ tookMs: 900 }))).toEqual({ kind: 'again', exclude: ['sweden'] });
  });
});
