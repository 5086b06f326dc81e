import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Config, readConfig, SETTING_DEFAULTS } from '../../shared/settings/config.ts';
import { ConfigInvalid } from '../../shared/settings/configInvalid.ts';

const SEED = {
  name: 'gpt-4-vision-preview-westus',
  deployment: 'gpt-4-vision-preview',
  endpoint: 'https://argus-westus.openai.azure.com/',
  region: 'westus',
  model: 'gpt-4',
  version: 'vision-preview',
  sku: 'Standard',
  tokensPerMinute: 10_000,
  apiVersion: '2023-12-01-preview',
};
const GPT_4O = {
  name: 'gpt-4o-swedencentral',
  endpoint: 'https://argus-swedencentral.openai.azure.com',
  region: 'swedencentral',
  model: 'gpt-4o',
  version: '2024-11-20',
  sku: 'GlobalStandard',
  tokensPerMinute: 30_000,
};
const MINIMAL = { VISION_DEPLOYMENTS: JSON.stringify([SEED]), IMAGES_STORAGE: 'UseDevelopmentStorage=true' };

function configOf(settings: Readonly<Record<string, string>>): Config {
  return readConfig({ ...MINIMAL, ...settings });
}

/** The problems of wrong settings, as `NAME: sentence`. */
function problemsOf(settings: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    readConfig(settings);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('needs a pool and a storage, and takes the defaults for the rest', () => {
    const { keyOf, ...config } = readConfig(MINIMAL);
    expect(keyOf('NOBODYS_KEY')).toBe('');
    expect(config).toEqual({
      deployments: [expect.objectContaining({ name: 'gpt-4-vision-preview-westus', requestsPerMinute: 60 })],
      defaultModel: 'gpt-4@vision-preview',
      storage: { kind: 'connectionString', connectionString: 'UseDevelopmentStorage=true' },
      identityClientId: undefined,
      imagesContainer: 'images',
      resultsContainer: 'results',
      ingestion: 'blob',
      defaultTask: 'analyze',
      blobBinding: 'reference',
      uploadMaxBytes: 104_857_600,
      imageMaxPixels: 268_402_689,
      documentMaxPages: 200,
      documentOpenPages: undefined,
      imageUrlPorts: [443],
      inlineWaitMs: 5_000,
      httpShare: 0.2,
      isReusingAnswers: false,
      answerLanguage: undefined,
      retentionDays: { records: 90, inbox: 1, usage: 400, results: 0 },
      budgetMicroUsd: {},
      httpAuth: 'key',
      isSignInOff: true,
      tokenScope: 'https://cognitiveservices.azure.com/.default',
      telemetry: undefined,
    });
  });

  it('counts an empty setting as not set', () => {
    expect(configOf({ DEFAULT_MODEL: '', AZURE_CLIENT_ID: ' ', ANSWER_LANGUAGE: '', INGESTION: '' })).toMatchObject({
      defaultModel: 'gpt-4@vision-preview',
      identityClientId: undefined,
      answerLanguage: undefined,
      ingestion: 'blob',
    });
  });

  it('lists every missing setting at once', () => {
    expect(problemsOf({})).toEqual([
      'VISION_DEPLOYMENTS: is missing: a JSON list of at least one deployment.',
      'IMAGES_STORAGE: is missing: a connection string, or IMAGES_STORAGE__blobServiceUri, __queueServiceUri and __tableServiceUri.',
    ]);
  });

  it('lists every wrong setting at once, by name and with its value', () => {
    const problems = problemsOf({
      VISION_DEPLOYMENTS: '[',
      IMAGES_STORAGE: 'no connection string',
      IMAGES_CONTAINER: 'My_Images',
      RESULTS_CONTAINER: 'a--b',
      INGESTION: 'mail',
      DEFAULT_TASK: 'guess',
      BLOB_BINDING: 'stream',
      UPLOAD_MAX_BYTES: 'much',
      IMAGE_MAX_PIXELS: '268402690',
      INLINE_WAIT_MS: '-1',
      HTTP_SHARE: '1',
      ANSWER_LANGUAGE: 'English!',
      HTTP_AUTH: 'none',
      TOKEN_SCOPE: 'https://cognitiveservices.azure.com',
      REUSE_ANSWERS: 'perhaps',
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'IMAGES_CONTAINER',
      'RESULTS_CONTAINER',
      'INGESTION',
      'DEFAULT_TASK',
      'BLOB_BINDING',
      'UPLOAD_MAX_BYTES',
      'IMAGE_MAX_PIXELS',
      'INLINE_WAIT_MS',
      'HTTP_SHARE',
      'REUSE_ANSWERS',
      'ANSWER_LANGUAGE',
      'HTTP_AUTH',
      'TOKEN_SCOPE',
      'VISION_DEPLOYMENTS',
      'IMAGES_STORAGE',
    ]);
    expect(problems).toContain('UPLOAD_MAX_BYTES: is "much": must be a whole number.');
    expect(problems).toContain('IMAGE_MAX_PIXELS: is "268402690": must be from 1 to 268,402,689.');
    expect(problems).toContain('HTTP_SHARE: is "1": must be from 0 to 0.9.');
  });

  it('says all of it in one message', () => {
    expect(() => configOf({ INGESTION: 'mail', HTTP_AUTH: 'none' })).toThrow(
      /^2 settings are wrong:\n {2}INGESTION: is "mail": .*\n {2}HTTP_AUTH: is "none": .*$/,
    );
    expect(() => configOf({ INGESTION: 'mail' })).toThrow(/^One setting is wrong:\n {2}INGESTION: is "mail": /);
  });

  it('takes what may be spent, what is kept and whether answers are given again', () => {
    const settings = { DAILY_BUDGET_USD: '12.5', MONTHLY_BUDGET_USD: '200', REUSE_ANSWERS: 'true' };
    expect(configOf({ ...settings, RETENTION_DAYS: '{"records":30}' })).toMatchObject({
      budgetMicroUsd: { day: 12_500_000, month: 200_000_000 },
      retentionDays: { records: 30, inbox: 1, usage: 400, results: 0 },
      isReusingAnswers: true,
    });
    expect(problemsOf({ ...MINIMAL, DAILY_BUDGET_USD: 'much', RETENTION_DAYS: '{"records":-1}' })).toEqual([
      expect.stringMatching(/^RETENTION_DAYS: is .* records: must be from 0 to 36,500\.$/),
      'DAILY_BUDGET_USD: is "much": must be an amount from 0.01 to 10,000,000 US dollars.',
    ]);
  });

  it.each([
    [undefined, true],
    ['', true],
    ['False', true],
    ['1', true],
    ['yes', true],
    ['True', false],
    ['true', false],
    ['TRUE ', false],
  ])('takes sign-in for off unless the platform says that it is on: %j', (said, isOff) => {
    const settings = said === undefined ? {} : { WEBSITE_AUTH_ENABLED: said };
    expect(configOf(settings).isSignInOff).toBe(isOff);
  });

  it.each([
    ['443', [443]],
    ['443, 8443', [443, 8443]],
    ['8443,8443', [8443]],
    ['', [443]],
  ])('reads the ports that an image may be fetched from: %j', (text, ports) => {
    expect(configOf({ IMAGE_URL_PORTS: text }).imageUrlPorts).toEqual(ports);
  });

  it.each([
    '0',
    '65536',
    '443;8443',
    '443,',
    '-1',
    '4e2',
    'https',
    '*',
    Array.from({ length: 21 }, (_, place) => place + 1).join(),
  ])('refuses the ports %j', (text) => {
    expect(problemsOf({ ...MINIMAL, IMAGE_URL_PORTS: text })).toEqual([
      `IMAGE_URL_PORTS: is "${text}": must be 1 to 20 ports from 1 to 65535 between commas, such as "443,8443".`,
    ]);
  });

  it('keeps no budget where a price is not known', () => {
    const own = { ...SEED, name: 'own', model: 'llava', version: '1.6', like: 'gpt-4@vision-preview' };
    const settings = { ...MINIMAL, VISION_DEPLOYMENTS: JSON.stringify([own]), DAILY_BUDGET_USD: '1' };
    expect(problemsOf(settings)).toEqual([
      'DAILY_BUDGET_USD: is set, but the price of own is not known; a budget cannot be kept.',
    ]);
  });

  it.each(['ask', 'extract'])('refuses the default task %s, which needs more than an image', (task) => {
    expect(problemsOf({ ...MINIMAL, DEFAULT_TASK: task })).toEqual([
      `DEFAULT_TASK: is "${task}": cannot be ask or extract: those need a question or a schema with each image.`,
    ]);
  });

  it.each([
    ['images', 'images'],
    ['results-http', 'results'],
  ])('refuses images in %s with results in %s: the results would be analysed', (images, results) => {
    expect(problemsOf({ ...MINIMAL, IMAGES_CONTAINER: images, RESULTS_CONTAINER: results })).toEqual([
      `RESULTS_CONTAINER: is "${results}", whose results would lie among the images.`,
    ]);
  });

  it('leaves room for the ending of the container of HTTP results', () => {
    expect(configOf({ RESULTS_CONTAINER: 'r'.repeat(58) }).resultsContainer).toHaveLength(58);
    expect(problemsOf({ ...MINIMAL, RESULTS_CONTAINER: 'r'.repeat(59) })).toHaveLength(1);
  });
});

