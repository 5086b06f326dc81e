import { checkLanguage } from './checkLanguage.ts';
import { findInstructions, quote } from './findInstructions.ts';
import { parseJsonAnswer } from './parseJsonAnswer.ts';
import type { Answer, CheckedAnswer, Finding, Reading, Warning } from './reading.ts';
import { INSTRUCTIONS_KEY } from './replySchemaOf.ts';
import { taskOf } from './taskOf.ts';
import type { TaskRequest } from './taskRequest.ts';

/** More than this in a prompt helps no model. */
const MAX_FINDINGS = 6;
const CUT = 'The answer was cut off at its length limit.';
const UNCLOSED = 'The answer ends before its JSON is closed.';

/**
 * A model's answer, parsed and checked: valid with its warnings, or what to ask again for, with what to keep if that does
 * not help. Never throws, whatever the text.
 */
export function readAnswer(request: TaskRequest, text: string, finish: 'stop' | 'length'): Reading {
  const parsed = parseJsonAnswer(text);
  if (parsed.kind === 'too-long') return { kind: 'unusable', detail: parsed.detail };
  if (parsed.kind === 'none') {
    if (finish === 'length') return { kind: 'repair', because: 'cut', findings: [CUT] };
    return { kind: 'repair', because: 'no-json', findings: [parsed.detail] };
  }
  const match = taskOf(request.task).match(request, parsed.value);
  const reported = reportedInstructions(parsed.value);
  const checked = (answer: Answer, findings: readonly Finding[]): CheckedAnswer => ({
    answer,
    warnings: [...findings.map(({ code, detail }) => ({ code, detail })), ...instructionWarnings(answer, reported)],
  });

  const cut =
    finish === 'length'
      ? ({ because: 'cut', detail: CUT } as const)
      : ({ because: 'shape', detail: UNCLOSED } as const);

  if (match.kind === 'misfit') {
    const cause: Warning = parsed.isCut
      ? { code: 'answer-cut', detail: cut.detail }
      : {
          code: 'answer-shape',
          detail: `Parts did not fit the shape and were mended or left out: ${shorten(match.problems)}`,
        };
    const kept = match.kept;
    const findings = kept === undefined ? [] : [...kept.findings, ...languageFindings(request, kept.answer)];
    return {
      kind: 'repair',
      because: parsed.isCut ? cut.because : 'shape',
      findings: parsed.isCut ? [cut.detail] : match.problems.slice(0, MAX_FINDINGS),
      ...(kept === undefined ? {} : { fallback: checked(kept.answer, [{ ...cause, repair: true }, ...findings]) }),
    };
  }
  const findings = [...match.findings, ...languageFindings(request, match.answer)];
  if (parsed.isCut) {
    const fallback = checked(match.answer, [{ code: 'answer-cut', detail: cut.detail, repair: true }, ...findings]);
    return { kind: 'repair', because: cut.because, findings: [cut.detail], fallback };
  }
  const mendable = findings.filter(({ repair }) => repair);
  if (mendable.length === 0) return { kind: 'valid', ...checked(match.answer, findings) };
  return {
    kind: 'repair',
    because: 'checks',
    findings: mendable.slice(0, MAX_FINDINGS).map(({ detail }) => detail),
    fallback: checked(match.answer, findings),
  };
}

function languageFindings(request: TaskRequest, answer: Answer): readonly Finding[] {
  return request.language === undefined ? [] : checkLanguage(taskOf(request.task).prose(answer), request.language);
}

function reportedInstructions(value: Answer): readonly string[] {
  const reported = value[INSTRUCTIONS_KEY];
  if (!Array.isArray(reported)) return [];
  return reported.filter((item) => typeof item === 'string' && item.trim() !== '').map((item) => quote(String(item)));
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
