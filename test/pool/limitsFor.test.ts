import { describe, expect, it } from 'vitest';
import { backlogLimitsFor, limitsFor } from '../../shared/pool/limitsFor.ts';
import { seedDeployment } from './deployments.ts';

const deployment = seedDeployment('westus');
const taking = { tokens: 1_865, minuteTokens: 10_000 };

describe('limitsFor', () => {
  it('leaves room for the rest of a minute, and for the other requests of 1 s, 10 s and a minute', () => {
    expect(limitsFor(deployment, { ...taking, hasAnswered: true })).toEqual([
      { windowBuckets: 602, room: 8_135, weight: 'tokens' },
      { windowBuckets: 12, room: 0, weight: 'requests' },
      { windowBuckets: 102, room: 9, weight: 'requests' },
      { windowBuckets: 602, room: 59, weight: 'requests' },
    ]);
  });

  it('lets eight leave in two seconds for a deployment that has not answered yet', () => {
    const limits = limitsFor(deployment, { ...taking, hasAnswered: false });
    expect(limits).toHaveLength(5);
    expect(limits.at(-1)).toEqual({ windowBuckets: 22, room: 7, weight: 'requests' });
  });
});

describe('backlogLimitsFor', () => {
  it('keeps the backlog to its part of a minute, and of the requests of 10 s and of a minute', () => {
    expect(backlogLimitsFor(deployment, { ...taking, httpShare: 0.2 })).toEqual([
      { windowBuckets: 602, room: 6_135, weight: 'backlogTokens' },
      { windowBuckets: 102, room: 7, weight: 'backlogRequests' },
      { windowBuckets: 602, room: 47, weight: 'backlogRequests' },
    ]);
  });

  it('lets a request through that is larger than the part, and one request of any', () => {
    expect(backlogLimitsFor(deployment, { ...taking, tokens: 9_000, httpShare: 0.2 })[0]?.room).toBe(0);
    const limits = backlogLimitsFor(deployment, { ...taking, httpShare: 0.99 });
    expect(limits.map(({ room }) => room)).toEqual([0, 0, 0]);
  });
});
