import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { EXAMPLES } from '../../infra/examples.ts';
import { overrideHostJson } from '../../local/host/appFolder.ts';
import { parseHostFile, type QueueSettings } from '../../local/host/hostFile.ts';
import { findModel } from '../../shared/catalog/catalog.ts';
import { BODY_MAX_BYTES } from '../../shared/http/read/readBody.ts';
import { hasCompiler, ROOT } from './compile.ts';
import {
  appSettings,
  deployedSettings,
  goldenSnapshots,
  ofType,
  type Snapshot,
  snapshotOf,
  templateOf,
} from './snapshot.ts';

vi.setConfig({ testTimeout: 300_000 });

const regions = findModel('gpt-5.1@2025-11-13')?.regions.bySku.GlobalStandard ?? [];

function pool(environmentName: string, inRegions: readonly string[], capacity: number): string {
  const entries = inRegions.map(
    (region) =>
      `{ region: '${region}', model: 'gpt-5.1', version: '2025-11-13', sku: 'GlobalStandard', capacity: ${capacity} }`,
  );
  return `param environmentName = '${environmentName}'\nparam deployments = [\n${entries.join('\n')}\n]`;
}

/** Longest name that Azure takes (Naming rules and restrictions for Azure resources, Microsoft Learn). */
const LONGEST: Readonly<Record<string, number>> = {
  'Microsoft.Storage/storageAccounts': 24,
  'Microsoft.Web/serverfarms': 40,
  'Microsoft.Web/sites': 60,
  'Microsoft.CognitiveServices/accounts': 64,
  'Microsoft.EventGrid/systemTopics': 50,
  'Microsoft.OperationalInsights/workspaces': 63,
  'Microsoft.Insights/components': 255,
  'Microsoft.ManagedIdentity/userAssignedIdentities': 128,
  'Microsoft.Insights/scheduledQueryRules': 128,
  'Microsoft.Insights/metricAlerts': 128,
};

/** What the memory holds, of 512 MB each, or the quota feeds, of 8,000 tokens per minute each. */
const ANALYSES_PER_INSTANCE: Readonly<Record<string, number>> = {
  'infra/main.bicepparam': 4,
  'infra/examples/seed.bicepparam': 4,
  'infra/examples/provisioned.bicepparam': 8,
  'infra/examples/private.bicepparam': 4,
  'infra/examples/landingZone.bicepparam': 4,
};

function expectNamesWithinLimits(snapshot: Snapshot): void {
  for (const [type, longest] of Object.entries(LONGEST)) {
    const names = ofType(snapshot, type).map(({ name }) => name);
    expect(names.length, type).toBeGreaterThan(0);
    for (const name of names) {
      expect(name.length, name).toBeLessThanOrEqual(longest);
      expect(name).toMatch(/^[a-z0-9][a-z0-9-]*[a-z0-9]$/);
    }
  }
}

describe.runIf(await hasCompiler())('templates', () => {
  it('take one region and a name of one letter', async () => {
    const snapshot = await snapshotOf(pool('A', ['eastus2'], 1));
    expectNamesWithinLimits(snapshot);
    expect(ofType(snapshot, 'Microsoft.CognitiveServices/accounts')).toHaveLength(1);
    expect(ofType(snapshot, 'Microsoft.Web/sites')[0]?.properties.functionAppConfig.scaleAndConcurrency).toMatchObject({
      // No region refuses 40.
      maximumInstanceCount: 40,
      triggers: { http: { perInstanceConcurrency: 2 } },
    });
  });

  it('take all twenty-eight regions of a model and a name of twenty letters', async () => {
    expect(regions).toHaveLength(28);
    const snapshot = await snapshotOf(pool('twenty-letters-long1', regions, 1000));
    expectNamesWithinLimits(snapshot);
    const accounts = ofType(snapshot, 'Microsoft.CognitiveServices/accounts');
    expect(accounts.map(({ location }) => location)).toEqual(regions);
    expect(new Set(accounts.map(({ name }) => name)).size).toBe(28);
    const settings = appSettings(snapshot);
    expect(JSON.parse(settings.VISION_DEPLOYMENTS ?? '')).toHaveLength(28);
    expect(ofType(snapshot, 'Microsoft.Web/sites')[0]?.properties.functionAppConfig.scaleAndConcurrency).toMatchObject({
      maximumInstanceCount: 1000,
      triggers: { http: { perInstanceConcurrency: 2 } },
    });
  });

  it('make the deployments of an account one after another', async () => {
    const template = await templateOf('main');
    const { deployment } =
      template.resources.models.properties.template.resources.account.properties.template.resources;
    expect(deployment.copy).toMatchObject({ mode: 'serial', batchSize: 1 });
    expect(template.resources.models.properties.template.resources.account.copy).not.toHaveProperty('batchSize');
  });
});

/** The most that one instance runs side by side, as the host reckons it from host.json and the settings of the app. */
function sideBySide(settings: Readonly<Record<string, string>>): Readonly<Record<'uploads' | 'messages', number>> {
  const hostJson: unknown = JSON.parse(readFileSync(join(ROOT, 'host.json'), 'utf8'));
  const { blobs, queues } = parseHostFile(overrideHostJson(hostJson, settings));
  const most = ({ batchSize, newBatchThreshold }: QueueSettings): number => batchSize + newBatchThreshold;
  return { uploads: most(blobs), messages: most(queues) };
}

