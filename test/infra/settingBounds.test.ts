import { describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../shared/settings/config.ts';
import { ConfigInvalid } from '../../shared/settings/configInvalid.ts';
import { hasCompiler } from './compile.ts';
import { appSettings, deployedSettings, snapshotOf, snapshotRun, templateOf } from './snapshot.ts';

vi.setConfig({ testTimeout: 300_000 });

/** A definition in the built template, as far as it bounds a value. */
interface Definition {
  readonly $ref?: string;
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly allowedValues?: readonly string[];
  readonly properties?: Readonly<Record<string, Definition>>;
}

/** What the template takes, by the names of its parameter `settings`. */
async function inTemplate(): Promise<Readonly<Record<string, Definition>>> {
  const { definitions } = await templateOf('main');
  return definitions.applicationSettings.properties;
}

/** Names of the settings that the application refuses. */
function refused(settings: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig({ ...deployedSettings('infra/main.bicepparam'), ...settings });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    return error.problems.map(({ path }) => path);
  }
}

const models = `
  { region: 'eastus2', model: 'gpt-5.1', version: '2025-11-13', sku: 'GlobalStandard', capacity: 10 }
  { region: 'eastus2', model: 'my-model', version: '1', like: 'gpt-5.1@2025-11-13', sku: 'Standard', capacity: 10 }`;

function parameters(settings: Readonly<Record<string, string>>, deployments = models.split('\n')[1] ?? ''): string {
  const given = Object.entries(settings).map(([name, value]) => `${name}: '${value}'`);
  return `param environmentName = 'test'\nparam deployments = [${deployments}\n]\nparam settings = {\n${given.join('\n')}\n}`;
}

/** Settings that are given as text: what template and application both take, and what neither takes. */
const TEXTS = [
  {
    name: 'httpShare',
    setting: 'HTTP_SHARE',
    taken: ['0', '0.9', '0.25'],
    refused: ['0.900001', '1', '-0.1', 'half'],
    sentence: 'write a number from 0 to 0.9, such as 0.2.',
  },
  {
    name: 'dailyBudgetUsd',
    setting: 'DAILY_BUDGET_USD',
    taken: ['0.01', '10000000', '7.5'],
    refused: ['0.009999', '10000000.01', '25 USD', '1.2.3'],
    sentence: 'write an amount from 0.01 to 10000000 US dollars, such as 25.',
  },
  {
    name: 'monthlyBudgetUsd',
    setting: 'MONTHLY_BUDGET_USD',
    taken: ['0.01', '10000000', '400'],
    refused: ['0', '10000001', '€400', '1,000'],
    sentence: 'write an amount from 0.01 to 10000000 US dollars, such as 25.',
  },
  {
    name: 'answerLanguage',
    setting: 'ANSWER_LANGUAGE',
    taken: ['de', 'zh-Hant-TW', 'es-419'],
    refused: ['de_CH', 'Deutsch (Schweiz)', 'd', 'de-CH-CH'],
    sentence: 'write a language tag such as en or de-CH.',
  },
  {
    name: 'tokenScope',
    setting: 'TOKEN_SCOPE',
    taken: ['https://cognitiveservices.azure.us/.default', 'https://ai.azure.com/.default', 'api://models/.default'],
    refused: ['https://ai.azure.com', '.default/', 'default', 'https://ai.azure.com/.default/'],
    sentence: 'write a resource followed by /.default.',
  },
] as const;

describe.runIf(await hasCompiler())('what the template takes', () => {
  it.each([
    ['uploadMaxBytes', 'UPLOAD_MAX_BYTES'],
    ['imageMaxPixels', 'IMAGE_MAX_PIXELS'],
    ['documentMaxPages', 'DOCUMENT_MAX_PAGES'],
    ['documentOpenPages', 'DOCUMENT_OPEN_PAGES'],
    ['inlineWaitMs', 'INLINE_WAIT_MS'],
  ])('of %s, a whole number, is what the application starts with', async (name, setting) => {
    const { minValue = Number.NaN, maxValue = Number.NaN } = (await inTemplate())[name] ?? {};
    expect(refused({ [setting]: String(minValue) })).toEqual([]);
    expect(refused({ [setting]: String(maxValue) })).toEqual([]);
    expect(refused({ [setting]: String(minValue - 1) })).toEqual([setting]);
    expect(refused({ [setting]: String(maxValue + 1) })).toEqual([setting]);
  });

  it('of days that things are kept is what the application starts with', async () => {
    const { definitions } = await templateOf('main');
    const kept = definitions[(await inTemplate()).retentionDays?.$ref?.split('/').at(-1) ?? ''].properties;
    expect(Object.keys(kept).sort()).toEqual(['inbox', 'records', 'results', 'usage']);
    for (const [name, { minValue, maxValue }] of Object.entries<{ minValue: number; maxValue: number }>(kept)) {
      const refusedWith = (days: number): readonly string[] => refused({ RETENTION_DAYS: `{"${name}":${days}}` });
      expect([refusedWith(minValue), refusedWith(maxValue)], name).toEqual([[], []]);
      expect([refusedWith(minValue - 1), refusedWith(maxValue + 1)], name).toEqual([
        ['RETENTION_DAYS'],
        ['RETENTION_DAYS'],
      ]);
    }
  });

  it.each([
    ['defaultTask', 'DEFAULT_TASK'],
    ['blobBinding', 'BLOB_BINDING'],
  ])('of %s is what the application starts with', async (name, setting) => {
    const allowed = (await inTemplate())[name]?.allowedValues ?? [];
    expect(allowed.length).toBeGreaterThan(1);
    for (const value of allowed) expect(refused({ [setting]: value }), value).toEqual([]);
  });

  it.each([0, 1, 2])('as text is what the application starts with, bounds first (%i)', async (place) => {
    const settings = Object.fromEntries(TEXTS.map(({ name, taken }) => [name, taken[place] ?? '']));
    expect(await snapshotRun(parameters(settings))).toEqual({ made: expect.any(String), problems: '' });
    for (const { setting, taken } of TEXTS) expect(refused({ [setting]: taken[place] ?? '' }), setting).toEqual([]);
  });

  it('as empty text is the default of the application', async () => {
    const settings = Object.fromEntries([...TEXTS.map(({ name }) => [name, '']), ['defaultModel', '']]);
    expect(refused(Object.fromEntries(TEXTS.map(({ setting }) => [setting, ''])))).toEqual([]);
    expect(appSettings(await snapshotOf(parameters(settings, models))).DEFAULT_MODEL).toBe('gpt-5.1@2025-11-13');
  });
});

describe.runIf(await hasCompiler())('what the template refuses', () => {
  it.each([0, 1, 2, 3])(
    'reports all problems of the text at once, and the application would not start with it (%i)',
    async (place) => {
      const settings = Object.fromEntries(TEXTS.map(({ name, refused }) => [name, refused[place] ?? '']));
      const run = await snapshotRun(parameters(settings));
      for (const { name, setting, refused: wrong, sentence } of TEXTS) {
        expect(run.problems).toContain(`settings.${name} is "${wrong[place]}"; ${sentence}`);
        expect(refused({ [setting]: wrong[place] ?? '' }), wrong[place]).toEqual([setting]);
      }
    },
  );

  it.each(['dailyBudgetUsd', 'monthlyBudgetUsd'])(
    'is a %s with a model of your own, whose price nobody knows',
    async (name) => {
      const run = await snapshotRun(parameters({ [name]: '25' }, models));
      expect(run.problems).toContain(
        'The settings have a budget, but the price of my-model-standard-eastus2 is not known; a budget cannot be kept.',
      );
    },
  );
});
