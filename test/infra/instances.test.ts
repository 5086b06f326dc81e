import { describe, expect, it, vi } from 'vitest';
import { hasCompiler } from './compile.ts';
import { appSettings, ofType, snapshotOf } from './snapshot.ts';

vi.setConfig({ testTimeout: 300_000 });

interface Scale {
  readonly most: number;
  readonly calls: number;
  readonly bodyMiB: number;
}

async function scaleWith(more: string): Promise<Scale> {
  const snapshot = await snapshotOf(`
param environmentName = 'instances'
${more}
param deployments = [{ region: 'eastus2', model: 'gpt-5.1', version: '2025-11-13', sku: 'GlobalStandard', capacity: 40 }]`);
  const scale = ofType(snapshot, 'Microsoft.Web/sites')[0]?.properties.functionAppConfig.scaleAndConcurrency;
  return {
    most: scale.maximumInstanceCount,
    calls: scale.triggers.http.perInstanceConcurrency,
    bodyMiB: Number(appSettings(snapshot).FUNCTIONS_REQUEST_BODY_SIZE_LIMIT) / 2 ** 20,
  };
}

describe.runIf(await hasCompiler())('instances', () => {
  it.each([
    // No region refuses a limit of 40, some refuse less, and this pool feeds two instances.
    ['', { most: 40, calls: 2, bodyMiB: 96 }],
    ['param maximumInstanceCount = 3', { most: 3, calls: 2, bodyMiB: 96 }],
    // 1,536 MiB of 2,048 are left for bodies, and each takes seven times its size: 16 calls leave 13 MiB to one.
    ['param httpCallsPerInstance = 16', { most: 40, calls: 16, bodyMiB: 13 }],
    ['param httpCallsPerInstance = 200', { most: 40, calls: 200, bodyMiB: 1 }],
    ['param httpCallsPerInstance = 16\nparam instanceMemoryMB = 4096', { most: 40, calls: 16, bodyMiB: 32 }],
    ['param httpCallsPerInstance = 1', { most: 40, calls: 1, bodyMiB: 96 }],
  ] as const)('with "%s" are %o', async (more, scale) => {
    expect(await scaleWith(more)).toEqual(scale);
  });
});
