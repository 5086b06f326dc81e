import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { healthOf, recently } from '../../../shared/http/views/health.ts';
import { START_MS, seedDeployment } from '../../pool/deployments.ts';
import { configOfTest } from '../calls.ts';

describe('healthOf', () => {
  it('warns once of a retired model, however many deployments have it', () => {
    const { status, version, warnings } = healthOf(configOfTest(), START_MS);
    expect({ status, version }).toEqual({ status: 'ok', version: packageJson.version });
    expect(warnings).toEqual([{ code: 'model-lifecycle', detail: expect.stringContaining('gpt-4@vision-preview') }]);
  });

  it('names the deployments that share a quota, of which each is a region and not more tokens', () => {
    const deployments = ['westus', 'eastus'].map((region) => seedDeployment(region, { sku: 'GlobalStandard' }));
    const { warnings } = healthOf({ ...configOfTest(), deployments }, START_MS);
    expect(warnings.slice(1)).toEqual([
      { code: 'shared-quota', detail: expect.stringMatching(/-westus, .*-eastus draw on one quota/) },
    ]);
  });
});

describe('recently', () => {
  it('reads again after 15 s, and keeps the last value while reading fails or takes long', async () => {
    let nowMs = 0;
    const answers = [
      () => Promise.resolve('first'),
      () => Promise.reject(new Error('away')),
      () => new Promise<string>(() => undefined),
      () => Promise.resolve('last'),
    ];
    const read = recently(() => (answers.shift() ?? (() => Promise.resolve('none')))(), {
      now: () => nowMs,
      sleep: () => new Promise((settle) => setImmediate(settle)),
    });
    const seen: unknown[] = [];
    for (const atMs of [0, 14_999, 15_000, 30_000, 45_000]) {
      nowMs = atMs;
      seen.push(await read());
    }
    expect(seen).toEqual(['first', 'first', 'first', 'first', 'last']);
  });
});
