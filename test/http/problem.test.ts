import { describe, expect, it } from 'vitest';
import { AnswerFailed, ImageRejected, InvalidRequest, PoolUnavailable } from '../../shared/errors.ts';
import { ImageUnreachable } from '../../shared/http/fetch/imageHost.ts';
import { problemOf, problemResponse } from '../../shared/http/problem.ts';
import { aboutAnalysis } from '../../shared/records/aboutAnalysis.ts';

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
  const request = { url: 'https://argus.example/api/analyze?code=secret' };

  it('has the retry delay in whole seconds, rounded up, at least one, and exactly', () => {
    const headersAfter = (ms: number): unknown =>
      problemResponse(new PoolUnavailable('no-slot-in-time', 'All is booked.', ms), request).headers;
    expect(headersAfter(2_100)).toEqual({
      'content-type': 'application/problem+json',
      'retry-after': '3',
      'retry-after-ms': '2100',
    });
    expect(headersAfter(0)).toMatchObject({ 'retry-after': '1', 'retry-after-ms': '1' });
  });

  it.each([
    [false, 502],
    [true, 504],
  ])("has the retry delay for an image's host; after a timeout (%j) with status %i", (isTimeout, status) => {
    const answer = problemResponse(
      new ImageUnreachable('The host is busy.', { retryAfterMs: 6_500, isTimeout }),
      request,
    );
    expect(answer).toMatchObject({ status, headers: { 'retry-after': '7' } });
    expect(JSON.parse(String(answer.body))).toMatchObject({ code: 'image-unreachable', status });
  });

  it('has no Retry-After where no time is known', () => {
    const { status, headers, body } = problemResponse(new ImageRejected('too-large', 'Too large.'), request);
    expect(status).toBe(413);
    expect(headers).toEqual({ 'content-type': 'application/problem+json' });
    expect(JSON.parse(String(body))).toMatchObject({ code: 'too-large' });
  });

  it.each([
    ['one of ours', new AnswerFailed('answer-unusable', 'x'), 0.0012],
    ['any other', new TypeError('secret'), 0],
    ['where no price is known', new AnswerFailed('service-refused', 'x'), null],
  ])('names the analysis that an error is about, its path and what it cost: %s', (_, error, costUsd) => {
    aboutAnalysis(error, { id: 'a1', costUsd });
    const body = JSON.parse(String(problemResponse(error, request).body));
    expect(body).toMatchObject({ id: 'a1', instance: '/api/analyses/a1', costUsd });
    expect(JSON.stringify(body)).not.toContain('secret');
  });
});
