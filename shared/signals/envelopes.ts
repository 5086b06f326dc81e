import type { Attributes, HrTime } from '@opentelemetry/api';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** The sender: the component's key, and the names under which the portal shows the app and its instance. */
interface Speaker {
  readonly instrumentationKey: string;
  readonly role: string;
  readonly instance: string;
}

/** One item of telemetry as Application Insights takes it (ApplicationInsights-Home, EndpointSpecs/Schemas, version 2). */
export interface Envelope {
  readonly name: string;
  readonly time: string;
  readonly iKey: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: { readonly baseType: string; readonly baseData: object };
}

/** `SpanStatusCode.ERROR`, a number in the API. */
const STATUS_ERROR = 2;

/**
 * One envelope per series and interval: the service adds up and compares what instances and minutes send. Buckets of
 * histograms have no place there; their count, sum, least and most have.
 */
export function metricEnvelopes({ scopeMetrics }: ResourceMetrics, speaker: Speaker): readonly Envelope[] {
  return scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ value, attributes, endTime }) => {
        const measured = typeof value === 'number' ? { value, count: 1, min: value, max: value } : totalsOf(value);
        return envelope(speaker, {
          name: 'Metric',
          baseType: 'MetricData',
          atMs: millisecondsOf(endTime),
          baseData: {
            metrics: [{ name: descriptor.name, kind: 'Aggregation', ...measured }],
            properties: propertiesOf(attributes),
          },
        });
      }),
    );
}

/** A call of a model as a dependency: its type is what the portal groups calls of models by. */
export function spanEnvelope(span: ReadableSpan, speaker: Speaker): Envelope {
  const { traceId, spanId } = span.spanContext();
  const { attributes } = span;
  const parentId = span.parentSpanContext?.spanId;
  return envelope(speaker, {
    name: 'RemoteDependency',
    baseType: 'RemoteDependencyData',
    atMs: millisecondsOf(span.startTime),
    tags: { 'ai.operation.id': traceId, ...(parentId === undefined ? {} : { 'ai.operation.parentId': parentId }) },
    baseData: {
      id: spanId,
      name: span.name,
      type: `GenAI | ${attributes['gen_ai.provider.name']}`,
      target: String(attributes['server.address'] ?? ''),
      duration: timeSpan(millisecondsOf(span.duration)),
      success: span.status.code !== STATUS_ERROR,
      resultCode: String(attributes['error.type'] ?? ''),
      properties: propertiesOf(attributes),
    },
  });
}

/**
 * A duration as the service reads it: days, hours, minutes, seconds and microseconds.
 *
 * @example
 * timeSpan(1_500); // '0.00:00:01.500000'
 */
export function timeSpan(durationMs: number): string {
  const microseconds = Math.max(0, Math.round(durationMs * 1000));
  const seconds = Math.floor(microseconds / 1_000_000);
  const part = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  const fraction = String(microseconds % 1_000_000).padStart(6, '0');
  return `${Math.floor(seconds / 86_400)}.${part(hours)}:${part(minutes)}:${part(seconds % 60)}.${fraction}`;
}

function envelope(
  { instrumentationKey, role, instance }: Speaker,
  item: {
    readonly name: string;
    readonly baseType: string;
    readonly atMs: number;
    readonly baseData: object;
    readonly tags?: Readonly<Record<string, string>>;
  },
): Envelope {
  return {
    name: `Microsoft.ApplicationInsights.${item.name}`,
    time: new Date(item.atMs).toISOString(),
    iKey: instrumentationKey,
    tags: { 'ai.cloud.role': role, 'ai.cloud.roleInstance': instance, ...item.tags },
    data: { baseType: item.baseType, baseData: { ver: 2, ...item.baseData } },
  };
}

function totalsOf(value: {
  readonly sum?: number;
  readonly count: number;
  readonly min?: number;
  readonly max?: number;
}): object {
  const { sum = 0, count, min, max } = value;
  return { value: sum, count, min, max };
}

/** Application Insights keeps dimensions as text. */
function propertiesOf(attributes: Attributes): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]));
}

function millisecondsOf([seconds, nanoseconds]: HrTime): number {
  return seconds * 1000 + nanoseconds / 1_000_000;
}
