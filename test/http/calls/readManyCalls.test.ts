import { describe, expect, it } from 'vitest';
import { readRetryCall } from '../../../shared/http/calls/readManyCalls.ts';
import { requestOf } from '../calls.ts';

describe('readRetryCall', () => {
  const withBody = (body: unknown) =>
    requestOf({
      url: 'http://localhost:7071/api/analyses/retry',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('takes a code for failed analyses', async () => {
    expect(await readRetryCall(withBody({ code: 'answer-unusable', prefix: 'scans/' }))).toEqual({
      status: 'failed',
      code: 'answer-unusable',
      prefix: 'scans/',
    });
  });

  it('refuses a code beside cancelled ones, which have none: nothing would ever match', async () => {
    await expect(readRetryCall(withBody({ status: 'cancelled', code: 'internal' }))).rejects.toThrow(
      'code stands beside status cancelled',
    );
  });

  it('names the codes that there are', async () => {
    await expect(readRetryCall(withBody({ code: 'nope' }))).rejects.toThrow(
      /^code is "nope": must be one of .*answer-unusable/,
    );
  });
});
