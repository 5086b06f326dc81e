import {
  type Attributes,
  type Meter,
  type MeterProvider,
  metrics,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { afterEach, beforeEach } from 'vitest';

export interface Measured {
  readonly name: string;
  readonly value: number;
  readonly attributes: Attributes;
}

export interface RecordedSpan {
  readonly name: string;
  readonly attributes: Attributes;
  readonly isError: boolean;
  readonly hasEnded: boolean;
}

/** What an exporter would get, kept for the tests of the file that calls it. */
export function useTelemetry(): { readonly measured: Measured[]; readonly spans: RecordedSpan[] } {
  const measured: Measured[] = [];
  const spans: RecordedSpan[] = [];
  beforeEach(() => {
    measured.length = 0;
    spans.length = 0;
    metrics.setGlobalMeterProvider(meterProvider(measured));
    trace.setGlobalTracerProvider(tracerProvider(spans));
  });
  afterEach(() => {
    metrics.disable();
    trace.disable();
  });
  return { measured, spans };
}

function meterProvider(measured: Measured[]): MeterProvider {
  const keep =
    (name: string) =>
    (value: number, attributes: Attributes = {}) => {
      measured.push({ name, value, attributes });
    };
  const meter = {
    createHistogram: (name: string) => ({ record: keep(name) }),
    createGauge: (name: string) => ({ record: keep(name) }),
    createCounter: (name: string) => ({ add: keep(name) }),
  };
  return { getMeter: () => meter as unknown as Meter };
}

function tracerProvider(spans: RecordedSpan[]): TracerProvider {
  const startSpan = (name: string, options: SpanOptions = {}): Span => {
    const span = { name, attributes: { ...options.attributes }, isError: false, hasEnded: false };
    spans.push(span);
    const recording = {
      setAttribute: (key: string, value: Attributes[string]) => Object.assign(span.attributes, { [key]: value }),
      setAttributes: (attributes: Attributes) => Object.assign(span.attributes, attributes),
      setStatus: () => Object.assign(span, { isError: true }),
      end: () => Object.assign(span, { hasEnded: true }),
    };
    return recording as unknown as Span;
  };
  return { getTracer: () => ({ startSpan }) as unknown as Tracer };
}
