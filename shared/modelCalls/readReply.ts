import type { Outcome, Usage } from '../pool/outcome.ts';
import type { Attempt } from '../records/analysisRecord.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';
import type { BoughtAnswer } from '../results/boughtAnswer.ts';
import { repairPrompt } from '../tasks/prompts/promptFor.ts';
import { readAnswer } from '../tasks/readAnswer.ts';
import type { CheckedAnswer, Reading, Warning } from '../tasks/reading.ts';
import { bestAnswer } from '../tasks/reply/bestAnswer.ts';
import { quote } from '../tasks/reply/findInstructions.ts';
import { findRefusal } from '../tasks/reply/findRefusal.ts';
import { taskOf } from '../tasks/taskOf.ts';
import { reasoningTokens } from '../tokens/outputTokens.ts';
import type { Plan } from './planAnalysis.ts';
import { runawayRepeats } from './runaway.ts';
import { spentOnThinking, thinkingSentence } from './spentOnThinking.ts';

export interface CallPrompt {
  readonly prompt: Plan['prompt'];
  readonly maxOutputTokens: number;
}

/** What was asked last, and what came of all that was asked before. */
export interface CallsSoFar {
  readonly question: CallPrompt;
  /** Answers read so far. */
  readonly asks: number;
  /** The model was told once what was wrong with its answer; it is told no second time. */
  readonly isRepaired: boolean;
  /** The best of what was read, if nothing better comes. */
  readonly fallback: CheckedAnswer | undefined;
  /** What was wrong with the last answer. */
  readonly findings: readonly string[];
  /** An answer without a word is asked for once more. */
  readonly wasEmpty: boolean;
}

export type Reply =
  | { readonly kind: 'answered'; readonly checked: CheckedAnswer }
  | { readonly kind: 'again'; readonly asked: CallsSoFar }
  /** The model declined in words, which it would only repeat. */
  | { readonly kind: 'declined'; readonly detail: string }
  | { readonly kind: 'unusable'; readonly detail: string };

/** No analysis asks the model more often than this for one answer, repair and longer cap included. */
export const MOST_CALLS_FOR_ANSWER = 3;

type Around = { readonly request: AnalysisRequest; readonly plan: Plan; readonly asked: CallsSoFar };

/**
 * What is asked first. Where an earlier try of the same analysis was put down after an answer of no use, it counts, and
 * the longest cap is asked for at once: the answer may have been cut, and would be again. An answer that was to be mended is
 * asked for as it was to be.
 */
export function firstCall(
  plan: Plan,
  around: {
    readonly request: AnalysisRequest;
    readonly earlier: readonly Attempt[];
    readonly bought?: BoughtAnswer | undefined;
  },
): CallsSoFar {
  const { request, earlier, bought } = around;
  const asks = earlier.filter(({ outcome }) => outcome === 'unusable').length;
  const longest = asks === 0 ? 0 : longestCap(request, plan);
  const maxOutputTokens = Math.max(plan.maxOutputTokens, bought?.maxOutputTokens ?? longest);
  const { isRepaired = false, findings = [] } = bought ?? {};
  const prompt = isRepaired ? repairPrompt(plan.prompt, findings) : plan.prompt;
  const question = { prompt, maxOutputTokens };
  return { question, asks, isRepaired, fallback: bought?.checked, findings, wasEmpty: false };
}

/** What a model's reply is worth: the answer, or with what to ask again, or nothing. */
export function readReply(
  reply: {
    readonly text: string;
    readonly finish: 'stop' | 'length';
    readonly refusal?: string;
    readonly usage?: Usage | null;
  },
  around: Around,
): Reply {
  const { request, plan } = around;
  const reading = readAnswer(plan.asked, reply.text, reply.finish);
  const refusal = refusalIn(reply, { request, reading });
  if (refusal !== undefined) return { kind: 'declined', detail: declinedSentence(refusal) };
  if (reading.kind === 'valid') return { kind: 'answered', checked: bestAnswer(around.asked.fallback, reading) };
  const kept = reading.kind === 'repair' ? reading.fallback : undefined;
  const fallback = kept ? bestAnswer(around.asked.fallback, kept) : around.asked.fallback;
  const findings = reading.kind === 'repair' ? reading.findings : [reading.detail];
  const asked: CallsSoFar = { ...around.asked, asks: around.asked.asks + 1, fallback, findings };
  const repeats = reply.finish === 'length' ? runawayRepeats(reply.text) : undefined;
  if (repeats !== undefined) return turnsInCircles(repeats, fallback);
  const thoughtTokens = spentOnThinking(reply, asked.question.maxOutputTokens);
  if (thoughtTokens !== undefined) return afterThinking(thoughtTokens, { request, plan, asked });
  const again = reading.kind === 'repair' ? askAgain(reading, { request, plan, asked }) : undefined;
  if (again) return { kind: 'again', asked: again };
  if (fallback) return { kind: 'answered', checked: fallback };
  return { kind: 'unusable', detail: unusableSentence(asked, findings.join(' ')) };
}

