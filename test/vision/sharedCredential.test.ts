import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sharedCredential, type TokenCredential } from '../../shared/vision/sharedCredential.ts';
import { createTokenSource } from '../../shared/vision/tokenSource.ts';
import { createVisionClient } from '../../shared/vision/visionClient.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from './identityEndpoint.ts';
import { deploymentAt, startRegion } from './scriptedRegion.ts';

const SCOPE = 'https://cognitiveservices.azure.com/.default';
const MINUTE_MS = 60_000;

let identity: IdentityEndpoint;
beforeAll(async () => {
  identity = await startIdentityEndpoint();
});
beforeEach(() => identity.reset());
afterAll(() => identity.close());

/** A credential whose answers the test decides, in the order in which it is asked. */
function scriptedCredential(...answers: (() => Promise<string>)[]) {
  const clock = { nowMs: 1_000_000 };
  const calls: string[] = [];
  const credential: TokenCredential = {
    async getToken(scopes) {
      calls.push([scopes].flat().join(' '));
      const answer = answers[Math.min(calls.length, answers.length) - 1];
      const token = (await answer?.()) ?? '';
      return { token, expiresOnTimestamp: clock.nowMs + 60 * MINUTE_MS };
    },
  };
  return { clock, calls, credential, getToken: createTokenSource({ credential, now: () => clock.nowMs }) };
}

const gives = (token: string) => async () => token;
const fails = (message: string) => async () => {
  throw new Error(message);
};

describe('createTokenSource', () => {
  it('asks the identity endpoint once for 50 who ask at the same time, and not again while the token lasts', async () => {
    const getToken = createTokenSource({ credential: identity.newCredential(), now: Date.now });
    const tokens = await Promise.all(Array.from({ length: 50 }, () => getToken(SCOPE)));
    expect(new Set([...tokens, await getToken(SCOPE)])).toEqual(new Set(['token-1']));
    expect(identity.asked).toEqual(['https://cognitiveservices.azure.com']);
  });

  it('asks once for 50 requests to four deployments', async () => {
    const regions = await Promise.all(Array.from({ length: 4 }, () => startRegion()));
    const getToken = createTokenSource({ credential: identity.newCredential(), now: Date.now });
    const vision = createVisionClient({ getToken: () => getToken(SCOPE), now: Date.now });
    const asked = await Promise.all(
      Array.from({ length: 50 }, (_, place) =>
        vision.ask(
          deploymentAt(regions[place % 4]?.endpoint ?? ''),
          { model: 'gpt-4-vision-preview', messages: [] },
          { timeoutMs: 60_000 },
        ),
      ),
    );
    expect(asked.every(({ outcome }) => outcome.kind === 'answered')).toBe(true);
    expect(regions.flatMap(({ seen }) => seen.map(({ headers }) => headers.authorization))).toEqual(
      Array.from({ length: 50 }, () => 'Bearer token-1'),
    );
    expect(identity.asked).toHaveLength(1);
    await Promise.all(regions.map((region) => region.close()));
  });

  it('gives a failure of the endpoint to everyone who waits, and asks it once for that', async () => {
    identity.status = 400;
    const getToken = createTokenSource({ credential: identity.newCredential(), now: Date.now });
    const ends = await Promise.allSettled(Array.from({ length: 50 }, () => getToken(SCOPE)));
    expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(getToken(SCOPE)).rejects.toThrow('ManagedIdentityCredential');
    expect(identity.asked).toHaveLength(1);
  });

  it('remembers a failure for ten seconds and then tries again', async () => {
    const { clock, calls, getToken } = scriptedCredential(fails('out of order'), gives('second'));
    await expect(getToken(SCOPE)).rejects.toThrow('out of order');
    clock.nowMs += 9_999;
    await expect(getToken(SCOPE)).rejects.toThrow('out of order');
    expect(calls).toHaveLength(1);
    clock.nowMs += 1;
    await expect(getToken(SCOPE)).resolves.toBe('second');
    expect(calls).toHaveLength(2);
  });

  it('renews in the background within five minutes of the end, without keeping anyone waiting', async () => {
    const { clock, calls, getToken } = scriptedCredential(gives('first'), gives('second'));
    await getToken(SCOPE);
    clock.nowMs += 55 * MINUTE_MS - 1;
    await expect(getToken(SCOPE)).resolves.toBe('first');
    expect(calls).toHaveLength(1);
    clock.nowMs += 1;
    await expect(getToken(SCOPE)).resolves.toBe('first');
    await expect.poll(() => getToken(SCOPE)).toBe('second');
    expect(calls).toHaveLength(2);
  });

  it('lives on the token that it has while the endpoint is out of order, until its last minute', async () => {
    const { clock, calls, getToken } = scriptedCredential(gives('first'), fails('out of order'));
    await getToken(SCOPE);
    clock.nowMs += 58 * MINUTE_MS;
    await expect(getToken(SCOPE)).resolves.toBe('first');
    await expect(getToken(SCOPE)).resolves.toBe('first');
    expect(calls).toHaveLength(2);
    clock.nowMs += MINUTE_MS;
    await expect(getToken(SCOPE)).rejects.toThrow('out of order');
  });

  it('gives up a try that never ends, so that the next one can succeed', async () => {
    const { credential, calls } = scriptedCredential(() => new Promise<never>(() => {}), gives('second'));
    const getToken = createTokenSource({ credential, now: Date.now, longestTryMs: 20, failureKeptMs: 0 });
    await expect(getToken(SCOPE)).rejects.toThrow('no token within 20 ms');
    await expect(getToken(SCOPE)).resolves.toBe('second');
    expect(calls).toHaveLength(2);
  });

  it('keeps scopes apart', async () => {
    const { calls, getToken } = scriptedCredential(gives('eyes'), gives('storage'));
    await expect(getToken(SCOPE)).resolves.toBe('eyes');
    await expect(getToken('https://storage.azure.com/.default')).resolves.toBe('storage');
    await expect(getToken(SCOPE)).resolves.toBe('eyes');
    expect(calls).toEqual([SCOPE, 'https://storage.azure.com/.default']);
  });
});

