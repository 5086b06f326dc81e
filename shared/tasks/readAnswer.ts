import { INSTRUCTIONS_KEY } from './prompts/promptTexts.ts';
import type { Answer, CheckedAnswer, Finding, Reading, Warning } from './reading.ts';
import { checkLanguage } from './reply/checkLanguage.ts';
import { findInstructions, quote } from './reply/findInstructions.ts';
import { type FoundObject, parseJsonAnswer } from './reply/parseJsonAnswer.ts';
import type { Match } from './task.ts';
import { taskOf } from './taskOf.ts';
import type { TaskRequest } from './taskRequest.ts';

/** The most findings in a repair prompt. */
const MAX_FINDINGS = 6;
const CUT = 'The answer was cut off at its length limit.';
const RIVALS = 'The JSON gives a key more than one value; the last one was taken.';
const UNCLOSED = 'The answer ends before its JSON is closed.';
const BROKEN =
  'The JSON of the answer is broken (an unescaped quote, a missing comma or a bracket too many); what follows is left out.';

/**
 * Parses and checks a model's answer: valid with its warnings, or a repair with the answer to keep if the repair
 * fails. Never throws, whatever the text.
 */
export function readAnswer(request: TaskRequest, text: string, finish: 'stop' | 'length'): Reading {
  const parsed = parseJsonAnswer(text);
  if (parsed.kind === 'too-long') return { kind: 'unusable', detail: parsed.detail };
  if (parsed.kind === 'none') {
    if (finish === 'length') return { kind: 'repair', because: 'cut', findings: [CUT] };
    return { kind: 'repair', because: 'no-json', findings: [parsed.detail] };
  }
  const { value, ending, hasRivals, match } = bestObject(request, parsed.objects);
  const kept = match.kind === 'fits' ? match : match.kept;
  const rivals: readonly Finding[] = hasRivals ? [{ code: 'answer-shape', detail: RIVALS, repair: true }] : [];
  const findings = kept === undefined ? [] : [...rivals, ...kept.findings, ...languageFindings(request, kept.answer)];
  const asKept = (first: readonly Finding[]): { readonly fallback?: CheckedAnswer } =>
    kept === undefined ? {} : { fallback: checked(kept.answer, { findings: [...first, ...findings], value }) };

  if (ending !== 'whole') {
    const cause = brokenOff(ending, finish);
    const because = cause.detail === CUT ? 'cut' : 'shape';
    return { kind: 'repair', because, findings: [cause.detail], ...asKept([cause]) };
  }
  if (match.kind === 'misfit') {
    const detail = `Parts did not fit the shape and were mended or left out: ${shorten(match.problems)}`;
    const problems = match.problems.slice(0, MAX_FINDINGS);
    return {
      kind: 'repair',
      because: 'shape',
      findings: problems,
      ...asKept([{ code: 'answer-shape', detail, repair: true }]),
    };
  }
  const mendable = findings.filter(({ repair }) => repair).map(({ detail }) => detail);
  if (mendable.length === 0) return { kind: 'valid', ...checked(match.answer, { findings, value }) };
  return { kind: 'repair', because: 'checks', findings: mendable.slice(0, MAX_FINDINGS), ...asKept([]) };
}

/** Of several objects the longest that fits, else the longest that holds anything of the shape. */
function bestObject(request: TaskRequest, objects: readonly FoundObject[]): FoundObject & { readonly match: Match } {
  const { match } = taskOf(request.task);
  const matched = objects.map((object) => ({ ...object, match: match(request, object.value) }));
  const best =
    matched.find((object) => object.match.kind === 'fits') ??
    matched.find((object) => object.match.kind === 'misfit' && object.match.kept !== undefined) ??
    matched[0];
  return best ?? { value: {}, ending: 'whole', match: match(request, {}) };
}

function brokenOff(ending: 'cut' | 'broken', finish: 'stop' | 'length'): Finding {
  if (finish === 'length') return { code: 'answer-cut', detail: CUT, repair: true };
  if (ending === 'cut') return { code: 'answer-cut', detail: UNCLOSED, repair: true };
  return { code: 'answer-shape', detail: BROKEN, repair: true };
}

function checked(
  answer: Answer,
  { findings, value }: { readonly findings: readonly Finding[]; readonly value: unknown },
): CheckedAnswer {
  const warnings = findings.map(({ code, detail }) => ({ code, detail }));
  return { answer, warnings: [...warnings, ...instructionWarnings(answer, reportedInstructions(value))] };
}

function languageFindings(request: TaskRequest, answer: Answer): readonly Finding[] {
  return request.language === undefined ? [] : checkLanguage(taskOf(request.task).prose(answer), request.language);
}

/** Some models write in words that there are none. */
const NONE = /^\W*(?:none|no(?:ne)? found|nothing|null|n\/?a|keine?)?\W*$/i;

function reportedInstructions(value: unknown): readonly string[] {
  const reported: unknown = Reflect.get(Object(value), INSTRUCTIONS_KEY);
  const items: readonly unknown[] = Array.isArray(reported) ? reported : [reported];
  return items
    .filter((item) => typeof item === 'string')
    .filter((item) => !NONE.test(item))
    .map(quote);
}

function instructionWarnings(answer: Answer, reported: readonly string[]): readonly Warning[] {
  const seen = findInstructions(answer).filter((passage) => !reported.some((report) => report.includes(passage)));
  return [...new Set([...reported, ...seen])].slice(0, MAX_FINDINGS).map((passage) => ({
    code: 'instructions-in-image',
    detail: `The image holds text that gives orders to a model; they were not followed: "${passage}"`,
  }));
}

function shorten(problems: readonly string[]): string {
  const more = problems.length > MAX_FINDINGS ? ` and ${problems.length - MAX_FINDINGS} more` : '';
  return `${problems.slice(0, MAX_FINDINGS).join('; ')}${more}.`;
}
