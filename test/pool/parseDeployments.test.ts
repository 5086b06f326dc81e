import { describe, expect, it } from 'vitest';
import { parseDeployments } from '../../shared/pool/parseDeployments.ts';

const SEED = {
  name: 'seed-westus',
  deployment: 'gpt-4-vision-preview',
  endpoint: 'https://argus-westus.openai.azure.com',
  region: 'westus',
  model: 'gpt-4',
  version: 'vision-preview',
  sku: 'Standard',
  tokensPerMinute: 10_000,
};

const noSetting = (): boolean => false;

function parse(...entries: readonly object[]): ReturnType<typeof parseDeployments> {
  return parseDeployments(JSON.stringify(entries), noSetting);
}

/** Problems as `place: sentence`. */
function problemsOf(...entries: readonly object[]): readonly string[] {
  return parse(...entries).problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('parseDeployments', () => {
  it('gives a deployment with what was left out', () => {
    const { name, deployment: _, sku: _sku, ...entry } = SEED;
    expect(parse({ name, ...entry })).toEqual({
      problems: [],
      deployments: [
        {
          name: 'seed-westus',
          deployment: 'seed-westus',
          endpoint: 'https://argus-westus.openai.azure.com',
          region: 'westus',
          model: 'gpt-4@vision-preview',
          countsAs: 'gpt-4@vision-preview',
          isPriced: true,
          sku: 'Standard',
          tokensPerMinute: 10_000,
          requestsPerMinute: 60,
          priority: 0,
          auth: { kind: 'managedIdentity' },
        },
      ],
    });
  });

  it.each([
    [{ tokensPerMinute: 10_000 }, 60],
    [{ tokensPerMinute: 1_500 }, 9],
    [{ tokensPerMinute: 1 }, 1],
    [{ tokensPerMinute: 10_000, requestsPerMinute: 7 }, 7],
  ])('has 6 requests for each 1,000 tokens, at least one, unless told: %o is %i', (given, requestsPerMinute) => {
    expect(parse({ ...SEED, ...given }).deployments[0]?.requestsPerMinute).toBe(requestsPerMinute);
  });

  it.each([
    ['none', { kind: 'none' }],
    ['managedIdentity', { kind: 'managedIdentity' }],
  ] as const)('takes the auth %s', (auth, parsed) => {
    expect(parse({ ...SEED, auth }).deployments[0]?.auth).toEqual(parsed);
  });

  it('takes a key by the name of its setting, which must be there', () => {
    const text = JSON.stringify([{ ...SEED, auth: { keySetting: 'MY_KEY' } }]);
    expect(parseDeployments(text, (name) => name === 'MY_KEY')).toMatchObject({
      problems: [],
      deployments: [{ auth: { kind: 'key', keySetting: 'MY_KEY' } }],
    });
    expect(parseDeployments(text, noSetting).problems).toEqual([
      { path: 'VISION_DEPLOYMENTS[0].auth', message: 'names the setting MY_KEY, which is missing.' },
    ]);
  });

  it.each(['http://127.0.0.1:11434', 'http://localhost:11434/', 'http://[::1]:80', 'https://models.example/openai/'])(
    'takes the endpoint %s, without a slash at its end',
    (endpoint) => {
      expect(parse({ ...SEED, endpoint }).deployments[0]?.endpoint).toBe(endpoint.replace(/\/$/, ''));
    },
  );

  it.each([
    'http://models.example',
    'ftp://models.example',
    'models.example',
    'http://127.evil.example',
    'http://localhost.evil.example',
  ])('refuses the endpoint %s', (endpoint) => {
    expect(problemsOf({ ...SEED, endpoint })[0]).toMatch(/^VISION_DEPLOYMENTS\[0\]\.endpoint: must be/);
  });

  it('names the regions that a model is offered in', () => {
    expect(problemsOf({ ...SEED, region: 'mars' })).toEqual([
      'VISION_DEPLOYMENTS[0].region: gpt-4@vision-preview (Standard) is not offered in mars; it is in: australiaeast, swedencentral, switzerlandnorth, westus',
    ]);
  });

  it('names the nearest models of one that is not in the catalogue', () => {
    expect(problemsOf({ ...SEED, model: 'gpt-4p', version: '2024-11-20' })[0]).toMatch(
      /^VISION_DEPLOYMENTS\[0\]\.model: gpt-4p@2024-11-20 is not in the catalogue; nearest: .*gpt-4o@2024-11-20/,
    );
    expect(problemsOf({ ...SEED, model: 'llava', version: '1', like: 'gpt4o' })[0]).toMatch(
      /^VISION_DEPLOYMENTS\[0\]\.like: gpt4o is not in the catalogue; nearest: .*gpt-4o/,
    );
  });

  it("lets a row of the catalogue stand in for a model of one's own, at an unknown price", () => {
    const own = { ...SEED, model: 'llava', version: '1.6', region: 'here', like: 'gpt-4o@2024-11-20', auth: 'none' };
    expect(parse(own)).toMatchObject({
      problems: [],
      deployments: [{ model: 'llava@1.6', countsAs: 'gpt-4o@2024-11-20', isPriced: false }],
    });
  });

  it('refuses models that answer only over the Responses API', () => {
    expect(problemsOf({ ...SEED, model: 'gpt-5-pro', version: '2025-10-06', sku: 'GlobalStandard' })).toContain(
      'VISION_DEPLOYMENTS[0].model: gpt-5-pro@2025-10-06 answers only over the Responses API; it can be estimated, but not called in a pool.',
    );
  });

  it('refuses an API version that takes no JSON Schema, for a model that is asked with one', () => {
    const newer = { ...SEED, model: 'gpt-4o', version: '2024-11-20', sku: 'GlobalStandard' };
    expect(problemsOf({ ...newer, apiVersion: '2024-06-01' })).toEqual([
      'VISION_DEPLOYMENTS[0].apiVersion: "2024-06-01" takes no JSON Schema, which gpt-4o@2024-11-20 is asked with; ' +
        'the first that does is 2024-08-01-preview. Leave apiVersion out for v1.',
    ]);
    expect(problemsOf({ ...newer, model: 'llava', like: 'gpt-4o', apiVersion: '2024-07-01-preview' })).toHaveLength(1);
    for (const apiVersion of ['2024-08-01-preview', '2024-10-21']) {
      expect(problemsOf({ ...newer, apiVersion })).toEqual([]);
    }
    for (const apiVersion of ['2023-07-01-preview', '2023-12-01-preview']) {
      expect(problemsOf({ ...SEED, apiVersion })).toEqual([]);
    }
  });

  it.each(['banana', 'preview', 'v1', '2024-10', '2024-10-21-beta', ''])(
    'refuses the API version "%s"',
    (apiVersion) => {
      expect(problemsOf({ ...SEED, apiVersion })).toEqual([
        'VISION_DEPLOYMENTS[0].apiVersion: must be a date such as 2024-10-21, or 2024-08-01-preview; left out it is v1.',
      ]);
    },
  );

  it('refuses a name that stands twice', () => {
    expect(problemsOf(SEED, SEED)).toEqual([
      'VISION_DEPLOYMENTS[1].name: "seed-westus" stands twice; names are unique.',
    ]);
  });

  it('lists the problems of all deployments at once', () => {
    const places = parse({ ...SEED, region: 'mars' }, { ...SEED, name: 'b', model: 'gpt-4x' }).problems.map(
      ({ path }) => path,
    );
    expect(places).toEqual(['VISION_DEPLOYMENTS[0].region', 'VISION_DEPLOYMENTS[1].model']);
    const shapes = parse({ ...SEED, tokensPerMinute: 0, region: 'West US' }, { ...SEED, colour: 'red' });
    expect(shapes.problems.map(({ path }) => path)).toEqual([
      'VISION_DEPLOYMENTS[0].region',
      'VISION_DEPLOYMENTS[0].tokensPerMinute',
      'VISION_DEPLOYMENTS[1]',
    ]);
  });

  it.each([
    ['[', 'VISION_DEPLOYMENTS', /^is no JSON: /],
    ['[{ "keySetting": a1b2c3d4e5 }]', 'VISION_DEPLOYMENTS', /^is no JSON: Unexpected token 'a'\.$/],
    [`{${'"keySetting": "a1b2c3d4e5" '.repeat(9)}`, 'VISION_DEPLOYMENTS', /^is no JSON: [^"]*\.$/],
    ['[]', 'VISION_DEPLOYMENTS', /^must hold at least one deployment\.$/],
    ['{}', 'VISION_DEPLOYMENTS', /array/],
    ['[5]', 'VISION_DEPLOYMENTS[0]', /object/],
  ])('refuses %s', (text, path, message) => {
    expect(parseDeployments(text, noSetting)).toEqual({
      deployments: [],
      problems: [{ path, message: expect.stringMatching(message) }],
    });
  });
});
