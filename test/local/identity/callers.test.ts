import { describe, expect, it } from 'vitest';
import { readToken } from '../../../local/identity/accessToken.ts';
import { CLIENT_IDS, callerOf, signInAs } from '../../../local/identity/callers.ts';

describe('signInAs', () => {
  it.each([
    ['https://storage.azure.com/.default', 'https://storage.azure.com'],
    ['https://storage.azure.com//.default', 'https://storage.azure.com'],
  ])('gives a token of the caller for %s', async (scope, audience) => {
    const token = await signInAs('operator', 'secret').getToken(scope);
    const claims = readToken(token?.token ?? '', 'secret');
    expect(claims).toMatchObject({ audience, clientId: CLIENT_IDS.operator });
    expect(token?.expiresOnTimestamp).toBe((claims?.expiresAtSeconds ?? 0) * 1000);
  });
});

describe('callerOf', () => {
  it('knows only the callers of the template', () => {
    expect(Object.values(CLIENT_IDS).map(callerOf)).toEqual(['application', 'operator', 'events']);
    expect(callerOf('system-assigned')).toBeUndefined();
  });
});
