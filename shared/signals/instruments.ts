import { type Attributes, metrics } from '@opentelemetry/api';

/**
 * What is measured, over the OpenTelemetry API: `telemetry.ts` attaches an exporter where the operator wants one; without
 * it this costs nothing.
 * Instruments are asked for at each use, for a provider may be attached after this file is loaded.
 */
const meter = (): ReturnType<typeof metrics.getMeter> => metrics.getMeter('argus');

/** Bounds that the GenAI conventions advise (OpenTelemetry, "Semantic conventions for generative AI metrics", v1.37). */
const TOKEN_BOUNDS = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
const SECOND_BOUNDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

export function recordTokens(tokens: number, attributes: Attributes): void {
  meter()
    .createHistogram('gen_ai.client.token.usage', {
      unit: '{token}',
      description: 'Tokens of a model call, input and output apart.',
      advice: { explicitBucketBoundaries: TOKEN_BOUNDS },
    })
    .record(tokens, attributes);
}

export function recordDuration(seconds: number, attributes: Attributes): void {
  meter()
    .createHistogram('gen_ai.client.operation.duration', {
      unit: 's',
      description: 'How long a model call took.',
      advice: { explicitBucketBoundaries: SECOND_BOUNDS },
    })
    .record(seconds, attributes);
}

export function recordCost(usd: number, attributes: Attributes): void {
  meter().createCounter('argus.cost', { unit: 'USD', description: 'What model calls cost.' }).add(usd, attributes);
}

export function recordBacklog(backlog: { readonly waiting: number; readonly oldestAgeSeconds: number }): void {
  const { waiting, oldestAgeSeconds } = backlog;
  meter().createGauge('argus.backlog.waiting', { description: 'Analyses that wait.' }).record(waiting);
  meter()
    .createGauge('argus.backlog.oldest_age', { unit: 's', description: 'How long the oldest of them has waited.' })
    .record(oldestAgeSeconds);
}

/** @param share of the deployment's minute that is booked, 0 to 1 */
export function recordUtilisation(deployment: string, share: number): void {
  meter()
    .createGauge('argus.pool.utilisation', { unit: '1', description: "Part of a deployment's minute that is booked." })
    .record(share, { deployment });
}
