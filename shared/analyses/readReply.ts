import { bestAnswer } from '../tasks/bestAnswer.ts';
import { readAnswer } from '../tasks/readAnswer.ts';
import type { CheckedAnswer, Reading, Warning } from '../tasks/reading.ts';
import { repairPrompt } from '../tasks/repairPrompt.ts';
import { taskOf } from '../tasks/taskOf.ts';
import type { Attempt } from './analysisRecord.ts';
import type { AnalysisRequest } from './analysisRequest.ts';
import type { Plan } from './planAnalysis.ts';
import { runawayRepeats } from './runaway.ts';

export interface Question {
  readonly prompt: Plan['prompt'];
  readonly maxOutputTokens: number;
}

/** What was asked last, and what came of all that was asked before. */
export interface Asked {
  readonly question: Question;
  /** Answers read so far. */
  readonly asks: number;
  /** The model was told once what was wrong with its answer; it is told no second time. */
  readonly isRepaired: boolean;
  /** The best of what was read, if nothing better comes. */
  readonly fallback: CheckedAnswer | undefined;
}

export type Reply =
  | { readonly kind: 'answered'; readonly checked: CheckedAnswer }
  | { readonly kind: 'again'; readonly asked: Asked }
  | { readonly kind: 'unusable'; readonly detail: string };

/** No analysis asks the model more often than this for one answer, repair and longer cap included. */
const MOST_ASKS_FOR_ANSWER = 3;

/**
 * What is asked first. Where an earlier try of the same analysis was put down after an answer of no use, it counts, and
 * the longest cap is asked for at once: the answer may have been cut, and would be again.
 */
export function firstAsked(plan: Plan, around: { request: AnalysisRequest; earlier: readonly Attempt[] }): Asked {
  const unusable = around.earlier.filter(({ outcome }) => outcome === 'unusable').length;
  const maxOutputTokens =
    unusable === 0 ? plan.maxOutputTokens : Math.max(plan.maxOutputTokens, longestCap(around.request));
  return { question: { prompt: plan.prompt, maxOutputTokens }, asks: unusable, isRepaired: false, fallback: undefined };
}

/** What a model's reply is worth: the answer, or with what to ask again, or nothing. */
export function readReply(
  reply: { readonly text: string; readonly finish: 'stop' | 'length' },
  around: { readonly request: AnalysisRequest; readonly plan: Plan; readonly asked: Asked },
): Reply {
  const { request, plan } = around;
  const reading = readAnswer(request, reply.text, reply.finish);
  if (reading.kind === 'valid') return { kind: 'answered', checked: bestAnswer(around.asked.fallback, reading) };
  const kept = reading.kind === 'repair' ? reading.fallback : undefined;
  const fallback = kept ? bestAnswer(around.asked.fallback, kept) : around.asked.fallback;
  const asked: Asked = { ...around.asked, asks: around.asked.asks + 1, fallback };
  const repeats = reply.finish === 'length' ? runawayRepeats(reply.text) : undefined;
  if (repeats !== undefined) return turnsInCircles(repeats, fallback);
  const again = reading.kind === 'repair' ? askAgain(reading, { request, plan, asked }) : undefined;
  if (again) return { kind: 'again', asked: again };
  if (fallback) return { kind: 'answered', checked: fallback };
  const reason = reading.kind === 'repair' ? reading.findings.join(' ') : reading.detail;
  const tries = asked.asks === 1 ? '1 try' : `${asked.asks} tries`;
  return { kind: 'unusable', detail: `The model gave no usable answer in ${tries}: ${reason}` };
}

/** Asked for a longer answer it would only repeat itself for longer. */
function turnsInCircles(repeats: number, fallback: CheckedAnswer | undefined): Reply {
  const detail = `The answer repeats itself at least ${repeats} times up to its cap; it was not asked for again.`;
  if (!fallback) return { kind: 'unusable', detail };
  const warning: Warning = { code: 'repeating-text', detail };
  return { kind: 'answered', checked: { ...fallback, warnings: [...fallback.warnings, warning] } };
}

/** A longer cap for what was cut, what was wrong for the rest, each once; undefined where asking again would not help. */
function askAgain(
  reading: Extract<Reading, { kind: 'repair' }>,
  around: { readonly request: AnalysisRequest; readonly plan: Plan; readonly asked: Asked },
): Asked | undefined {
  const { request, plan, asked } = around;
  if (asked.asks >= MOST_ASKS_FOR_ANSWER) return undefined;
  const { question } = asked;
  if (reading.because === 'cut') {
    const longest = longestCap(request);
    if (question.maxOutputTokens < longest) return { ...asked, question: { ...question, maxOutputTokens: longest } };
    // What is cut at its longest would be cut there again.
    if (asked.fallback) return undefined;
  }
  if (asked.isRepaired) return undefined;
  return { ...asked, isRepaired: true, question: { ...question, prompt: repairPrompt(plan.prompt, reading.findings) } };
}

/** A caller's own cap is never exceeded. */
function longestCap({ task, maxOutputTokens }: AnalysisRequest): number {
  return maxOutputTokens ?? taskOf(task).fullOutputTokens;
}
