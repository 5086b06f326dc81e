import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type { FaultInput } from '../../../local/regions/fault.ts';
import { createFaults, faultPlanSchema, randomOfRegion } from '../../../local/regions/faults.ts';
import { meet } from './cloud.ts';

const unbilled = { billedTokens: 0 };
const billed = { admitted: true, status: 200, billedTokens: expect.any(Number), finish: 'stop' };

describe('faults of an emulated region', () => {
  it.each<[string, FaultInput, object]>([
    [
      'a full quota with both hints',
      { kind: 'throttle', retryAfterMs: 1500, retryAfter: '2' },
      { status: 429, code: '429' },
    ],
    ['a full quota with a hint of a day', { kind: 'throttle', retryAfterMs: 86_400_000 }, { status: 429 }],
    [
      'too many requests with a date',
      { kind: 'throttle', over: 'requests', retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT' },
      { status: 429 },
    ],
    ['want of capacity', { kind: 'capacity' }, { status: 429, code: 'too_many_requests' }],
    ['a lowered limit', { kind: 'lowered-limit', tokensPerMinute: 10 }, { status: 429 }],
    ['an error of the service', { kind: 'server-error' }, { status: 500 }],
    ['a service that is away', { kind: 'server-error', status: 503 }, { status: 503, code: 'ServiceUnavailable' }],
    ['a filter on the image', { kind: 'filter-image', category: 'hate' }, { status: 400, code: 'content_filter' }],
  ])('give the client %s, unbilled', async (_, fault, expected) => {
    const { error, charge } = await meet(fault);
    expect(error).toMatchObject(expected);
    expect(charge).toMatchObject({ ...unbilled, status: (expected as { status: number }).status, fault: fault.kind });
  });

  it('write hints as they are given, and none where none is given', async () => {
    const headersOf = async (fault: FaultInput): Promise<Headers> => {
      const { error } = await meet(fault);
      if (error instanceof OpenAI.APIError && error.headers) return error.headers;
      throw error;
    };
    const both = await headersOf({ kind: 'throttle', retryAfterMs: 1500, retryAfter: 'soon' });
    expect([both.get('retry-after-ms'), both.get('retry-after')]).toEqual(['1500', 'soon']);
    expect(both.get('x-ratelimit-remaining-tokens')).toBe('0');
    const none = await headersOf({ kind: 'capacity' });
    expect([none.get('retry-after-ms'), none.get('retry-after')]).toEqual([null, null]);
    const lowered = await headersOf({ kind: 'lowered-limit', tokensPerMinute: 10 });
    expect(lowered.get('x-ratelimit-limit-tokens')).toBe('10');
  });

  it.each<[string, FaultInput, object, object]>([
    [
      'a reset before the work',
      { kind: 'reset', when: 'before' },
      { cause: { cause: { code: 'ECONNRESET' } } },
      { ...unbilled, admitted: false },
    ],
    ['a reset after the work', { kind: 'reset', when: 'after' }, { cause: { cause: { code: 'ECONNRESET' } } }, billed],
    ['a body that is cut', { kind: 'cut-json' }, { name: 'TypeError', message: 'terminated' }, billed],
    ['broken JSON', { kind: 'broken-json' }, { name: 'SyntaxError' }, billed],
  ])('break the connection or the body: %s', async (_, fault, expected, charged) => {
    const { error, charge } = await meet(fault);
    expect(error).toMatchObject(expected);
    expect(charge).toMatchObject({ ...charged, fault: fault.kind });
  });

  it('answer 200 with a page of HTML, which the client takes for an answer', async () => {
    const { answer, charge } = await meet({ kind: 'html' });
    expect(answer).toMatch(/<!DOCTYPE html>/);
    expect(charge).toMatchObject(unbilled);
  });

  it.each<[string, FaultInput]>([
    ['never answer', { kind: 'timeout' }],
    ['answer too late', { kind: 'slow', ms: 20_000 }],
    ['send the body too slowly', { kind: 'slow-body', ms: 20_000 }],
  ])('%s, and bill the work that the client did not wait for', async (_, fault) => {
    const { error, charge } = await meet(fault, 3000);
    expect(error).toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    expect(charge).toMatchObject({
      admitted: true,
      billedTokens: expect.any(Number),
      answered: false,
      clientThere: false,
    });
  });

  it('are only slow for a client that waits', async () => {
    for (const kind of ['slow', 'slow-body'] as const) {
      const { answer, charge } = await meet({ kind, ms: 20 });
      expect(answer).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
      expect(charge).toMatchObject({ answered: true, clientThere: true });
    }
  });

  it('cut the answer for the content filter, and bill it', async () => {
    const { answer, charge } = await meet({ kind: 'filter-answer', category: 'sexual' });
    expect(answer).toMatchObject({
      choices: [{ finish_reason: 'content_filter', content_filter_results: { sexual: { filtered: true } } }],
    });
    expect(charge).toMatchObject({ status: 200, finish: 'content_filter' });
  });

  it('let the model say something else than it was asked for', async () => {
    const { answer } = await meet({ kind: 'answer', text: 'I cannot help with that.' });
    expect(answer).toMatchObject({ choices: [{ message: { content: 'I cannot help with that.' } }] });
  });
});

describe('createFaults', () => {
  const plan = faultPlanSchema.parse({
    script: [{ kind: 'none' }, { kind: 'timeout' }],
    random: { rate: 0.5, faults: [{ kind: 'html' }, { kind: 'timeout' }] },
  });
  const kinds = (seed: number, count: number): string[] => {
    const faults = createFaults(plan, randomOfRegion(seed, 'westus'));
    return Array.from({ length: count }, () => faults.next().kind);
  };

  it('plays the script first, then deals at random, the same for the same seed', () => {
    expect(kinds(7, 50)).toEqual(kinds(7, 50));
    expect(kinds(7, 50)).not.toEqual(kinds(8, 50));
    expect(kinds(7, 50).slice(0, 2)).toEqual(['none', 'timeout']);
  });

  it('deals faults to the part of the requests that was asked for', () => {
    const hits = kinds(1, 2002)
      .slice(2)
      .filter((kind) => kind !== 'none').length;
    expect(hits / 2000).toBeCloseTo(0.5, 1);
  });

  it('keeps a standing fault until it is cleared', () => {
    const faults = createFaults(faultPlanSchema.parse({ standing: { kind: 'html' } }), () => 0);
    expect([faults.next().kind, faults.next().kind]).toEqual(['html', 'html']);
    faults.set(faultPlanSchema.parse({}));
    expect(faults.next().kind).toBe('none');
  });
});
