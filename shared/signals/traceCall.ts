import { type Attributes, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Deployment } from '../pool/deployment.ts';
import { type Outcome, usageIn } from '../pool/outcome.ts';
import { recordDuration, recordTokens } from './instruments.ts';

/**
 * One model call as a span and as measures, by the names of the GenAI conventions (OpenTelemetry, "Semantic conventions
 * for generative AI client spans" and "metrics", v1.37): model, deployment, tokens and how it ended. Never an image, a
 * prompt, an answer, a key or a token of access.
 */
export async function traceCall<Called extends { readonly outcome: Outcome; readonly tookMs: number }>(
  to: { readonly deployment: Deployment; readonly maxOutputTokens: number },
  call: () => Promise<Called>,
): Promise<Called> {
  const { deployment, maxOutputTokens } = to;
  const attributes: Attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'azure.ai.openai',
    'gen_ai.request.model': deployment.model,
    'server.address': new URL(deployment.endpoint).hostname,
  };
  const span = trace.getTracer('argus').startSpan(`chat ${deployment.model}`, {
    kind: SpanKind.CLIENT,
    attributes: {
      ...attributes,
      'gen_ai.request.max_tokens': maxOutputTokens,
      'argus.deployment': deployment.name,
      'cloud.region': deployment.region,
    },
  });
  try {
    const called = await call();
    const { outcome, tookMs } = called;
    const errorType = errorTypeOf(outcome);
    span.setAttributes(resultAttributes(outcome));
    if (errorType !== undefined) {
      span.setAttribute('error.type', errorType);
      span.setStatus({ code: SpanStatusCode.ERROR, message: errorType });
    }
    recordDuration(tookMs / 1000, errorType === undefined ? attributes : { ...attributes, 'error.type': errorType });
    recordUsage(outcome, attributes);
    return called;
  } finally {
    span.end();
  }
}

function resultAttributes(outcome: Outcome): Attributes {
  if (outcome.kind !== 'answered' && outcome.kind !== 'filtered') return {};
  const finish = outcome.kind === 'answered' ? outcome.finish : 'content_filter';
  const { usage } = outcome;
  return {
    'gen_ai.response.finish_reasons': [finish],
    ...(usage
      ? { 'gen_ai.usage.input_tokens': usage.promptTokens, 'gen_ai.usage.output_tokens': usage.completionTokens }
      : {}),
  };
}

function recordUsage(outcome: Outcome, attributes: Attributes): void {
  const usage = usageIn(outcome);
  if (!usage) return;
  recordTokens(usage.promptTokens, { ...attributes, 'gen_ai.token.type': 'input' });
  recordTokens(usage.completionTokens, { ...attributes, 'gen_ai.token.type': 'output' });
}

/** The kind and its reason, which are words of ours: what the service wrote may quote a prompt. */
function errorTypeOf(outcome: Outcome): string | undefined {
  if (outcome.kind === 'answered') return undefined;
  if (outcome.kind === 'throttled') return `throttled.${outcome.over}`;
  if (outcome.kind === 'filtered') return `filtered.${outcome.on}`;
  return `${outcome.kind}.${outcome.reason}`;
}