/** What an answer without a word is worth: to be asked for once more, as it was; one that was lost on its way, as often as any. */
export function readEmptyReply(outcome: Extract<Outcome, { kind: 'ambiguous' }>, asked: CallsSoFar): Reply {
  const next: CallsSoFar = { ...asked, asks: asked.asks + 1, wasEmpty: true };
  const mayHelp = !asked.wasEmpty || outcome.reason !== 'no-usable-body';
  if (mayHelp && next.asks < MOST_CALLS_FOR_ANSWER) return { kind: 'again', asked: next };
  if (asked.fallback) return { kind: 'answered', checked: asked.fallback };
  return { kind: 'unusable', detail: unusableSentence(next, outcome.detail) };
}

/** The words of a refusal, where there is no other answer beside them. */
function refusalIn(
  reply: { readonly text: string; readonly refusal?: string },
  { request, reading }: { readonly request: AnalysisRequest; readonly reading: Reading },
): string | undefined {
  const isUsable = reading.kind === 'valid' || (reading.kind === 'repair' && reading.fallback !== undefined);
  if (reply.refusal !== undefined && !isUsable) return quote(reply.refusal);
  return findRefusal(request, reply.text, reading);
}

function declinedSentence(words: string): string {
  return `The model declined to answer: "${words}" It was not asked again: it would decline again, and be billed again.`;
}

function unusableSentence({ asks }: CallsSoFar, reason: string): string {
  return `The model gave no usable answer in ${asks === 1 ? '1 try' : `${asks} tries`}: ${reason}`;
}

/** Once more with a larger cap, where there is one: at the same it would think as long. */
function afterThinking(thoughtTokens: number, { request, plan, asked }: Around): Reply {
  const { question, fallback } = asked;
  const detail = thinkingSentence(thoughtTokens, question.maxOutputTokens);
  const longest = longestCap(request, plan);
  if (asked.asks < MOST_CALLS_FOR_ANSWER && question.maxOutputTokens < longest) {
    const next = { ...question, maxOutputTokens: longest };
    return { kind: 'again', asked: { ...asked, question: next, findings: [detail] } };
  }
  if (!fallback) return { kind: 'unusable', detail };
  const warning: Warning = { code: 'answer-cut', detail };
  return { kind: 'answered', checked: { ...fallback, warnings: [...fallback.warnings, warning] } };
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
  { request, plan, asked }: Around,
): CallsSoFar | undefined {
  if (asked.asks >= MOST_CALLS_FOR_ANSWER) return undefined;
  const { question } = asked;
  if (reading.because === 'cut') {
    const longest = longestCap(request, plan);
    if (question.maxOutputTokens < longest) return { ...asked, question: { ...question, maxOutputTokens: longest } };
    // What is cut at its longest would be cut there again.
    if (asked.fallback) return undefined;
  }
  if (asked.isRepaired) return undefined;
  return { ...asked, isRepaired: true, question: { ...question, prompt: repairPrompt(plan.prompt, reading.findings) } };
}

/** The task's longest answer with room to think before it. A caller's own cap is never exceeded. */
function longestCap({ task, maxOutputTokens }: AnalysisRequest, { model }: Pick<Plan, 'model'>): number {
  const { fullOutputTokens } = taskOf(task);
  const thinking = reasoningTokens(model.parameters.reasoningEfforts).max;
  return maxOutputTokens ?? Math.min(fullOutputTokens + thinking, model.limits.maxOutputTokens);
}
