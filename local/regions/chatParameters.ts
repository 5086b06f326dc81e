import { isBefore, versionProblem } from './apiVersions.ts';
import type { ModelRow } from './modelRow.ts';
import { invalidRequest, type ServiceError, schemaTooEarly } from './serviceError.ts';
import { isObject, strictSchemaProblem } from './strictSchema.ts';

type Body = Readonly<Record<string, unknown>>;

const known = new Set([
  ...['messages', 'model', 'max_tokens', 'max_completion_tokens', 'temperature', 'top_p', 'response_format', 'user'],
  ...['reasoning_effort', 'presence_penalty', 'frequency_penalty', 'logprobs', 'top_logprobs', 'logit_bias', 'seed'],
  ...['n', 'stop', 'stream', 'store', 'metadata'],
]);
// Microsoft Learn, "Azure OpenAI reasoning models: not supported" (2026-02-24).
const notWhenReasoning = [
  ...['top_p', 'presence_penalty', 'frequency_penalty', 'logprobs', 'top_logprobs', 'logit_bias', 'max_tokens'],
];
const ranges: readonly (readonly [name: string, low: number, high: number])[] = [
  ['temperature', 0, 2],
  ['top_p', 0, 1],
  ['presence_penalty', -2, 2],
  ['frequency_penalty', -2, 2],
];

/**
 * The first parameter that this model does not take, as the service says it; undefined when it takes all.
 *
 * @param at.apiVersion null: v1
 */
export function parameterProblem(
  body: Body,
  at: { readonly row: ModelRow; readonly apiVersion: string | null },
): ServiceError | undefined {
  const { row } = at;
  const early = versionProblem(body, at);
  if (early) return early;
  const unknown = Object.keys(body).find((name) => !known.has(name));
  if (unknown) return unrecognized(unknown);
  if (body.stream === true) return invalidRequest('The emulated regions do not stream.', { param: 'stream' });
  if (body.n !== undefined && body.n !== 1)
    return invalidRequest('The emulated regions give one choice.', { param: 'n' });
  return reasoningProblem(body, at) ?? rangeProblem(body) ?? capProblem(body, row) ?? formatProblem(body, at);
}

function unrecognized(name: string): ServiceError {
  return invalidRequest(`Unrecognized request argument supplied: ${name}`);
}

function reasoningProblem(
  body: Body,
  { row, apiVersion }: { readonly row: ModelRow; readonly apiVersion: string | null },
): ServiceError | undefined {
  if (!row.reasons) return 'reasoning_effort' in body ? unrecognized('reasoning_effort') : undefined;
  const wrong = notWhenReasoning.find((name) => name in body);
  if (wrong || (row.temperature === 'none' && 'temperature' in body)) {
    const instead = wrong === 'max_tokens' ? " Use 'max_completion_tokens' instead." : '';
    const param = wrong ?? 'temperature';
    const message = `Unsupported parameter: '${param}' is not supported with this model.${instead}`;
    return invalidRequest(message, { code: 'unsupported_parameter', param });
  }
  if (body.temperature !== undefined && body.temperature !== 1) {
    const message = `Unsupported value: 'temperature' does not support ${JSON.stringify(body.temperature)} with this model. Only the default (1) value is supported.`;
    return invalidRequest(message, { code: 'unsupported_value', param: 'temperature' });
  }
  const effort = body.reasoning_effort;
  // BerriAI/litellm#16704 (2025-11-16).
  if (effort === 'none' && apiVersion !== null) {
    const message = "Invalid value: 'none'. Supported values are: 'low', 'medium', and 'high'.";
    return invalidRequest(message, { code: 'invalid_value', param: 'reasoning_effort' });
  }
  if (effort === undefined || row.efforts.includes(String(effort))) return undefined;
  const values = row.efforts.map((name) => `'${name}'`).join(', ');
  const message = `Unsupported value: 'reasoning_effort' does not support '${String(effort)}' with this model. Supported values are: ${values}.`;
  return invalidRequest(message, { code: 'unsupported_value', param: 'reasoning_effort' });
}