describe('DEFAULT_MODEL', () => {
  const two = JSON.stringify([SEED, GPT_4O]);

  it('is needed when the pool has more than one model', () => {
    expect(problemsOf({ ...MINIMAL, VISION_DEPLOYMENTS: two })).toEqual([
      'DEFAULT_MODEL: is missing, and the pool has more than one model: gpt-4@vision-preview, gpt-4o@2024-11-20.',
    ]);
  });

  it.each(['gpt-4o', 'gpt-4o@2024-11-20'])('is a name of the pool: %s', (name) => {
    expect(configOf({ VISION_DEPLOYMENTS: two, DEFAULT_MODEL: name }).defaultModel).toBe('gpt-4o@2024-11-20');
  });

  it('is no other model', () => {
    expect(problemsOf({ ...MINIMAL, DEFAULT_MODEL: 'gpt-4o' })).toEqual([
      'DEFAULT_MODEL: is "gpt-4o", which is not in the pool: gpt-4@vision-preview.',
    ]);
  });
});

describe('IMAGES_STORAGE', () => {
  const addresses = {
    IMAGES_STORAGE__blobServiceUri: 'https://argus.blob.core.windows.net',
    IMAGES_STORAGE__queueServiceUri: 'https://argus.queue.core.windows.net',
    IMAGES_STORAGE__tableServiceUri: 'https://argus.table.core.windows.net',
  };
  const { IMAGES_STORAGE: _, ...pool } = MINIMAL;

  it('is a connection string', () => {
    const connectionString = 'DefaultEndpointsProtocol=https;AccountName=argus;AccountKey=AAAA;EndpointSuffix=x';
    expect(configOf({ IMAGES_STORAGE: connectionString }).storage).toEqual({
      kind: 'connectionString',
      connectionString,
    });
  });

  it('is an address for each service, reached with the identity', () => {
    expect(readConfig({ ...pool, ...addresses }).storage).toEqual({
      kind: 'identity',
      blobServiceUri: 'https://argus.blob.core.windows.net',
      queueServiceUri: 'https://argus.queue.core.windows.net',
      tableServiceUri: 'https://argus.table.core.windows.net',
    });
  });

  it('names the addresses that are missing or wrong', () => {
    const { IMAGES_STORAGE__queueServiceUri: _queue, ...without } = addresses;
    expect(problemsOf({ ...pool, ...without })).toEqual(['IMAGES_STORAGE: lacks IMAGES_STORAGE__queueServiceUri.']);
    expect(problemsOf({ ...pool, ...addresses, IMAGES_STORAGE__blobServiceUri: 'argus' })).toEqual([
      'IMAGES_STORAGE__blobServiceUri: is "argus", which is not an http or https URL.',
    ]);
  });

  it('does not repeat what may hold a key', () => {
    expect(problemsOf({ ...MINIMAL, IMAGES_STORAGE: 'AccountKey=secret' })).toEqual([
      'IMAGES_STORAGE: is not a connection string: it names no account.',
    ]);
  });

  it.each([
    [{ AZURE_CLIENT_ID: 'a' }, 'a'],
    [{ IMAGES_STORAGE__clientId: 'b' }, 'b'],
    [{ AZURE_CLIENT_ID: 'a', IMAGES_STORAGE__clientId: 'b' }, 'a'],
  ])('and the models are reached with one identity: %o', (settings, clientId) => {
    expect(configOf(settings).identityClientId).toBe(clientId);
  });
});

