import { errorObjectsIn, errorPartsOf, field, sentencesIn } from './bodyParts.ts';

/** A prompt that a filter stopped. */
interface FilteredPrompt {
  /** `violence`, `self_harm`, `jailbreak`; the filter's own code or `unspecified` if it names no category. */
  readonly category: string;
  /** The same prompt may pass when it is sent again. */
  readonly mayPass: boolean;
}

/**
 * Codes of prompts refused for their content, of Azure, OpenAI and gateways: stanford-crfm/helm#3327 (2025-02-07),
 * MobileLLM/ChainStream#43, songquanpeng/one-api#2101 (2025-02-15). `content_filter_error` is an outage of the filter,
 * not a refusal (BerriAI/litellm#1564, 2024-01-23).
 */
const FILTER_CODES: ReadonlySet<string> = new Set([
  'content_filter',
  'contentfilter',
  'content_filtered',
  'contentfiltered',
  'responsibleaipolicyviolation',
  'responsible_ai_policy_violation',
  'content_policy_violation',
  'contentpolicyviolation',
  'contentpolicyviolationerror',
  'content_policy',
  'moderation_blocked',
  'safety_violation',
  'data_inspection_failed',
]);

/** Reasoning models refuse a prompt by chance: alan-turing-institute/t0-1#69, enricoros/big-AGI#712 (2024-12-29). */
const MAY_PASS = 'invalid_prompt';

/** The filters' messages, for gateways that drop the code (BerriAI/litellm#1316, 2024-01-04). */
const FILTER_SENTENCES =
  /triggering (?:azure openai['’]s|microsoft['’]s|the) content management policy|content ?policy ?violation(?:error)?\b|not allowed by our safety system|flagged as potentially violating (?:our|the) usage policy|\bblocked by (?:azure (?:ai )?)?content safety|\bcontent filtering system has determined|\bguardrails?\b.{0,60}\b(?:failed|violated|blocked)\b|\bviolated (?:guardrail|content safety|moderation) policy/i;

/**
 * API Management and OpenRouter block with 403, which otherwise is about the account (Learn, "llm-content-safety
 * policy").
 */
const GATEWAY_SENTENCE =
  /\bcontent safety check|\binput was flagged\b|\bcontent safety (?:policy|service)\b.*\bblocked\b/i;

const BLOCKED_ACCOUNT = /\b(?:access|account|resource|subscription)\b.{0,60}\bblocked\b/i;

/**
 * The filter that refused a prompt, or undefined if no filter did. Checks every error object of the body, and the
 * message if there is no code. A 401 or 404 is never a filter. A 403 is about the account, which Azure blocks with the
 * same words, so there only a verdict or a gateway's own message counts. A 5xx needs the filter's code. Source: Azure
 * OpenAI content filtering page, 2026-09-29, and variants reported by its users.
 *
 * @example `{ error: { code: 'content_filter', innererror: { content_filter_result: { hate: { filtered: true } } } }
 * }` with 400 is `{ category: 'hate', mayPass: false }`
 */
export function filteredPrompt(status: number, body: unknown): FilteredPrompt | undefined {
  if (status === 403) {
    const said = sentencesIn(body);
    const category = categoryIn(body);
    const isVerdict = category !== UNSPECIFIED && !said.some((sentence) => BLOCKED_ACCOUNT.test(sentence));
    const isFilter = isVerdict || said.some((sentence) => GATEWAY_SENTENCE.test(sentence));
    return isFilter ? { category: category === UNSPECIFIED ? flaggedFor(body) : category, mayPass: false } : undefined;
  }
  if (status < 400 || [401, 402, 404, 405, 410, 429].includes(status)) return undefined;
  const { codes, types } = errorPartsOf(body);
  const category = categoryIn(body);
  if (codes.includes('content_filter_error') && category === UNSPECIFIED) return undefined;
  const code = [...codes, ...types].find((each) => FILTER_CODES.has(each));
  if (category !== UNSPECIFIED || code !== undefined) {
    return { category: category === UNSPECIFIED ? ownCategory(code) : category, mayPass: false };
  }
  if (codes.includes(MAY_PASS)) return { category: MAY_PASS, mayPass: true };
  if (status >= 500) return undefined;
  const sentence = sentencesIn(body).flatMap((each) => FILTER_SENTENCES.exec(each) ?? [])[0];
  if (sentence === undefined) return undefined;
  return /usage policy/i.test(sentence) ? { category: MAY_PASS, mayPass: true } : { category, mayPass: false };
}

