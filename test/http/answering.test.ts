import { describe, expect, it } from 'vitest';
import { ImageRejected } from '../../shared/errors.ts';
import { analysisResponse } from '../../shared/http/analysisResponse.ts';
import { answering, json } from '../../shared/http/answering.ts';
import { answeredRecord, recordWith } from '../analyses/sampleRecords.ts';
import { contextOf, requestOf } from './calls.ts';

const byKey = { httpAuth: 'key' } as const;
const byEntra = { httpAuth: 'entra' } as const;

describe('answering', () => {
  it('gives what the handler gives', async () => {
    const handler = answering(byKey, async () => json(200, { ok: true }));
    expect(await handler(requestOf(), contextOf().context)).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"ok":true}',
    });
  });

  it('makes a problem of what the handler throws', async () => {
    const { context, logged } = contextOf();
    const handler = answering(byKey, async () => {
      throw new ImageRejected('broken-image', 'It is cut off.');
    });
    expect(await handler(requestOf(), context)).toMatchObject({
      status: 422,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(logged).toEqual([]);
  });

  it('logs what is no error of ours, and shows nothing of it', async () => {
    const { context, logged } = contextOf();
    const error = new TypeError('the inside');
    const handler = answering(byKey, () => {
      throw error;
    });
    const answer = await handler(requestOf(), context);
    expect(answer).toMatchObject({ status: 500 });
    expect(JSON.stringify(answer)).not.toContain('the inside');
    expect(logged).toEqual([error]);
  });

  it('refuses requests without a principal where people sign in', async () => {
    const handler = answering(byEntra, async () => json(200, {}));
    expect(await handler(requestOf(), contextOf().context)).toMatchObject({ status: 403 });
    const signedIn = requestOf({ headers: { 'x-ms-client-principal': 'eyJ9' } });
    expect(await handler(signedIn, contextOf().context)).toMatchObject({ status: 200 });
  });

  it('leaves what is open to everybody open', async () => {
    const handler = answering({ ...byEntra, open: true }, async () => json(200, {}));
    expect(await handler(requestOf(), contextOf().context)).toMatchObject({ status: 200 });
  });
});

describe('analysisResponse', () => {
  const url = 'https://argus.example/api/analyze?code=secret&task=text';

  it('is the analysis with its answer when it is done', () => {
    const result = { answer: { text: 'x' }, markdown: '# x' };
    const { status, body } = analysisResponse({ kind: 'done', record: answeredRecord(), result }, requestOf({ url }));
    expect(status).toBe(200);
    expect(JSON.parse(String(body))).toMatchObject({ status: 'succeeded', ...result });
  });

  it.each([url, 'https://argus.example/api/analyze/'])('is the place where it will be when it is not: %s', (called) => {
    const record = recordWith('queued');
    expect(analysisResponse({ kind: 'accepted', record }, requestOf({ url: called }))).toMatchObject({
      status: 202,
      headers: { location: `/api/analyses/${record.id}`, 'retry-after': '2' },
    });
  });
});