function rangeProblem(body: Body): ServiceError | undefined {
  for (const [param, low, high] of ranges) {
    const value = body[param];
    if (value === undefined || (typeof value === 'number' && value >= low && value <= high)) continue;
    if (typeof value !== 'number') return notOfType(param, 'a decimal');
    const message =
      value > high
        ? `decimal above maximum value. Expected a value <= ${high}, but got ${value} instead.`
        : `decimal below minimum value. Expected a value >= ${low}, but got ${value} instead.`;
    const code = value > high ? 'decimal_above_max_value' : 'decimal_below_min_value';
    return invalidRequest(`Invalid '${param}': ${message}`, { code, param });
  }
  return undefined;
}

function notOfType(param: string, type: string): ServiceError {
  return invalidRequest(`Invalid type for '${param}': expected ${type}.`, { code: 'invalid_type', param });
}

/** langchain-ai/langgraph#5943 (2025-08-19) for both caps, OpenBMB/ChatDev#446 (2024-09-25) for one below 1. */
function capProblem(body: Body, row: ModelRow): ServiceError | undefined {
  const param = 'max_completion_tokens' in body ? 'max_completion_tokens' : 'max_tokens';
  // The seed's model is older than the parameter.
  if (param === 'max_completion_tokens' && row.defaultOutputTokens !== null) return unrecognized(param);
  const cap = body[param];
  if (cap === undefined) return undefined;
  if ('max_tokens' in body && 'max_completion_tokens' in body) {
    const message = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.";
    return invalidRequest(message, { code: 'invalid_parameter_combination', param: 'max_tokens' });
  }
  if (typeof cap !== 'number' || !Number.isInteger(cap)) return notOfType(param, 'an integer');
  if (cap < 1) {
    const message = `Invalid '${param}': integer below minimum value. Expected a value >= 1, but got ${cap} instead.`;
    return invalidRequest(message, { code: 'integer_below_min_value', param });
  }
  if (cap <= row.maxOutputTokens) return undefined;
  const message = `${param} is too large: ${cap}. This model supports at most ${row.maxOutputTokens} completion tokens, whereas you provided ${cap}.`;
  return invalidRequest(message, { code: 'invalid_value', param });
}

function formatProblem(
  body: Body,
  { row, apiVersion }: { readonly row: ModelRow; readonly apiVersion: string | null },
): ServiceError | undefined {
  const format = body.response_format;
  if (format === undefined) return undefined;
  const param = 'response_format';
  const type = isObject(format) ? format.type : undefined;
  if (type === 'text') return undefined;
  if (type === 'json_object') {
    if (/json/i.test(JSON.stringify(body.messages, leaveImagesOut))) return undefined;
    return invalidRequest(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      { param: 'messages' },
    );
  }
  if (type !== 'json_schema' || !isObject(format) || !isObject(format.json_schema)) {
    const message = "Invalid value for 'response_format': expected type 'text', 'json_object' or 'json_schema'.";
    return invalidRequest(message, { param, code: 'invalid_value' });
  }
  if (isBefore(apiVersion, '2024-08-01-preview')) return schemaTooEarly;
  if (!row.jsonSchema) {
    const message = "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.";
    return invalidRequest(message, { param });
  }
  const { name, strict, schema } = format.json_schema;
  if (typeof name !== 'string' || !/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
    const message = "Invalid 'response_format.json_schema.name': expected 1 to 64 letters, digits, '_' or '-'.";
    return invalidRequest(message, { param: 'response_format.json_schema.name', code: 'invalid_value' });
  }
  const problem = strict === true ? strictSchemaProblem(schema) : undefined;
  return problem ? invalidRequest(`Invalid schema for response_format '${name}': ${problem}`, { param }) : undefined;
}

/** Base64 may spell any word. */
function leaveImagesOut(key: string, value: unknown): unknown {
  return key === 'image_url' ? undefined : value;
}