describe('a key of a deployment', () => {
  const withKey = JSON.stringify([{ ...SEED, auth: { keySetting: 'OLLAMA_KEY' } }]);

  it('is read from the setting that the deployment names', () => {
    expect(configOf({ VISION_DEPLOYMENTS: withKey, OLLAMA_KEY: 'k' }).keyOf('OLLAMA_KEY')).toBe('k');
  });

  it('must be there', () => {
    expect(problemsOf({ ...MINIMAL, VISION_DEPLOYMENTS: withKey })).toEqual([
      'VISION_DEPLOYMENTS[0].auth: names the setting OLLAMA_KEY, which is missing.',
    ]);
  });
});

describe('APPLICATIONINSIGHTS_CONNECTION_STRING', () => {
  const targetOf = (connectionString: string, more: Readonly<Record<string, string>> = {}): Config['telemetry'] =>
    configOf({ APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString, ...more }).telemetry;

  it('says where telemetry goes, under the name of the site', () => {
    const connectionString =
      'InstrumentationKey=1-2;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;LiveEndpoint=https://westeurope.livediagnostics.monitor.azure.com/;ApplicationId=3-4';
    expect(targetOf(connectionString, { WEBSITE_SITE_NAME: 'argus-dev-app' })).toEqual({
      instrumentationKey: '1-2',
      trackUrl: 'https://westeurope-5.in.applicationinsights.azure.com/v2.1/track',
      tokenScope: 'https://monitor.azure.com/.default',
      role: 'argus-dev-app',
    });
  });

  it('may lack the endpoint, and may name the audience of another cloud', () => {
    expect(targetOf('instrumentationkey = 1-2 ; AadAudience=https://monitor.azure.cn/')).toEqual({
      instrumentationKey: '1-2',
      trackUrl: 'https://dc.services.visualstudio.com/v2.1/track',
      tokenScope: 'https://monitor.azure.cn/.default',
      role: 'argus',
    });
  });

  it.each([
    'IngestionEndpoint=https://in.example',
    'InstrumentationKey=1-2;IngestionEndpoint=in.example',
    'InstrumentationKey=1-2;IngestionEndpoint=https://',
    'no connection string',
  ])('is reported when it is wrong, without its value: %s', (connectionString) => {
    expect(problemsOf({ ...MINIMAL, APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString })).toEqual([
      'APPLICATIONINSIGHTS_CONNECTION_STRING: is not a connection string such as InstrumentationKey=…;IngestionEndpoint=https://….',
    ]);
  });
});

