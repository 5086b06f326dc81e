import { afterEach, describe, expect, it, vi } from 'vitest';
import { logSignal, signalOfPool } from '../../shared/signals/signals.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('logSignal', () => {
  it('writes one line of JSON, named for what has happened', () => {
    const lines: unknown[] = [];
    vi.spyOn(console, 'log').mockImplementation((line) => lines.push(line));
    logSignal({ event: 'analysis.failed', facts: { analysisId: 'a', code: 'pool-down', waitedMs: 5 } });
    expect(lines).toEqual(['{"event":"analysis.failed","analysisId":"a","code":"pool-down","waitedMs":5}']);
  });
});

describe('signalOfPool', () => {
  it.each([
    ['throttled', 'pool.throttled'],
    ['circuit-opened', 'pool.circuit_opened'],
    ['ambiguous', 'pool.ambiguous'],
  ] as const)('names what the pool calls %s', (kind, event) => {
    expect(signalOfPool({ kind, deployment: 'westus', detail: 'It refused.' })).toEqual({
      event,
      facts: { deployment: 'westus', detail: 'It refused.' },
    });
  });

  it('says with which status and code a deployment refuses', () => {
    const why = { deployment: 'westus', detail: 'It refused.', status: 400, code: 'OperationNotSupported' };
    expect(signalOfPool({ kind: 'misconfigured', ...why })).toEqual({ event: 'deployment.misconfigured', facts: why });
  });

  it('says why the shared state is lost, and for how long it was', () => {
    const why = { reason: 'unavailable', detail: 'It refused.', status: 403, code: 'AuthorizationFailure' } as const;
    expect(signalOfPool({ kind: 'ledger-lost', ...why })).toEqual({ event: 'pool.ledger_lost', facts: why });
    const back = { detail: 'It is back.', lostMs: 5_000 };
    expect(signalOfPool({ kind: 'ledger-back', ...back })).toEqual({ event: 'pool.ledger_back', facts: back });
  });
});
