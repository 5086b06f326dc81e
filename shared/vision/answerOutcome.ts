import type { Outcome } from '../pool/outcome.ts';
import { parsedBody } from './callResult.ts';
import { filteredCategory } from './contentFilter.ts';
import { field } from './field.ts';
import { limitHints } from './limitHints.ts';
import { serviceSentence } from './serviceSentence.ts';
import { usageOf } from './usageOf.ts';

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/**
 * The outcome of a status of success. An empty answer is an answer: it was billed, and the checks on answers judge it.
 * A model that declines (`refusal`) counts as a filter on the answer, for asking again would buy the same words.
 * The older previews of GPT-4 with vision send `finish_details.type` in place of `finish_reason`
 * (Azure SDK for .NET, change 40963, 2024-01-02).
 */
export function answerOutcome({ status, headers, body: received }: Reply, secrets: readonly string[]): Outcome {
  const body = parsedBody(received);
  if (typeof body === 'string') {
    return { kind: 'ambiguous', reason: 'not-json', status, detail: `The service answered ${status} without JSON.` };
  }
  const choice = firstChoice(body);
  const message = field(choice, 'message');
  const finish = field(choice, 'finish_reason') ?? field(field(choice, 'finish_details'), 'type');
  const common = { usage: usageOf(body), hints: limitHints(headers) };
  if (finish === 'content_filter') {
    return { kind: 'filtered', on: 'answer', category: filteredCategory(choice), ...common };
  }
  const refusal = field(message, 'refusal');
  if (typeof refusal === 'string' && refusal !== '') {
    return { kind: 'filtered', on: 'answer', category: 'refusal', ...common };
  }
  const content = field(message, 'content');
  if (
    typeof message !== 'object' ||
    message === null ||
    (typeof content !== 'string' && content !== null && content !== undefined)
  ) {
    const sentence = serviceSentence(body, secrets);
    const detail = `The service answered ${status} without an answer in it.${sentence === '' ? '' : ` ${sentence}`}`;
    return { kind: 'ambiguous', reason: 'no-usable-body', status, detail };
  }
  const wasCut = finish === 'length' || finish === 'max_tokens';
  return { kind: 'answered', text: content ?? '', finish: wasCut ? 'length' : 'stop', ...common };
}

function firstChoice(body: unknown): unknown {
  const choices = field(body, 'choices');
  return Array.isArray(choices) ? choices[0] : undefined;
}