describe('local.settings.example.json', () => {
  const { Values: values } = JSON.parse(readFileSync('local.settings.example.json', 'utf8')) as {
    Values: Record<string, string>;
  };
  const platform = ['FUNCTIONS_WORKER_RUNTIME', 'AzureWebJobsStorage'];

  it('has every setting, and no other', () => {
    expect(Object.keys(values).toSorted()).toEqual([...platform, ...Object.keys(SETTING_DEFAULTS)].toSorted());
  });

  it('shows the defaults', () => {
    for (const [name, value] of Object.entries(SETTING_DEFAULTS)) {
      if (!['VISION_DEPLOYMENTS', 'IMAGES_STORAGE'].includes(name))
        expect([name, values[name]]).toEqual([name, value ?? '']);
    }
  });

  it('starts the app as it is, on the storage emulator and without a key', () => {
    const config = readConfig(values);
    expect(config.deployments.map(({ region }) => region)).toEqual([
      'australiaeast',
      'swedencentral',
      'switzerlandnorth',
      'westus',
    ]);
    expect(config.deployments.every(({ auth }) => auth.kind === 'managedIdentity')).toBe(true);
    expect(values).toMatchObject({ FUNCTIONS_WORKER_RUNTIME: 'node', AzureWebJobsStorage: values.IMAGES_STORAGE });
    expect(JSON.stringify(values)).not.toMatch(/AccountKey|api-?key/i);
  });
});