describe('sharedCredential', () => {
  it('serves 30 storage clients with one token', async () => {
    const credential = sharedCredential(identity.newCredential(), { now: Date.now });
    const clients = Array.from(
      { length: 30 },
      // Nobody listens there; the token comes before the connection. https, for tokens go over nothing else.
      () => new BlobServiceClient('https://127.0.0.1:1', credential, { retryOptions: { maxTries: 1 } }),
    );
    const ends = await Promise.allSettled(clients.map((client) => client.getProperties()));
    expect(ends.every((end) => end.status === 'rejected' && String(end.reason).includes('ECONNREFUSED'))).toBe(true);
    expect(identity.asked).toEqual(['https://storage.azure.com']);
  });

  it('is the same when it is shared again, so a token source on top keeps nothing twice', async () => {
    const { credential } = scriptedCredential(gives('first'));
    const shared = sharedCredential(credential, { now: Date.now });
    expect(sharedCredential(shared, { now: Date.now })).toBe(shared);
    await expect(createTokenSource({ credential: shared, now: Date.now })(SCOPE)).resolves.toBe('first');
  });

  it('ends the wait of a caller whose signal aborts, and of nobody else', async () => {
    identity.answers = false;
    const shared = sharedCredential(identity.newCredential(), { now: Date.now, longestTryMs: 2_000 });
    const patient = expect(shared.getToken(SCOPE)).rejects.toThrow('no token within 2000 ms');
    const hasty = shared.getToken(SCOPE, { abortSignal: AbortSignal.timeout(20) });
    await expect(hasty).rejects.toThrow('The wait for a token was ended.');
    await expect(shared.getToken(SCOPE, { abortSignal: AbortSignal.abort() })).rejects.toThrow('was ended');
    await patient;
    expect(identity.asked).toHaveLength(1);
  });

  it('asks anew for a challenge with claims', async () => {
    const { credential, calls } = scriptedCredential(gives('first'), gives('second'));
    const shared = sharedCredential(credential, { now: Date.now });
    await shared.getToken(SCOPE);
    expect((await shared.getToken(SCOPE, { claims: '{}' }))?.token).toBe('second');
    expect(calls).toHaveLength(2);
  });

  it('says so when the credential gives nothing', async () => {
    const shared = sharedCredential({ getToken: async () => null }, { now: Date.now });
    await expect(shared.getToken(SCOPE)).rejects.toThrow('The credential gave no token.');
  });
});
