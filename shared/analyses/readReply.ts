import { readAnswer } from '../tasks/readAnswer.ts';
import type { CheckedAnswer } from '../tasks/reading.ts';
import { repairPrompt } from '../tasks/repairPrompt.ts';
import { taskOf } from '../tasks/taskOf.ts';
import type { AnalysisRequest } from './analysisRequest.ts';
import type { Plan } from './planAnalysis.ts';

export interface Question {
  readonly prompt: Plan['prompt'];
  readonly maxOutputTokens: number;
}

/** What was asked last, and what came of all that was asked before. */
export interface Asked {
  readonly question: Question;
  /** Answers read so far. */
  readonly asks: number;
  /** The best of what was read, if nothing better comes. */
  readonly fallback: CheckedAnswer | undefined;
}

export type Reply =
  | { readonly kind: 'answered'; readonly checked: CheckedAnswer }
  | { readonly kind: 'again'; readonly asked: Asked }
  | { readonly kind: 'unusable'; readonly detail: string };

/** No analysis asks the model more often than this for one answer, repairs included. */
const MOST_ASKS_FOR_ANSWER = 3;

/** What a model's reply is worth: the answer, or with what to ask again, or nothing. */
export function readReply(
  reply: { readonly text: string; readonly finish: 'stop' | 'length' },
  around: { readonly request: AnalysisRequest; readonly plan: Plan; readonly asked: Asked },
): Reply {
  const { request, plan, asked } = around;
  const reading = readAnswer(request, reply.text, reply.finish);
  if (reading.kind === 'valid') return { kind: 'answered', checked: reading };
  const asks = asked.asks + 1;
  const fallback = (reading.kind === 'repair' ? reading.fallback : undefined) ?? asked.fallback;
  if (reading.kind === 'unusable' || asks >= MOST_ASKS_FOR_ANSWER) {
    if (fallback) return { kind: 'answered', checked: fallback };
    const reason = reading.kind === 'unusable' ? reading.detail : reading.findings.join(' ');
    return { kind: 'unusable', detail: `The model gave no usable answer in ${asks} tries: ${reason}` };
  }
  const { question } = asked;
  const next =
    reading.because === 'cut'
      ? { ...question, maxOutputTokens: Math.max(question.maxOutputTokens, taskOf(request.task).fullOutputTokens) }
      : { ...question, prompt: repairPrompt(plan.prompt, reading.findings) };
  return { kind: 'again', asked: { question: next, asks, fallback } };
}
