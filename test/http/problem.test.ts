import { describe, expect, it } from 'vitest';
import { AnswerFailed, ImageRejected, InvalidRequest, PoolUnavailable } from '../../shared/errors.ts';
import { problemOf, problemResponse } from '../../shared/http/problem.ts';

describe('problemOf', () => {
  it('is a document of RFC 9457 with all problems', () => {
    const problems = [{ path: 'task', message: 'task "guess" is not one of analyze.' }];
    expect(problemOf(new InvalidRequest(problems))).toEqual({
      type: 'urn:argus:problem:invalid-request',
      title: 'The request is not valid',
      status: 400,
      detail: 'task "guess" is not one of analyze.',
      code: 'invalid-request',
      problems,
    });
  });

  it('names the category of a content filter', () => {
    const filtered = new ImageRejected('content-filtered', 'The filter saw violence.', { category: 'violence' });
    expect(problemOf(filtered)).toMatchObject({ status: 422, code: 'content-filtered', category: 'violence' });
    expect(problemOf(new AnswerFailed('answer-unusable', 'x'))).not.toHaveProperty('category');
  });

  it.each([[new TypeError('secret of the inside')], ['a string'], [undefined]])(
    'shows nothing of what is no error of ours: %s',
    (error) => {
      expect(problemOf(error)).toEqual({
        type: 'urn:argus:problem:internal',
        title: 'Something went wrong here',
        status: 500,
        detail: 'The request could not be served; the log holds the reason.',
        code: 'internal',
      });
    },
  );
});

describe('problemResponse', () => {
  it('says when to come again, in whole seconds, at least one', () => {
    const headersAfter = (ms: number): unknown =>
      problemResponse(new PoolUnavailable('no-slot-in-time', 'All is booked.', ms)).headers;
    expect(headersAfter(2_100)).toEqual({ 'content-type': 'application/problem+json', 'retry-after': '3' });
    expect(headersAfter(0)).toMatchObject({ 'retry-after': '1' });
  });

  it('has no Retry-After where no time is known', () => {
    const { status, headers, body } = problemResponse(new ImageRejected('too-large', 'Too large.'));
    expect(status).toBe(413);
    expect(headers).toEqual({ 'content-type': 'application/problem+json' });
    expect(JSON.parse(String(body))).toMatchObject({ code: 'too-large' });
  });
});
