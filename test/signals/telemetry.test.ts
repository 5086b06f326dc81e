import { metrics, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { timeSpan } from '../../shared/signals/envelopes.ts';
import { recordBacklog, recordCost, recordUtilisation } from '../../shared/signals/instruments.ts';
import { startTelemetry, stopTelemetry } from '../../shared/signals/telemetry.ts';
import { traceCall } from '../../shared/signals/traceCall.ts';
import { ambiguous, seedDeployment } from '../pool/deployments.ts';
import { type IngestionEndpoint, startIngestionEndpoint } from './ingestionEndpoint.ts';

let ingestion: IngestionEndpoint;
let scopes: string[];
beforeEach(async () => {
  ingestion = await startIngestionEndpoint();
  scopes = [];
});
afterEach(async () => {
  await stopTelemetry();
  await ingestion.close();
  vi.restoreAllMocks();
});

const start = (): Promise<void> =>
  startTelemetry({
    target: {
      instrumentationKey: 'the-key',
      trackUrl: `${ingestion.url}/v2.1/track`,
      tokenScope: 'https://monitor.azure.com/.default',
      role: 'argus',
    },
    tokensFor: (scope) => async () => {
      scopes.push(scope);
      return 'a-token';
    },
  });

const deployment = seedDeployment('westus');
const ANSWERED: Outcome = {
  kind: 'answered',
  text: 'A secret recipe.',
  finish: 'stop',
  usage: {
    ...{ imageTokens: null, cachedTokens: 0, reasoningTokens: 0, totalTokens: 960 },
    ...{ promptTokens: 900, completionTokens: 60 },
  },
  hints: {},
};
const called = (outcome: Outcome): Promise<unknown> =>
  traceCall({ deployment, maxOutputTokens: 800 }, async () => ({ outcome, tookMs: 1_500 }));

/** Everything that arrived once the process has said good-bye. */
async function arrived(): Promise<readonly { readonly baseType: string; readonly baseData: Record<string, never> }[]> {
  await stopTelemetry();
  return ingestion.requests.flatMap(({ envelopes }) => envelopes.map(({ data }) => data as never));
}

describe('startTelemetry', () => {
  it('sends the metrics as the service adds them up, each with its few dimensions', async () => {
    await start();
    recordBacklog({ waiting: 7, oldestAgeSeconds: 90 });
    recordBacklog({ waiting: 5, oldestAgeSeconds: 30 });
    recordUtilisation('westus', 0.25);
    for (const usd of [0.5, 0.25]) recordCost(usd, { model: 'gpt-4', region: 'westus', task: 'text' });
    await called(ANSWERED);
    await called(ANSWERED);
    const sent = (await arrived()).filter(({ baseType }) => baseType === 'MetricData');
    const call = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'azure.ai.openai',
      'gen_ai.request.model': 'gpt-4@vision-preview',
      'server.address': 'westus.openai.azure.com',
    };
    const one = (name: string, value: number, properties: object = {}): object => ({
      ver: 2,
      metrics: [{ name, kind: 'Aggregation', value, count: 1, min: value, max: value }],
      properties,
    });
    const two = (name: string, each: number, properties: object): object => ({
      ver: 2,
      metrics: [{ name, kind: 'Aggregation', value: 2 * each, count: 2, min: each, max: each }],
      properties,
    });
    expect(sent.map(({ baseData }) => baseData)).toEqual([
      one('argus.backlog.waiting', 5),
      one('argus.backlog.oldest_age', 30),
      one('argus.pool.utilisation', 0.25, { deployment: 'westus' }),
      one('argus.cost', 0.75, { model: 'gpt-4', region: 'westus', task: 'text' }),
      two('gen_ai.client.operation.duration', 1.5, call),
      two('gen_ai.client.token.usage', 900, { ...call, 'gen_ai.token.type': 'input' }),
      two('gen_ai.client.token.usage', 60, { ...call, 'gen_ai.token.type': 'output' }),
    ]);
  });

  it('sends each call of a model as a dependency, and how it ended in words of its own', async () => {
    await start();
    await called(ANSWERED);
    await called(ambiguous('timeout'));
    const sent = (await arrived()).filter(({ baseType }) => baseType === 'RemoteDependencyData');
    expect(sent.map(({ baseData }) => baseData)).toMatchObject([
      {
        ...{ name: 'chat gpt-4@vision-preview', type: 'GenAI | azure.ai.openai', target: 'westus.openai.azure.com' },
        ...{ success: true, resultCode: '', duration: expect.stringMatching(/^0\.00:00:0\d\.\d{6}$/) },
        properties: {
          'argus.deployment': 'gpt-4-vision-preview-westus',
          'gen_ai.usage.input_tokens': '900',
          'gen_ai.response.finish_reasons': 'stop',
        },
      },
      { success: false, resultCode: 'ambiguous.timeout' },
    ]);
  });

  it('says who speaks: the component, the app and its instance, and no call twice by one name', async () => {
    await start();
    await called(ANSWERED);
    await called(ANSWERED);
    await stopTelemetry();
    const envelopes = ingestion.requests.flatMap((request) => request.envelopes);
    for (const { iKey, tags, time } of envelopes) {
      expect(iKey).toBe('the-key');
      expect(tags).toMatchObject({ 'ai.cloud.role': 'argus', 'ai.cloud.roleInstance': expect.stringMatching(/./) });
      expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(300_000);
    }
    const operations = envelopes.map(({ tags }) => tags['ai.operation.id']).filter((id) => id !== undefined);
    expect(new Set(operations).size).toBe(2);
  });

  it("requests a token of the target's scope", async () => {
    await start();
    await called(ANSWERED);
    await stopTelemetry();
    expect(new Set(scopes)).toEqual(new Set(['https://monitor.azure.com/.default']));
    expect(ingestion.requests[0]?.authorization).toBe('Bearer a-token');
  });

  it('sends no content of a call, and no token', async () => {
    await start();
    await called(ANSWERED);
    await called({ ...ambiguous('timeout'), detail: 'It said: secret.' } as Outcome);
    await stopTelemetry();
    expect(ingestion.requests.length).toBeGreaterThan(0);
    for (const { text } of ingestion.requests) expect(text).not.toMatch(/secret|a-token/);
  });

  it('is created once per process', async () => {
    await Promise.all([start(), start()]);
    await called(ANSWERED);
    expect((await arrived()).filter(({ baseType }) => baseType === 'RemoteDependencyData')).toHaveLength(1);
  });
});

