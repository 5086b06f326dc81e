import { describe, expect, it } from 'vitest';
import { readToken, signToken } from '../../../local/identity/accessToken.ts';

const claims = {
  audience: 'https://cognitiveservices.azure.com',
  clientId: 'one',
  issuedAtSeconds: 1_799_996_400,
  expiresAtSeconds: 1_800_000_000,
};

describe('readToken', () => {
  it('gives the claims of a token that the same secret signed', () => {
    expect(readToken(signToken(claims, 'secret'), 'secret')).toEqual(claims);
  });

  const [header, payload, signature] = signToken(claims, 'secret').split('.');
  const forged = Buffer.from(JSON.stringify({ aud: 'everything', exp: 9e9 })).toString('base64url');
  it.each([
    ['another secret', signToken(claims, 'other')],
    ['a changed payload', `${header}.${forged}.${signature}`],
    ['no signature', `${header}.${payload}.`],
    ['a cut signature', `${header}.${payload}.${signature?.slice(0, 20)}`],
    ['another algorithm', `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`],
    ['a fourth part', `${header}.${payload}.${signature}.x`],
    ['garbage', 'garbage'],
    ['nothing', ''],
  ])('gives nothing for %s', (_, token) => {
    expect(readToken(token, 'secret')).toBeUndefined();
  });
});