describe('an instance', () => {
  it.each(EXAMPLES)(
    '%s runs as many analyses side by side as it should, whether uploads or messages bring them',
    (example) => {
      const analyses = ANALYSES_PER_INSTANCE[example];
      expect(sideBySide(deployedSettings(example))).toEqual({ uploads: analyses, messages: analyses });
    },
  );

  it.each(EXAMPLES)('%s fetches the next messages before the last of the earlier ones is done', (example) => {
    const settings = deployedSettings(example);
    expect(Number(settings.AzureFunctionsJobHost__extensions__queues__newBatchThreshold)).toBeGreaterThan(0);
  });
});

/** What the host took for a body with Content-Length: 2.4 GB for eight of 60 MB (Functions host 4.1037, 2026-11). */
const HOST_TIMES_BODY = 5;
/** The application holds the parts of a body, and the whole of it. */
const APP_TIMES_BODY = 2;
/** Host and application without a body: 329 MiB at most with eight images of 24 megapixels (docs/how-it-works.md). */
const IDLE_MIB = 512;

describe('the largest HTTP bodies', () => {
  it.each(EXAMPLES)(
    '%s: as many as an instance takes side by side fit its memory, and one more would not',
    (example) => {
      const snapshot = goldenSnapshots.get(example);
      const site = snapshot && ofType(snapshot, 'Microsoft.Web/sites')[0];
      const { instanceMemoryMB, triggers } = site?.properties.functionAppConfig.scaleAndConcurrency ?? {};
      const calls = triggers.http.perInstanceConcurrency;
      const bodyMiB = Number(deployedSettings(example).FUNCTIONS_REQUEST_BODY_SIZE_LIMIT) / 2 ** 20;
      const takenMiB = (count: number): number => IDLE_MIB + count * (HOST_TIMES_BODY + APP_TIMES_BODY) * bodyMiB;
      expect([instanceMemoryMB, calls, bodyMiB]).toEqual(instanceMemoryMB === 4096 ? [4096, 5, 96] : [2048, 2, 96]);
      expect(takenMiB(calls)).toBeLessThanOrEqual(instanceMemoryMB);
      expect(takenMiB(calls + 1)).toBeGreaterThan(instanceMemoryMB);
    },
  );

  it.each(EXAMPLES)('%s: the application refuses them with a sentence before the host does without one', (example) => {
    const limit = Number(deployedSettings(example).FUNCTIONS_REQUEST_BODY_SIZE_LIMIT);
    expect(BODY_MAX_BYTES).toBe(95 * 2 ** 20);
    expect(limit).toBeGreaterThan(BODY_MAX_BYTES);
  });

  it.each(EXAMPLES)('%s: the calls of all instances together keep the quota of the pool busy', (example) => {
    const snapshot = goldenSnapshots.get(example);
    const site = snapshot && ofType(snapshot, 'Microsoft.Web/sites')[0];
    const { maximumInstanceCount, triggers } = site?.properties.functionAppConfig.scaleAndConcurrency ?? {};
    const deployments = JSON.parse(deployedSettings(example).VISION_DEPLOYMENTS ?? '') as { tokensPerMinute: number }[];
    // One analysis takes about 2,000 tokens and a quarter of a minute.
    const analysesAtATime = deployments.reduce((sum, { tokensPerMinute }) => sum + tokensPerMinute, 0) / 8000;
    expect(maximumInstanceCount * triggers.http.perInstanceConcurrency).toBeGreaterThanOrEqual(analysesAtATime);
  });
});

describe('the preflight of azd', () => {
  it('sees region, model, SKU and capacity of every deployment as plain values', () => {
    for (const snapshot of goldenSnapshots.values()) {
      const accounts = new Map(
        ofType(snapshot, 'Microsoft.CognitiveServices/accounts').map(({ name, location }) => [name, location]),
      );
      for (const { name, sku, properties } of ofType(snapshot, 'Microsoft.CognitiveServices/accounts/deployments')) {
        expect(accounts.get(name.split('/')[0] ?? '')).toMatch(/^[a-z0-9]+$/);
        expect(sku?.capacity).toBeGreaterThan(0);
        expect(`${properties.model.name}@${properties.model.version} ${sku?.name}`).toMatch(
          /^[\w.-]+@[\w.-]+ [A-Za-z]+$/,
        );
      }
    }
  });
});

describe.runIf(await hasCompiler())('the region that azd asks for', () => {
  it('has the quota of what azd deploys', async () => {
    const { parameters } = await templateOf('main');
    const deployments = goldenSnapshots
      .get('infra/main.bicepparam')
      ?.predictedResources.filter(({ type }) => type.endsWith('accounts/deployments'));
    expect(parameters.location.metadata.azd).toEqual({
      type: 'location',
      usageName: [
        ...new Set(
          deployments?.map(({ sku, properties }) => `OpenAI.${sku?.name}.${properties.model.name},${sku?.capacity}`),
        ),
      ],
    });
  });
});

describe('what azd deploys', () => {
  it('is a model that does not retire within 200 days of this file, within the quota that a subscription begins with', () => {
    const written = Date.UTC(2026, 10, 23);
    const snapshot = goldenSnapshots.get('infra/main.bicepparam');
    for (const { sku, properties } of snapshot
      ? ofType(snapshot, 'Microsoft.CognitiveServices/accounts/deployments')
      : []) {
      const model = findModel(`${properties.model.name}@${properties.model.version}`);
      expect(model?.lifecycle.stage).toBe('ga');
      expect(Date.parse(model?.lifecycle.retires ?? '') - written).toBeGreaterThan(200 * 86_400_000);
      const quota = model?.quota?.bySku[String(sku?.name)]?.tokensPerMinuteByTier?.[0] ?? 0;
      expect(Number(sku?.capacity) * 1000).toBeLessThanOrEqual(quota);
    }
  });
});