describe('stopTelemetry', () => {
  it('ends in seconds when the endpoint takes and never answers', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    ingestion.answer({ kind: 'silent' });
    await start();
    await called(ANSWERED);
    await stopTelemetry();
    expect(ingestion.requests.length).toBeGreaterThan(0);
  });

  it('ends when no token comes', async () => {
    await startTelemetry({
      target: { instrumentationKey: 'k', trackUrl: `${ingestion.url}/v2.1/track`, tokenScope: 's', role: 'argus' },
      tokensFor: () => () => new Promise(() => undefined),
    });
    await called(ANSWERED);
    await stopTelemetry();
    expect(ingestion.requests).toEqual([]);
    // Two seconds; what the SDK itself waits for an exporter is thirty.
  }, 20_000);

  it('detaches, and does nothing where nothing was started', async () => {
    await stopTelemetry();
    await start();
    await stopTelemetry();
    await called(ANSWERED);
    recordCost(1, {});
    expect(ingestion.requests).toEqual([]);
    expect(metrics.getMeterProvider().getMeter('argus').createCounter('c').constructor.name).toMatch(/Noop/);
    expect(trace.getTracer('argus').startSpan('s').isRecording()).toBe(false);
  });
});

describe('timeSpan', () => {
  it.each([
    [0, '0.00:00:00.000000'],
    [1_500, '0.00:00:01.500000'],
    [0.25, '0.00:00:00.000250'],
    [61_000, '0.00:01:01.000000'],
    [3_599_999.9999, '0.01:00:00.000000'],
    [90_061_001, '1.01:01:01.001000'],
    [-5, '0.00:00:00.000000'],
  ])('writes %d ms as %s', (durationMs, expected) => {
    expect(timeSpan(durationMs)).toBe(expected);
  });
});
