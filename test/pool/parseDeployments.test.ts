import fc from 'fast-check';
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
  it('takes a label of the subscription, and no empty one', () => {
    expect(parse({ ...SEED, subscription: 'research' }).deployments).toMatchObject([{ subscription: 'research' }]);
    expect(problemsOf({ ...SEED, subscription: '' })).toHaveLength(1);
  });

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

  it.each([
    [
      'o3',
      '2025-04-16',
      '2024-08-01-preview',
      'is too old for o3@2025-04-16; the first that serves it is 2024-12-01-preview',
    ],
    [
      'gpt-5.1',
      '2025-11-13',
      '2024-10-21',
      'is too old for gpt-5.1@2025-11-13; the first that serves it is 2024-12-01-preview',
    ],
    ['gpt-5-mini', '2025-08-07', '2024-10-01-preview', 'is too old for gpt-5-mini@2025-08-07; the first'],
    ['gpt-4o', '2024-11-20', '2024-11-21', 'was never served; the nearest are 2024-10-21 and 2024-12-01-preview'],
    [
      'gpt-4o',
      '2024-11-20',
      '2024-10-21-preview',
      'was never served; the nearest are 2024-10-21 and 2024-12-01-preview',
    ],
    ['gpt-4o', '2024-11-20', '2020-01-01', 'was never served; the nearest are 2023-03-15-preview'],
  ])('refuses %s@%s under %s', (model, version, apiVersion, sentence) => {
    expect(problemsOf({ ...SEED, model, version, sku: 'GlobalStandard', region: 'eastus2', apiVersion })).toEqual([
      `VISION_DEPLOYMENTS[0].apiVersion: "${apiVersion}" ${sentence}${sentence.endsWith('first') ? ' that serves it is 2024-12-01-preview' : ''}. Leave apiVersion out for v1.`,
    ]);
  });

  it.each([
    ['o3', '2025-04-16', '2024-12-01-preview'],
    ['gpt-5.1', '2025-11-13', '2025-04-01-preview'],
    ['gpt-5.1', '2025-11-13', '2027-01-01'],
    ['gpt-5.1', '2025-11-13', undefined],
  ])('takes %s@%s under %s', (model, version, apiVersion) => {
    expect(problemsOf({ ...SEED, model, version, sku: 'GlobalStandard', region: 'eastus2', apiVersion })).toEqual([]);
  });

  const operation = 'is the address of one operation (a target URI); write';
  it.each([
    [
      'https://x.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
      `${operation} endpoint "https://x.openai.azure.com", deployment "gpt-4o" and apiVersion "2024-10-21".`,
    ],
    [
      'https://x.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21&api-key=s3cret',
      `${operation} endpoint "https://x.openai.azure.com", deployment "gpt-4o" and apiVersion "2024-10-21".`,
    ],
    [
      'https://x.openai.azure.com/openai/deployments/gpt-4o',
      `${operation} endpoint "https://x.openai.azure.com", deployment "gpt-4o" and no apiVersion (v1).`,
    ],
    [
      'https://x.cognitiveservices.azure.com/openai/deployments/my%20eye/chat/completions',
      `${operation} endpoint "https://x.cognitiveservices.azure.com" and no apiVersion (v1).`,
    ],
    [
      'https://x.openai.azure.com/openai/v1/responses',
      `${operation} endpoint "https://x.openai.azure.com" and no apiVersion (v1).`,
    ],
    [
      'https://x.openai.azure.com/openai/v1/chat/completions?api-version=preview',
      `${operation} endpoint "https://x.openai.azure.com" and no apiVersion (v1).`,
    ],
    [
      'https://x.openai.azure.com/openai/responses?api-version=2025-04-01-preview',
      `${operation} endpoint "https://x.openai.azure.com" and apiVersion "2025-04-01-preview".`,
    ],
    [
      'https://x.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview',
      `${operation} endpoint "https://x.services.ai.azure.com" and apiVersion "2024-05-01-preview".`,
    ],
    [
      'https://x.services.ai.azure.com/api/projects/eyes',
      'has the path /api/projects/eyes; write endpoint "https://x.services.ai.azure.com" and no apiVersion (v1).',
    ],
    [
      'https://x.openai.azure.com/openai',
      'has the path /openai; write endpoint "https://x.openai.azure.com" and no apiVersion (v1).',
    ],
    [
      'http://localhost:11434/v1/chat/completions',
      `${operation} endpoint "http://localhost:11434/v1" and no apiVersion (v1).`,
    ],
    [
      'https://gateway.example/eyes/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
      `${operation} endpoint "https://gateway.example/eyes", deployment "gpt-4o" and apiVersion "2024-10-21".`,
    ],
    [
      'https://me:s3cret@x.openai.azure.com',
      "holds a user name or password; write https://x.openai.azure.com, and name the key's setting in auth.",
    ],
    [
      'https://ai.azure.com/resource/deployments?wsid=/subscriptions/s3cret',
      'is a page (ai.azure.com), where no model answers. Copy the endpoint of the Azure OpenAI resource, such as https://my-account.openai.azure.com.',
    ],
    [
      'https://portal.azure.com/#@contoso/resource',
      'is a page (portal.azure.com), where no model answers. Copy the endpoint of the Azure OpenAI resource, such as https://my-account.openai.azure.com.',
    ],
  ])('says which endpoint was meant by %s', (endpoint, sentence) => {
    expect(problemsOf({ ...SEED, endpoint })).toEqual([`VISION_DEPLOYMENTS[0].endpoint: ${sentence}`]);
  });

  it('takes the v1 path of Azure as it stands, but not with an API version', () => {
    const endpoint = 'https://x.openai.azure.com/openai/v1/';
    expect(problemsOf({ ...SEED, endpoint })).toEqual([]);
    expect(problemsOf({ ...SEED, endpoint, apiVersion: '2023-12-01-preview' })).toEqual([
      'VISION_DEPLOYMENTS[0].endpoint: ends in /v1, which takes no API version; leave apiVersion out, or write https://x.openai.azure.com for the dated path.',
    ]);
  });

  it('says which short name of a region was meant', () => {
    expect(problemsOf({ ...SEED, region: 'Sweden Central' })).toEqual([
      'VISION_DEPLOYMENTS[0].region: must be the short name of a region, such as swedencentral.',
    ]);
  });

  it('takes an endpoint with a line break behind it', () => {
    expect(parse({ ...SEED, endpoint: ' https://x.openai.azure.com/\n' }).deployments[0]?.endpoint).toBe(
      'https://x.openai.azure.com',
    );
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
    ['[', 'VISION_DEPLOYMENTS', /^is not valid JSON: /],
    ['[{ "keySetting": a1b2c3d4e5 }]', 'VISION_DEPLOYMENTS', /^is not valid JSON: Unexpected token 'a'\.$/],
    [`{${'"keySetting": "a1b2c3d4e5" '.repeat(9)}`, 'VISION_DEPLOYMENTS', /^is not valid JSON: [^"]*\.$/],
    ['', 'VISION_DEPLOYMENTS', /^is empty; it is a JSON list of deployments, such as \[/],
    [
      'https://x.openai.azure.com/openai/deployments/eye/chat/completions?api-version=2024-10-21',
      'VISION_DEPLOYMENTS',
      /^is a URL; .*deployment "eye" and apiVersion "2024-10-21"\.$/,
    ],
    ['[{ “name”: “a” }]', 'VISION_DEPLOYMENTS', /typographic quotation marks/],
    ["[{ 'name': 'a' }]", 'VISION_DEPLOYMENTS', /double quotation marks/],
    ['VISION_DEPLOYMENTS=[]', 'VISION_DEPLOYMENTS', /begins with its own name/],
    ['[]', 'VISION_DEPLOYMENTS', /^must hold at least one deployment\.$/],
    ['{}', 'VISION_DEPLOYMENTS', /array/],
    ['[5]', 'VISION_DEPLOYMENTS[0]', /object/],
  ])('refuses %s', (text, path, message) => {
    expect(parseDeployments(text, noSetting)).toEqual({
      deployments: [],
      problems: [{ path, message: expect.stringMatching(message) }],
    });
  });

  it('takes any text that somebody may paste without throwing, and repeats no key of it', () => {
    const key = 's3cretKeyOf32Characters0123456789';
    const addresses = fc.constantFrom(
      ...['https://x.openai.azure.com', 'https://x.services.ai.azure.com/api/projects/p', 'https://ai.azure.com/build'],
      ...[
        'http://localhost:11434/v1',
        'x.openai.azure.com',
        'https://',
        'https://[::1',
        'https://x.openai.azure.com:99999',
      ],
    );
    const paths = fc.constantFrom(
      '',
      '/',
      '/openai',
      '/openai/deployments/',
      '/openai/deployments/%E0%A4%A/chat',
      '/v1',
      '/deployments/a/b',
    );
    const queries = fc.constantFrom(
      '',
      `?api-key=${key}`,
      `?api-version=2024-10-21&key=${key}`,
      `#${key}`,
      '?api-version=',
    );
    const endpoint = fc.tuple(addresses, paths, queries).map((parts) => parts.join(''));
    const entry = fc.record({
      name: fc.string(),
      endpoint: fc.oneof(endpoint, fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.string()),
      region: fc.oneof(fc.constantFrom('West US', 'westus', ''), fc.string()),
      model: fc.constantFrom('gpt-4', 'gpt-4o (2024-11-20)', 'gpt-4@vision-preview', ''),
      version: fc.constantFrom('vision-preview', 'latest', ''),
      tokensPerMinute: fc.oneof(fc.constantFrom('10K', 10_000, -1, 1e99, Number.NaN), fc.anything()),
      apiVersion: fc.oneof(fc.constantFrom('2024-10-21 ', '?api-version=2024-10-21', 'v1', '2024-02-30'), fc.string()),
      auth: fc.oneof(fc.constantFrom('key', 'none'), fc.anything()),
    });
    const texts = fc.oneof(
      fc.array(entry, { maxLength: 3 }).map((list) => JSON.stringify(list)),
      endpoint,
      fc.constantFrom(
        `\uFEFF[]`,
        JSON.stringify('[]'),
        `[{"name":"a",}]`,
        '[{"name": a}]',
        'null',
        '[null]',
        '{"0":{}}',
      ),
      fc.string(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { problems, deployments } = parseDeployments(text, noSetting);
        expect(problems.length + deployments.length).toBeGreaterThan(0);
        expect(JSON.stringify(problems)).not.toContain(key);
        for (const { message } of problems) expect(message.trim()).toMatch(/\S[.)]?$/);
      }),
      { numRuns: 2_000 },
    );
  });
});
