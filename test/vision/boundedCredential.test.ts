import { getBearerTokenProvider } from '@azure/identity';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { boundedCredential } from '../../shared/vision/boundedCredential.ts';
import { createVisionClient } from '../../shared/vision/visionClient.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from './identityEndpoint.ts';
import { deploymentAt, startRegion } from './scriptedRegion.ts';

const SCOPE = 'https://cognitiveservices.azure.com/.default';
const HOUR_MS = 3_600_000;

let identity: IdentityEndpoint;
beforeAll(async () => {
  identity = await startIdentityEndpoint();
});
beforeEach(() => identity.reset());
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => identity.close());

/** Tokens as the services of a process get them. */
const tokens = () => getBearerTokenProvider(boundedCredential(identity.newCredential()), SCOPE);

describe('boundedCredential', () => {
  it('ends a try that the identity endpoint never answers after 30 s, so that the next one can succeed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let tries = 0;
    const credential = boundedCredential({
      getToken: () => {
        tries += 1;
        return tries === 1
          ? new Promise<never>(() => undefined)
          : Promise.resolve({ token: 'second', expiresOnTimestamp: Date.now() + HOUR_MS });
      },
    });
    const hung = expect(credential.getToken(SCOPE)).rejects.toThrow('no token within 30000 ms');
    await vi.advanceTimersByTimeAsync(30_000);
    await hung;
    await expect(credential.getToken(SCOPE)).resolves.toMatchObject({ token: 'second' });
  });

  it('hands on what its client asks for, and what the identity endpoint says', async () => {
    const asked: unknown[] = [];
    const credential = boundedCredential({
      getToken: async (...given) => {
        asked.push(given);
        throw new Error('no such identity');
      },
    });
    await expect(credential.getToken(SCOPE, { tenantId: 'a' })).rejects.toThrow('no such identity');
    expect(asked).toEqual([[SCOPE, { tenantId: 'a' }]]);
  });

  it('serves a storage client', async () => {
    const credential = boundedCredential(identity.newCredential());
    // No server listens there; the token comes before the connection. https, for tokens go over nothing else.
    const client = new BlobServiceClient('https://127.0.0.1:1', credential, { retryOptions: { maxTries: 1 } });
    await expect(client.getProperties()).rejects.toThrow('ECONNREFUSED');
    expect(identity.asked).toEqual(['https://storage.azure.com']);
  });
});

describe('tokens for the pool', () => {
  it('come from one request to the identity endpoint for 50 calls to four deployments', async () => {
    const regions = await Promise.all(Array.from({ length: 4 }, () => startRegion()));
    const vision = createVisionClient({ getToken: tokens(), now: Date.now });
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

  it('fail together with the request that they wait for, and are requested again by the next call', async () => {
    identity.status = 400;
    const getToken = tokens();
    const ends = await Promise.allSettled(Array.from({ length: 50 }, () => getToken()));
    expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
    expect(identity.asked).toHaveLength(1);
    identity.status = 200;
    await expect(getToken()).resolves.toBe('token-2');
  });

  it('last while the identity endpoint is out of order', async () => {
    // Within the last two minutes of a token it is renewed in the background.
    identity.lifeSeconds = 100;
    const getToken = tokens();
    await expect(getToken()).resolves.toBe('token-1');
    identity.status = 400;
    await expect(getToken()).resolves.toBe('token-1');
    await expect.poll(() => identity.asked.length).toBe(2);
    await expect(getToken()).resolves.toBe('token-1');
  });
});
