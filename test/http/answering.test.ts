import type { HttpResponseInit } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import { ImageRejected } from '../../shared/errors.ts';
import { analysisResponse } from '../../shared/http/analysisResponse.ts';
import { answering, guarded, json } from '../../shared/http/answering.ts';
import { answeredRecord, recordWith } from '../analyses/sampleRecords.ts';
import { contextOf, requestOf } from './calls.ts';

describe('answering', () => {
  it('gives what the handler gives', async () => {
    const handler = answering(async () => json(200, { ok: true }));
    expect(await handler(requestOf(), contextOf().context)).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"ok":true}',
    });
  });

  it('makes a problem of what the handler throws', async () => {
    const { context, logged } = contextOf();
    const handler = answering(async () => {
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
    const handler = answering(() => {
      throw error;
    });
    const answer = await handler(requestOf(), context);
    expect(answer).toMatchObject({ status: 500 });
    expect(JSON.stringify(answer)).not.toContain('the inside');
    expect(logged).toEqual([error]);
  });
});

describe('guarded', () => {
  const ok = async (): Promise<HttpResponseInit> => json(200, {});
  const signedIn = requestOf({ headers: { 'x-ms-client-principal': 'eyJ9' } });

  it('leaves it to the host to ask for a key', async () => {
    const { authLevel, handler } = guarded({ httpAuth: 'key', isSignInOff: true }, ok);
    expect(authLevel).toBe('function');
    expect(await handler(requestOf(), contextOf().context)).toMatchObject({ status: 200 });
  });

  it('asks for a principal in place of a key where people sign in', async () => {
    const { authLevel, handler } = guarded({ httpAuth: 'entra', isSignInOff: false }, ok);
    expect(authLevel).toBe('anonymous');
    expect(await handler(requestOf(), contextOf().context)).toMatchObject({ status: 403 });
    expect(await handler(signedIn, contextOf().context)).toMatchObject({ status: 200 });
  });

  it("believes no principal while the platform's authentication is off", async () => {
    const { handler } = guarded({ httpAuth: 'entra', isSignInOff: true }, ok);
    const answer = await handler(signedIn, contextOf().context);
    expect(answer).toMatchObject({ status: 403 });
    expect(JSON.stringify(answer)).toContain("the platform's authentication is off");
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
