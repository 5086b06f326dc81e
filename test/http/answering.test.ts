import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import { ImageRejected } from '../../shared/errors.ts';
import { answering, guarded } from '../../shared/http/answering.ts';
import { analysisResponse, foundResponse, json } from '../../shared/http/responses.ts';
import type { Config } from '../../shared/settings/config.ts';
import type { ProcessSettings } from '../../shared/settings/processSettings.ts';
import { answeredRecord, NOON_MS, recordWith } from '../support/sampleRecords.ts';
import { configOfTest, contextOf, requestOf } from './calls.ts';

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

  it.each(['answers', 'throws'])(
    'reads the whole body where a handler %s without it: the host waits for that',
    async (how) => {
      let isRead = false;
      const body = new ReadableStream(
        {
          pull: (controller) => {
            controller.close();
            isRead = true;
          },
        },
        { highWaterMark: 0 },
      );
      const handler = answering(async () => {
        if (how === 'throws') throw new ImageRejected('too-large', 'It is too large.');
        return json(200, {});
      });
      await handler({ ...requestOf(), body } as unknown as HttpRequest, contextOf().context);
      await expect.poll(() => isRead).toBe(true);
    },
  );

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
  const settingsWith = (access: Pick<Config, 'httpAuth' | 'isSignInOff'>): ProcessSettings => ({
    kind: 'valid',
    config: { ...configOfTest(), ...access },
  });
  const signedIn = requestOf({ headers: { 'x-ms-client-principal': 'eyJ9' } });

  it('leaves it to the host to ask for a key', async () => {
    const { authLevel, handler } = guarded(settingsWith({ httpAuth: 'key', isSignInOff: true }), ok);
    expect(authLevel).toBe('function');
    expect(await handler(requestOf(), contextOf().context)).toMatchObject({ status: 200 });
  });

  it('requires a principal in place of a key when sign-in is on', async () => {
    const { authLevel, handler } = guarded(settingsWith({ httpAuth: 'entra', isSignInOff: false }), ok);
    expect(authLevel).toBe('anonymous');
    expect(await handler(requestOf(), contextOf().context)).toMatchObject({ status: 403 });
    expect(await handler(signedIn, contextOf().context)).toMatchObject({ status: 200 });
  });

  it("believes no principal while the platform's authentication is off", async () => {
    const { handler } = guarded(settingsWith({ httpAuth: 'entra', isSignInOff: true }), ok);
    const answer = await handler(signedIn, contextOf().context);
    expect(answer).toMatchObject({ status: 403 });
    expect(JSON.stringify(answer)).toContain(
      "the platform's authentication is off: callers cannot be told apart. Turn authentication on for the function app",
    );
  });

  it.each(['', ' ', 'eyJ9, eyJ9', 'eyJ9 x', '{"auth_typ":"aad"}', 'ä'])(
    'believes no principal that the platform cannot have sent: %j',
    async (principal) => {
      const { handler } = guarded(settingsWith({ httpAuth: 'entra', isSignInOff: false }), ok);
      const headers = { 'x-ms-client-principal': principal, 'x-ms-client-principal-id': 'anna' };
      const request = { ...requestOf(), headers: { get: (name: keyof typeof headers) => headers[name] ?? null } };
      expect(await handler(request as unknown as HttpRequest, contextOf().context)).toMatchObject({ status: 403 });
    },
  );

  it.each([
    [1, 'One setting of the app is wrong, so it does no work; GET /api/health names each.'],
    [2, '2 settings of the app are wrong, so it does no work; GET /api/health names each.'],
  ])(
    'answers each call with 503 and one sentence when %i settings are wrong, without a key check',
    async (count, detail) => {
      const problems = Array.from({ length: count }, () => ({ path: 'HTTP_SHARE', message: 'is "7".' }));
      const { authLevel, handler } = guarded({ kind: 'wrong', problems }, ok);
      expect(authLevel).toBe('anonymous');
      const answer = (await handler(requestOf(), contextOf().context)) as HttpResponseInit;
      expect(answer).toMatchObject({ status: 503, headers: { 'content-type': 'application/problem+json' } });
      expect(JSON.parse(String(answer.body))).toEqual({
        type: 'urn:argus:problem:settings-wrong',
        title: 'The settings of the app are wrong',
        status: 503,
        detail,
        code: 'settings-wrong',
      });
    },
  );
});

describe('analysisResponse', () => {
  const url = 'https://argus.example/api/analyze?code=secret&task=text';

  it('is the analysis with its answer when it is done', () => {
    const result = { answer: { text: 'x' }, markdown: '# x' };
    const end = { kind: 'done', record: answeredRecord(), result } as const;
    const { status, body } = analysisResponse(end, requestOf({ url }), NOON_MS);
    expect(status).toBe(200);
    expect(JSON.parse(String(body))).toMatchObject({ status: 'succeeded', ...result });
  });

  it.each([
    [url, 'queued', null, '2'],
    ['https://argus.example/api/analyze/', 'running', null, '2'],
    ['https://argus.example/api/analyses/5d41402abc4b2a76b9719d911017c592/retry', 'queued', null, '2'],
    [url, 'waiting', NOON_MS + 17_100, '18'],
    [url, 'waiting', NOON_MS + 3_600_000, '300'],
    [url, 'waiting', NOON_MS - 5_000, '2'],
  ] as const)('is the place where it will be, and when to look: %s, %s', (called, status, startsAtMs, seconds) => {
    const record = startsAtMs === null ? recordWith(status) : recordWith('waiting', { startsAtMs });
    const answer = analysisResponse({ kind: 'accepted', record }, requestOf({ url: called }), NOON_MS);
    expect(answer).toMatchObject({
      status: 202,
      headers: { location: `/api/analyses/${record.id}`, 'retry-after': seconds },
    });
  });
});

describe('foundResponse', () => {
  it('says when to look again at what has not ended, and shows no start in the past', () => {
    const waiting = foundResponse({ record: recordWith('waiting', { startsAtMs: NOON_MS - 1 }) }, NOON_MS);
    expect(waiting).toMatchObject({ status: 200, headers: { 'retry-after': '2' } });
    expect(JSON.parse(String(waiting.body)).startsAt).toBe('2026-11-23T12:00:00.000Z');
    expect(foundResponse({ record: answeredRecord() }, NOON_MS).headers).not.toHaveProperty('retry-after');
  });
});
