import type { Outcome } from '../pool/outcome.ts';
import { field, parsedBody, type Reply, serviceSentence } from './bodyParts.ts';
import { filteredCategory, firedFilter, isFilterDown } from './contentFilter.ts';
import { limitHints } from './limitHeaders.ts';
import { usageOf } from './usageOf.ts';

/** Finish reasons of an answer cut at its cap: of the chat API, its previews, the Responses API and other vendors. */
const CUT = new Set(['length', 'max_tokens', 'max_output_tokens', 'model_length']);
const FILTERED = new Set(['content_filter', 'content_filtered', 'safety']);
const DECLINED = 'The model ended with a refusal and gave no words for it.';

/**
 * The outcome of a success status. A reply with text of the model is `answered`, even if it declines: the checks on
 * answers judge the text. Text counts whatever the finish reason is, except for a filter. The older previews of GPT-4
 * with vision send `finish_details.type` in place of `finish_reason` (Azure SDK for .NET, change 40963, 2024-01-02). A
 * filter may leave only its verdict (BerriAI/litellm#9303, 2025-07-21).
 */
export function answerOutcome({ status, headers, body: received }: Reply, secrets: readonly string[]): Outcome {
  const body = parsedBody(received);
  const usage = usageOf(body);
  if (typeof body === 'string') {
    const detail = `The service answered ${status} without JSON.`;
    return { kind: 'ambiguous', reason: 'not-json', status, detail, ...(usage && { usage, isAnswer: true }) };
  }
  const choice = choiceOf(body);
  const words = wordsIn(field(choice, 'message'));
  const finish = finishOf(choice);
  const common = { usage, hints: limitHints(headers) };
  const isEmpty = words.text.trim() === '' && words.refusal === '';
  const verdict = isEmpty ? verdictOn(body, choice) : undefined;
  if (verdict) return { kind: 'filtered', ...verdict, ...common };
  if (FILTERED.has(finish)) {
    return { kind: 'filtered', on: 'answer', category: filteredCategory(choice), ...common };
  }
  const refusal = words.refusal || (isEmpty && finish === 'refusal' ? DECLINED : '');
  const wasCut = CUT.has(finish);
  if (isEmpty && refusal === '' && !wasCut && !words.hasText) {
    // Quote only `error`: elsewhere the body may contain text of an answer.
    const sentence = serviceSentence({ error: field(body, 'error') }, secrets);
    const detail = `The service answered ${status} without an answer in it.${sentence === '' ? '' : ` ${sentence}`}`;
    const isAnswer = usage !== null || typeof field(choice, 'message') === 'object';
    return {
      ...{ kind: 'ambiguous', reason: 'no-usable-body', status, detail },
      ...(usage && { usage }),
      ...(isAnswer && { isAnswer }),
    };
  }
  return {
    kind: 'answered',
    text: words.text,
    finish: wasCut ? 'length' : 'stop',
    ...common,
    ...(refusal !== '' && { refusal }),
    ...([choice, ...promptVerdicts(body)].some(isFilterDown) && { isUnfiltered: true as const }),
  };
}

/** The first choice, by its index, that has text. We request one. */
function choiceOf(body: unknown): unknown {
  const choices = field(body, 'choices');
  if (!Array.isArray(choices)) return undefined;
  const inOrder = choices.toSorted((one, other) => placeOf(one) - placeOf(other));
  const wordsOf = (choice: unknown): Words => wordsIn(field(choice, 'message'));
  return (
    inOrder.find((choice) => wordsOf(choice).text.trim() !== '') ??
    inOrder.find((choice) => wordsOf(choice).refusal !== '') ??
    inOrder[0]
  );
}

function placeOf(choice: unknown): number {
  const index = field(choice, 'index');
  return typeof index === 'number' ? index : 0;
}

/** In lower case; empty if absent. */
function finishOf(choice: unknown): string {
  const finish = field(choice, 'finish_reason') ?? field(field(choice, 'finish_details'), 'type');
  return typeof finish === 'string' ? finish.toLowerCase() : '';
}

/** Which filter removed the text: the one on the answer, or the one on the prompt with its image. */
function verdictOn(
  body: unknown,
  choice: unknown,
): { readonly on: 'image' | 'answer'; readonly category: string } | undefined {
  const onAnswer = firedFilter(choice);
  if (onAnswer !== undefined) return { on: 'answer', category: onAnswer };
  const onPrompt = promptVerdicts(body).flatMap((verdict) => firedFilter(verdict) ?? [])[0];
  return onPrompt === undefined ? undefined : { on: 'image', category: onPrompt };
}

function promptVerdicts(body: unknown): readonly unknown[] {
  const verdicts = field(body, 'prompt_filter_results') ?? field(body, 'prompt_annotations');
  return Array.isArray(verdicts) ? verdicts : [];
}

interface Words {
  /** Empty if there is no text. */
  readonly text: string;
  /** The text of `refusal`, or of a part of that kind; empty if absent. */
  readonly refusal: string;
  /** Whether there is a text field, even an empty one. */
  readonly hasText: boolean;
}

const PARTS = new Set(['text', 'output_text', 'refusal']);

/**
 * The text of a message whose content is a text, a list of parts (`text`, `output_text`, `refusal`; others, such as
 * thinking, are left out), a single part, or the answer itself as an object, as servers give it that parse what a
 * schema holds. `[{ type: 'text', text: '{"a"' }, { type: 'text', text: ':1}' }]` has the text `{"a":1}`.
 */
function wordsIn(message: unknown): Words {
  const content = field(message, 'content');
  const refusal = field(message, 'refusal');
  const own = typeof refusal === 'string' ? refusal.trim() : '';
  if (typeof content === 'string') return { text: content, refusal: own, hasText: true };
  if (typeof content !== 'object' || content === null) return { text: '', refusal: own, hasText: false };
  if (!Array.isArray(content) && !isPart(content)) {
    return { text: JSON.stringify(content), refusal: own, hasText: true };
  }
  const parts: readonly unknown[] = Array.isArray(content) ? content : [content];
  const texts = parts.flatMap((part) => textOf(part) ?? []);
  const refusals = parts.flatMap((part) => refusalOf(part) ?? []);
  return {
    text: texts.join(''),
    refusal: [own, ...refusals].filter((words) => words !== '').join(' '),
    hasText: texts.length > 0,
  };
}

function isPart(content: object): boolean {
  const type = field(content, 'type');
  if (typeof type === 'string') return PARTS.has(type);
  return Object.keys(content).every((key) => key === 'text' || key === 'value');
}

/** Older servers put the text one level down, as `text.value`. */
function textOf(part: unknown): string | undefined {
  if (typeof part === 'string') return part;
  const type = field(part, 'type');
  if (type !== undefined && type !== 'text' && type !== 'output_text') return undefined;
  const text = field(part, 'text') ?? field(part, 'value');
  const value = typeof text === 'object' ? field(text, 'value') : text;
  return typeof value === 'string' ? value : undefined;
}

function refusalOf(part: unknown): string | undefined {
  if (field(part, 'type') !== 'refusal') return undefined;
  const words = field(part, 'refusal') ?? field(part, 'text');
  return typeof words === 'string' ? words.trim() : undefined;
}
