import type { Outcome } from '../pool/outcome.ts';
import { parsedBody } from './callResult.ts';
import { filteredCategory } from './contentFilter.ts';
import { field } from './field.ts';
import { limitHints } from './limitHints.ts';
import { type Said, saidIn } from './saidIn.ts';
import { serviceSentence } from './serviceSentence.ts';
import { usageOf } from './usageOf.ts';

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Names for an answer that its cap has cut: of the chat API, of its previews, of the Responses API, of other vendors. */
const CUT = new Set(['length', 'max_tokens', 'max_output_tokens', 'model_length']);
const FILTERED = new Set(['content_filter', 'content_filtered', 'safety']);
const DECLINED = 'The model ended with a refusal and gave no words for it.';

/**
 * The outcome of a status of success. What holds words of the model is `answered`, also where it declines: the checks on
 * answers judge the words. A text that is there counts whatever the finish says, but for a filter.
 * The older previews of GPT-4 with vision send `finish_details.type` in place of `finish_reason`
 * (Azure SDK for .NET, change 40963, 2024-01-02). A filter may leave nothing but its verdict (BerriAI/litellm#9303, 2025-07-21).
 */
export function answerOutcome({ status, headers, body: received }: Reply, secrets: readonly string[]): Outcome {
  const body = parsedBody(received);
  const usage = usageOf(body);
  const billed = usage && { usage };
  if (typeof body === 'string') {
    const detail = `The service answered ${status} without JSON.`;
    return { kind: 'ambiguous', reason: 'not-json', status, detail, ...(usage && { usage, isAnswer: true }) };
  }
  const choice = choiceOf(body);
  const said = saidIn(field(choice, 'message'));
  const finish = finishOf(choice);
  const common = { usage, hints: limitHints(headers) };
  const isEmpty = said.text.trim() === '' && said.refusal === '';
  const verdict = isEmpty ? firedOn(body, choice) : undefined;
  if (verdict) return { kind: 'filtered', ...verdict, ...common };
  if (FILTERED.has(finish)) {
    return { kind: 'filtered', on: 'answer', category: filteredCategory(choice), ...common };
  }
  const refusal = said.refusal || (isEmpty && finish === 'refusal' ? DECLINED : '');
  const wasCut = CUT.has(finish);
  if (isEmpty && refusal === '' && !wasCut && !said.isText) {
    // Elsewhere in the body may stand words of an answer.
    const sentence = serviceSentence({ error: field(body, 'error') }, secrets);
    const detail = `The service answered ${status} without an answer in it.${sentence === '' ? '' : ` ${sentence}`}`;
    const isAnswer = usage !== null || typeof field(choice, 'message') === 'object';
    return {
      ...{ kind: 'ambiguous', reason: 'no-usable-body', status, detail },
      ...billed,
      ...(isAnswer && { isAnswer }),
    };
  }
  return {
    kind: 'answered',
    text: said.text,
    finish: wasCut ? 'length' : 'stop',
    ...common,
    ...(refusal !== '' && { refusal }),
    ...(isFilterDown(body, choice) && { isUnfiltered: true as const }),
  };
}

/** Of several choices the first, by its index, that holds words. We ask for one. */
function choiceOf(body: unknown): unknown {
  const choices = field(body, 'choices');
  if (!Array.isArray(choices)) return undefined;
  const inOrder = choices.toSorted((one, other) => placeOf(one) - placeOf(other));
  const holds = (choice: unknown): Said => saidIn(field(choice, 'message'));
  return (
    inOrder.find((choice) => holds(choice).text.trim() !== '') ??
    inOrder.find((choice) => holds(choice).refusal !== '') ??
    inOrder[0]
  );
}

function placeOf(choice: unknown): number {
  const index = field(choice, 'index');
  return typeof index === 'number' ? index : 0;
}

/** In lower case; empty where there is none. */
function finishOf(choice: unknown): string {
  const finish = field(choice, 'finish_reason') ?? field(field(choice, 'finish_details'), 'type');
  return typeof finish === 'string' ? finish.toLowerCase() : '';
}

/** Which filter has left no words: that on the answer, or that on the prompt with its image. */
function firedOn(
  body: unknown,
  choice: unknown,
): { readonly on: 'image' | 'answer'; readonly category: string } | undefined {
  if (hasFired(choice)) return { on: 'answer', category: filteredCategory(choice) };
  const prompt = promptVerdicts(body).find(hasFired);
  return prompt === undefined ? undefined : { on: 'image', category: filteredCategory(prompt) };
}

function promptVerdicts(body: unknown): readonly unknown[] {
  const verdicts = field(body, 'prompt_filter_results') ?? field(body, 'prompt_annotations');
  return Array.isArray(verdicts) ? verdicts : [];
}

function verdictsOf(holder: unknown): readonly unknown[] {
  return [field(holder, 'content_filter_results'), field(holder, 'content_filter_result')].flatMap((results) =>
    typeof results === 'object' && results !== null ? Object.values(results) : [],
  );
}

function hasFired(holder: unknown): boolean {
  return verdictsOf(holder).some((verdict) => field(verdict, 'filtered') === true);
}

/** `error` stands where the verdicts would (Learn, "Content filtering", 2026-09). */
function isFilterDown(body: unknown, choice: unknown): boolean {
  return [choice, ...promptVerdicts(body)].some((holder) =>
    ['content_filter_results', 'content_filter_result'].some((name) => {
      const error = field(field(holder, name), 'error');
      return error !== undefined && error !== null;
    }),
  );
}