const UNSPECIFIED = 'unspecified';
const QUOTED_VERDICT = /['"](\w[\w-]{0,60})['"]\s*:\s*\{[^{}]*['"]filtered['"]\s*:\s*true\b/i;

/** A code that names more than a filter is used as the category. */
function ownCategory(code: string | undefined): string {
  return code?.startsWith('content_policy') || code?.startsWith('contentpolicy')
    ? 'content_policy_violation'
    : UNSPECIFIED;
}

/** The first reason of OpenRouter's own check. */
function flaggedFor(body: unknown): string {
  const reasons = errorObjectsIn(body).flatMap((object) => asList(field(object, 'reasons')));
  const first = reasons.find((reason): reason is string => typeof reason === 'string');
  return first === undefined ? UNSPECIFIED : spelt(first);
}

/** The first category in any error object, or in a text that quotes one (BerriAI/litellm#9496, 2025-03-24). */
function categoryIn(body: unknown): string {
  for (const object of errorObjectsIn(body)) {
    const category = filteredCategory(object);
    if (category !== UNSPECIFIED) return category;
  }
  const quoted = sentencesIn(body).flatMap((sentence) => QUOTED_VERDICT.exec(sentence) ?? [])[1];
  return quoted === undefined ? UNSPECIFIED : spelt(quoted);
}

/** The category of the first filter that stopped something; `unspecified` if none is named. */
export function filteredCategory(holder: unknown): string {
  return firedFilter(holder) ?? UNSPECIFIED;
}

/**
 * The first category with `filtered`, spelt with an underscore (`self_harm`, also if the service writes `self-harm`);
 * undefined if there is none. `holder` has `content_filter_result` or `content_filter_results`; a list has one entry
 * for each part of the prompt. A block list is a list or an object.
 *
 * @example `{ content_filter_result: { custom_blocklists: [{ filtered: true, id: 'x' }] } }` is `custom_blocklists`
 */
export function firedFilter(holder: unknown): string | undefined {
  const more = [...asList(field(holder, 'prompt_filter_results')), ...asList(field(holder, 'content_filters'))];
  const results = [
    ...RESULT_NAMES.map((name) => field(holder, name)),
    ...more.flatMap((each) => [field(each, 'content_filter_results'), each]),
  ].flatMap(asList);
  for (const result of results) {
    if (typeof result !== 'object' || result === null) continue;
    const found = Object.entries(result).find(([, verdict]) => isFiltered(verdict));
    if (found !== undefined) return spelt(found[0]);
  }
  return undefined;
}

/** Whether the filter was down: `error` replaces its verdicts (Learn, "Content filtering", 2026-09). */
export function isFilterDown(holder: unknown): boolean {
  return RESULT_NAMES.some((name) => (field(field(holder, name), 'error') ?? null) !== null);
}

const RESULT_NAMES = ['content_filter_result', 'content_filter_results'] as const;

function isFiltered(verdict: unknown): boolean {
  return asList(verdict).some(
    (each) =>
      field(each, 'filtered') === true || asList(field(each, 'details')).some((one) => field(one, 'filtered') === true),
  );
}

function asList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.slice(0, 50) : [value];
}

function spelt(category: string): string {
  const name = category.toLowerCase().replaceAll('-', '_');
  return /^[a-z0-9_]{1,60}$/.test(name) ? name : UNSPECIFIED;
}
