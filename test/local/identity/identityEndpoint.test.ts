import { randomUUID } from 'node:crypto';
import { ManagedIdentityCredential } from '@azure/identity';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readToken } from '../../../local/identity/accessToken.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from '../../../local/identity/identityEndpoint.ts';

const scope = 'https://cognitiveservices.azure.com/.default';
const resource = 'https://cognitiveservices.azure.com';
let identity: IdentityEndpoint;
let before = 0;
// One for all tests: the library keeps the first endpoint that it sees in a process.
beforeAll(async () => {
  identity = await startIdentityEndpoint({ secret: 'secret', tokenLifetimeSeconds: 3600 });
  process.env.IDENTITY_ENDPOINT = identity.url;
  process.env.IDENTITY_HEADER = identity.header;
});
afterAll(async () => {
  delete process.env.IDENTITY_ENDPOINT;
  delete process.env.IDENTITY_HEADER;
  await identity.close();
});
beforeEach(() => {
  identity.fail({ kind: 'none' });
  before = identity.requests();
});

/** Tokens are kept by the library for each client id, in the whole process. */
function freshCredential(): { readonly credential: ManagedIdentityCredential; readonly clientId: string } {
  const clientId = randomUUID();
  return { credential: new ManagedIdentityCredential({ clientId }), clientId };
}

function ask(query: string, header = identity.header): Promise<Response> {
  return fetch(`${identity.url}?${query}`, { headers: { 'x-identity-header': header } });
}

describe('startIdentityEndpoint', () => {
  it('gives the real ManagedIdentityCredential a signed token for the resource', async () => {
    const { credential, clientId } = freshCredential();
    const { token, expiresOnTimestamp } = await credential.getToken(scope);
    expect(readToken(token, 'secret')).toMatchObject({ audience: resource, clientId });
    expect((expiresOnTimestamp - Date.now()) / 1000).toBeGreaterThan(3500);
    expect(identity.asked().slice(before)).toMatchObject([{ resource, clientId, status: 200 }]);
  });

  it('counts every call, so that a test sees how often the app asks', async () => {
    const { credential } = freshCredential();
    await Promise.all(Array.from({ length: 5 }, () => credential.getToken(scope)));
    await credential.getToken(scope);
    expect(identity.requests() - before).toBe(5);
  });

  it.each([
    ['a wrong header', `api-version=2019-08-01&resource=${resource}`, 'wrong', 401, /X-IDENTITY-HEADER/],
    ['another api-version', `api-version=2017-09-01&resource=${resource}`, undefined, 400, /"2017-09-01".*2019-08-01/],
    ['no resource', 'api-version=2019-08-01', undefined, 400, /resource/],
  ])('refuses %s', async (_, query, header, status, sentence) => {
    const response = await ask(query, header);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ statusCode: status, message: expect.stringMatching(sentence) });
  });

  it('refuses an identity that the app does not have, which the credential reports at once', async () => {
    identity.fail({ kind: 'status', status: 400 });
    await expect(freshCredential().credential.getToken(scope)).rejects.toMatchObject({
      name: 'CredentialUnavailableError',
    });
    expect(identity.requests() - before).toBe(1);
  });

  it('of an app with user-assigned identities gives tokens for those alone', async () => {
    const endpoint = await startIdentityEndpoint({ secret: 'secret', clientIds: ['the one'] });
    const statusFor = async (query: string): Promise<number> => {
      const address = `${endpoint.url}?api-version=2019-08-01&resource=${resource}${query}`;
      return (await fetch(address, { headers: { 'x-identity-header': endpoint.header } })).status;
    };
    expect(await statusFor('&client_id=the%20one')).toBe(200);
    expect(await statusFor('&client_id=another')).toBe(400);
    expect(await statusFor('')).toBe(400);
    await endpoint.close();
  });

  it('fails with 500, answers late, closes the connection, and recovers on demand', async () => {
    const query = `api-version=2019-08-01&resource=${resource}`;
    identity.fail({ kind: 'status', status: 500 });
    expect((await ask(query)).status).toBe(500);
    identity.fail({ kind: 'slow', ms: 20 });
    expect((await ask(query)).status).toBe(200);
    identity.fail({ kind: 'down' });
    await expect(ask(query)).rejects.toThrow('fetch failed');
    identity.fail({ kind: 'none' });
    expect((await ask(query)).status).toBe(200);
    expect(
      identity
        .asked()
        .slice(before)
        .map((one) => one.status),
    ).toEqual([500, 200, null, 200]);
  });
});
