import { describe, expect, it } from 'vitest';
import {
  AnswerFailed,
  AppError,
  EndedBefore,
  ImageRejected,
  InvalidRequest,
  NotPossible,
  PoolUnavailable,
  statusOfCode,
} from '../shared/errors.ts';

describe('statusOfCode', () => {
  it.each([
    ['invalid-request', 400],
    ['budget-reached', 402],
    ['signed-out', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['bytes-gone', 410],
    ['too-large', 413],
    ['not-an-image', 415],
    ['unsupported-format', 415],
    ['broken-image', 422],
    ['too-many-pages', 422],
    ['exceeds-max-usd', 422],
    ['pages-failed', 502],
    ['too-many-pixels', 422],
    ['exceeds-quota', 422],
    ['content-filtered', 422],
    ['content-refused', 422],
    ['unsafe-url', 422],
    ['no-slot-in-time', 429],
    ['internal', 500],
    ['answer-unusable', 502],
    ['image-unreachable', 502],
    ['service-refused', 502],
    ['pool-down', 503],
    ['settings-wrong', 503],
  ] as const)('of %s is %i', (code, status) => {
    expect(statusOfCode(code)).toBe(status);
  });
});

describe('AppError', () => {
  it.each([
    [new InvalidRequest([{ path: 'task', message: 'No such task.' }]), 'InvalidRequest', 400],
    [new ImageRejected('too-large', 'Too large.'), 'ImageRejected', 413],
    [new NotPossible('conflict', 'It is running.'), 'NotPossible', 409],
    [new PoolUnavailable('no-slot-in-time', 'All is booked.', 2_500), 'PoolUnavailable', 429],
    [new AnswerFailed('answer-unusable', 'No JSON.'), 'AnswerFailed', 502],
    [new EndedBefore('content-filtered', 'It was filtered.'), 'EndedBefore', 422],
  ])('is of a kind that its name says, with the status of its code: %s', (error, name, status) => {
    expect(error).toBeInstanceOf(AppError);
    expect(error.name).toBe(name);
    expect(error.status).toBe(status);
    expect(error.message).toBe(error.detail);
  });

  it('keeps what caused it', () => {
    const cause = new Error('ECONNRESET');
    expect(new AnswerFailed('service-refused', 'It was refused.', { cause }).cause).toBe(cause);
  });

  it('names the category of a content filter', () => {
    expect(new ImageRejected('content-filtered', 'Violence.', { category: 'violence' }).category).toBe('violence');
    expect(new ImageRejected('broken-image', 'Cut off.').category).toBeUndefined();
  });
});

describe('InvalidRequest', () => {
  it('says all problems in one detail', () => {
    const error = new InvalidRequest([
      { path: 'task', message: 'There is no task "guess".' },
      { path: 'detail', message: 'detail is "fine".' },
    ]);
    expect(error.detail).toBe('There is no task "guess". detail is "fine".');
  });
});

describe('InvalidRequest', () => {
  it('says all problems in one detail', () => {
    const error = new InvalidRequest([
      { path: 'task', message: 'There is no task "guess".' },
      { path: 'detail', message: 'detail is "fine".' },
    ]);
    expect(error.detail).toBe('There is no task "guess". detail is "fine".');
  });
});

describe('InvalidRequest', () => {
  it('lists the first hundred of very many problems, and the number of the others', () => {
    const problems = Array.from({ length: 20_000 }, (_, place) => ({
      path: `#${place}`,
      message: `${place} is wrong.`,
    }));
    const error = new InvalidRequest(problems);
    expect(error.problems).toHaveLength(101);
    expect(error.problems.at(-1)).toEqual({ path: '', message: 'There are 19,900 more problems.' });
    expect(error.detail).toContain('99 is wrong. There are 19,900 more problems.');
  });
});
