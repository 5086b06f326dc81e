import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { EXAMPLES } from '../../infra/examples.ts';
import { readConfig, SETTING_DEFAULTS } from '../../shared/settings/config.ts';
import { hasCompiler, ROOT } from './compile.ts';
import { appSettings, deployedSettings, goldenSnapshots, ofType, snapshotOf } from './snapshot.ts';

vi.setConfig({ testTimeout: 300_000 });

/** Accounts that were there before an example is deployed. */
const THERE_ALREADY: Readonly<Record<string, readonly string[]>> = {
  'infra/examples/landingZone.bicepparam': ['https://shared-models.openai.azure.com'],
};

describe('settings of the function app', () => {
  it.each(EXAMPLES)('%s is accepted by the application, every deployment of it', (example) => {
    const settings = deployedSettings(example);
    const config = readConfig(settings);
    const accounts = goldenSnapshots
      .get(example)
      ?.predictedResources.filter((resource) => resource.type === 'Microsoft.CognitiveServices/accounts')
      .map((account) => `https://${account.properties.customSubDomainName}.openai.azure.com`);
    expect([...new Set(config.deployments.map((deployment) => deployment.endpoint))].sort()).toEqual(
      [...(accounts ?? []), ...(THERE_ALREADY[example] ?? [])].sort(),
    );
    expect(config.storage.kind).toBe('identity');
  });

  it('give the seed its pool: four regions of one historic model, 10,000 tokens per minute each', () => {
    const { deployments } = readConfig(deployedSettings('infra/examples/seed.bicepparam'));
    expect(deployments.map(({ name, tokensPerMinute, apiVersion }) => ({ name, tokensPerMinute, apiVersion }))).toEqual(
      ['australiaeast', 'swedencentral', 'switzerlandnorth', 'westus'].map((region) => ({
        name: `gpt-4-vision-preview-${region}`,
        tokensPerMinute: 10_000,
        apiVersion: '2023-12-01-preview',
      })),
    );
  });

  it('put the provisioned deployment first', () => {
    const { deployments } = readConfig(deployedSettings('infra/examples/provisioned.bicepparam'));
    expect(deployments.map(({ sku, tokensPerMinute, priority }) => [sku, tokensPerMinute, priority])).toEqual([
      ['GlobalProvisionedManaged', 200_000, 0],
      ['GlobalStandard', 200_000, 1],
      ['GlobalStandard', 200_000, 1],
    ]);
  });

  it.each(EXAMPLES)('%s has every setting that the application knows', (example) => {
    const names = Object.keys(deployedSettings(example));
    for (const name of Object.keys(SETTING_DEFAULTS)) {
      expect(
        names.some((given) => given === name || given.startsWith(`${name}__`)),
        name,
      ).toBe(true);
    }
  });

  it('have every setting of the local example but the runtime, which the plan names itself', () => {
    const example = JSON.parse(readFileSync(join(ROOT, 'local.settings.example.json'), 'utf8'));
    const names = Object.keys(deployedSettings('infra/main.bicepparam'));
    const missing = Object.keys(example.Values).filter(
      (name) => !names.some((given) => given === name || given.startsWith(`${name}__`)),
    );
    expect(missing).toEqual(['FUNCTIONS_WORKER_RUNTIME']);
  });

  it.each(EXAMPLES)('%s has the whole identity of every connection that a function names', (example) => {
    const settings = deployedSettings(example);
    const connections = new Set(['AzureWebJobsStorage']);
    for (const file of globSync('functions/*.ts', { cwd: ROOT })) {
      for (const [, name] of readFileSync(join(ROOT, file), 'utf8').matchAll(/connection: '(\w+)'/g)) {
        if (name) connections.add(name);
      }
    }
    expect([...connections].sort()).toEqual(['AzureWebJobsStorage', 'IMAGES_STORAGE']);
    for (const connection of connections) {
      for (const part of ['blobServiceUri', 'queueServiceUri', 'tableServiceUri', 'credential', 'clientId']) {
        expect(settings, connection).toHaveProperty(`${connection}__${part}`);
      }
    }
  });

  it.each([
    ['infra/main.bicepparam', 'blob', 'false', 'true'],
    ['infra/examples/private.bicepparam', 'queue', 'true', 'false'],
  ])('%s runs one of the two functions for uploads', (example, ingestion, uploadedIsOff, eventIsOff) => {
    expect(deployedSettings(example)).toMatchObject({
      INGESTION: ingestion,
      'AzureWebJobs.onImageUploaded.Disabled': uploadedIsOff,
      'AzureWebJobs.onImageEvent.Disabled': eventIsOff,
    });
  });

  it('stand beside always-ready groups that name functions with a trigger of their own', () => {
    const types = readFileSync(join(ROOT, 'infra/types.bicep'), 'utf8');
    const sources = globSync('functions/*.ts', { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), 'utf8'));
    const named = [...types.matchAll(/'function:(\w+)'/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(0);
    for (const name of named) {
      const registers = new RegExp(`app\\.(?:storageQueue|timer)\\('${name}'`);
      expect(
        sources.some((source) => registers.test(source)),
        name,
      ).toBe(true);
    }
  });

  it.each(EXAMPLES)('%s names no property of a site that Flex Consumption refuses', (example) => {
    const [site] = ofType(
      goldenSnapshots.get(example) ?? { predictedResources: [], diagnostics: [] },
      'Microsoft.Web/sites',
    );
    const named = Object.keys({ ...site?.properties, ...site?.properties.siteConfig });
    // Settings of other plans: Azure answers "Site.SiteConfig.… for Flex Consumption sites is invalid".
    const refused = [
      ...['alwaysOn', 'containerSize', 'ftpsState', 'isReserved', 'isXenon', 'javaVersion', 'linuxFxVersion'],
      ...['netFrameworkVersion', 'powerShellVersion', 'functionAppScaleLimit', 'preWarmedInstanceCount'],
      ...['use32BitWorkerProcess', 'vnetBackupRestoreEnabled', 'vnetContentShareEnabled', 'vnetImagePullEnabled'],
      ...['vnetRouteAllEnabled', 'windowsFxVersion'],
    ];
    expect(named.filter((name) => refused.includes(name))).toEqual([]);
  });

  it('name nothing that Flex Consumption refuses', () => {
    const names = Object.keys(deployedSettings('infra/main.bicepparam'));
    for (const name of [
      'FUNCTIONS_WORKER_RUNTIME',
      'FUNCTIONS_EXTENSION_VERSION',
      'FUNCTIONS_WORKER_RUNTIME_VERSION',
      'FUNCTIONS_WORKER_PROCESS_COUNT',
      'SCM_DO_BUILD_DURING_DEPLOYMENT',
      'ENABLE_ORYX_BUILD',
      'WEBSITE_NODE_DEFAULT_VERSION',
      'WEBSITE_VNET_ROUTE_ALL',
      'WEBSITE_RUN_FROM_PACKAGE',
      'WEBSITE_CONTENTSHARE',
      'AzureWebJobsStorage',
    ]) {
      expect(names).not.toContain(name);
    }
  });
});

describe.runIf(await hasCompiler())('options', () => {
  it('of the application become its settings, as text', async () => {
    const settings = appSettings(
      await snapshotOf(`param environmentName = 'test'
param settings = {
  defaultModel: 'gpt-5.1'
  defaultTask: 'text'
  blobBinding: 'bytes'
  uploadMaxBytes: 52428800
  imageMaxPixels: 100000000
  documentMaxPages: 500
  documentOpenPages: 20
  imageUrlPorts: [443, 8443]
  inlineWaitMs: 0
  httpShare: '0.4'
  reuseAnswers: true
  answerLanguage: 'de'
  retentionDays: { records: 30, inbox: 1, usage: 400, results: 0 }
  dailyBudgetUsd: '25'
  monthlyBudgetUsd: '400'
}
param deployments = [{ region: 'eastus2', model: 'gpt-5.1', version: '2025-11-13', sku: 'GlobalStandard', capacity: 10 }]`),
    );
    expect(settings).toMatchObject({
      DEFAULT_MODEL: 'gpt-5.1',
      DEFAULT_TASK: 'text',
      BLOB_BINDING: 'bytes',
      UPLOAD_MAX_BYTES: '52428800',
      IMAGE_MAX_PIXELS: '100000000',
      DOCUMENT_MAX_PAGES: '500',
      DOCUMENT_OPEN_PAGES: '20',
      IMAGE_URL_PORTS: '443,8443',
      INLINE_WAIT_MS: '0',
      HTTP_SHARE: '0.4',
      REUSE_ANSWERS: 'true',
      ANSWER_LANGUAGE: 'de',
      RETENTION_DAYS: '{"records":30,"inbox":1,"usage":400,"results":0}',
      DAILY_BUDGET_USD: '25',
      MONTHLY_BUDGET_USD: '400',
    });
  });
});
