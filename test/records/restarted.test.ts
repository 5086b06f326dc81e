import { describe, expect, it } from 'vitest';
import { isRestartedByCall, restarted, restartedByCall } from '../../shared/records/restarted.ts';
import { answeredRecord, recordWith } from '../support/sampleRecords.ts';

const { usage, attempts, deployment, image } = answeredRecord();
const worked = { usage, attempts, deployment, image, costMicroUsd: 10_250, takeovers: 4 };

describe('restarted', () => {
  it('begins anew, and keeps its identity and what it has cost', () => {
    const ended = recordWith('failed', { ...worked, isAside: true });
    const { id, source, request, createdAtMs } = ended;
    const again = restarted(ended);
    expect(again).toMatchObject({ id, source, request, createdAtMs, isAside: true, usage, costMicroUsd: 10_250 });
    expect(again).toMatchObject({ status: 'queued', attempts: [], deployment: null, image: null, takeovers: 0 });
    expect(restarted(recordWith('failed', worked))).not.toHaveProperty('isAside');
  });

  it.each(['failed', 'cancelled'] as const)('keeps all of an answer that could not be written: %s', (status) => {
    const ended = recordWith(status, { ...worked, undelivered: 'packed' });
    expect(restarted(ended)).toMatchObject({ ...worked, status: 'queued', takeovers: 0, undelivered: 'packed' });
  });
});

describe('isRestartedByCall', () => {
  it.each([
    ['a full budget', recordWith('failed', { error: { code: 'budget-reached', detail: 'x' } }), true],
    ['a pool that was down', recordWith('failed', { error: { code: 'pool-down', detail: 'x' } }), true],
    ['a storage that refused', recordWith('failed', { error: { code: 'conflict', detail: 'x' } }), true],
    ['an unusable answer', recordWith('failed'), false],
    ['an unusable answer, with a retry that waits for its bytes', recordWith('failed', { awaitsBytes: true }), true],
    ['a cancellation', recordWith('cancelled'), false],
    ['a cancellation, with a retry that waits for its bytes', recordWith('cancelled', { awaitsBytes: true }), true],
    ['a broken image', recordWith('rejected'), false],
    ['success', recordWith('succeeded'), false],
  ])('after %s', (_, record, isRestarted) => {
    expect(isRestartedByCall(record)).toBe(isRestarted);
  });
});

describe('restartedByCall', () => {
  it('counts the attempts so far, unless a retry was requested', () => {
    expect(restartedByCall(recordWith('failed', worked)).attempts).toEqual(attempts);
    expect(restartedByCall(recordWith('failed', { ...worked, awaitsBytes: true })).attempts).toEqual([]);
    expect(restartedByCall(recordWith('rejected', worked)).attempts).toEqual(attempts);
  });

  it('keeps an answer that could not be written, with the attempts that led to it', () => {
    const ended = recordWith('failed', { ...worked, undelivered: 'packed', awaitsBytes: true });
    expect(restartedByCall(ended)).toMatchObject({ attempts, undelivered: 'packed' });
  });
});
