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

/** The last request, and the results of all before it. */
export interface CallsSoFar {
  readonly question: CallPrompt;
  /** Answers read so far. */
  readonly asks: number;
  /** A repair was requested; at most one is. */
  readonly isRepaired: boolean;
  /** The best answer so far. */
  readonly fallback: CheckedAnswer | undefined;
  /** What was wrong with the last answer. */
  readonly findings: readonly string[];
  /** An empty answer was requested again; at most once. */
  readonly wasEmpty: boolean;
}

export type Reply =
  | { readonly kind: 'answered'; readonly checked: CheckedAnswer }
  | { readonly kind: 'again'; readonly asked: CallsSoFar }
  /** The model declined in words. It would do so again. */
  | { readonly kind: 'declined'; readonly detail: string }
  | { readonly kind: 'unusable'; readonly detail: string };

/** The most answers that one analysis requests, repair and longer cap included. */
export const MOST_CALLS_FOR_ANSWER = 3;

type Around = { readonly request: AnalysisRequest; readonly plan: Plan; readonly asked: CallsSoFar };

/**
 * The first request. Earlier tries that ended with a useless answer count, and the longest cap is used at once,
 * because that answer may have been cut. An answer that still needs a repair is requested with that repair.
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

/** Judges a model's reply: the answer, the next request, or nothing usable. */
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

/**
 * Judges an empty answer: requested once more without a change. One that was lost in transit is requested as often as
 * any other.
 */
export function readEmptyReply(outcome: Extract<Outcome, { kind: 'ambiguous' }>, asked: CallsSoFar): Reply {
  const next: CallsSoFar = { ...asked, asks: asked.asks + 1, wasEmpty: true };
  const mayHelp = !asked.wasEmpty || outcome.reason !== 'no-usable-body';
  if (mayHelp && next.asks < MOST_CALLS_FOR_ANSWER) return { kind: 'again', asked: next };
  if (asked.fallback) return { kind: 'answered', checked: asked.fallback };
  return { kind: 'unusable', detail: unusableSentence(next, outcome.detail) };
}

/** The text of a refusal, if there is no other answer beside it. */
function refusalIn(
  reply: { readonly text: string; readonly refusal?: string },
  { request, reading }: { readonly request: AnalysisRequest; readonly reading: Reading },
): string | undefined {
  const isUsable = reading.kind === 'valid' || (reading.kind === 'repair' && reading.fallback !== undefined);
  if (reply.refusal !== undefined && !isUsable) return quote(reply.refusal);
  return findRefusal(request, reply.text, reading);
}

function declinedSentence(words: string): string {
  return `The model declined to answer: "${words}" No second model call was made: it would decline again, and be billed again.`;
}

function unusableSentence({ asks }: CallsSoFar, reason: string): string {
  return `The model gave no usable answer in ${asks === 1 ? '1 try' : `${asks} tries`}: ${reason}`;
}

/** Once more with a larger cap, if there is one. With the same cap the model would think as long. */
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

/** With a larger cap the answer would only repeat itself for longer. */
function turnsInCircles(repeats: number, fallback: CheckedAnswer | undefined): Reply {
  const detail = `The answer repeats itself at least ${repeats} times up to its cap; no second model call was made.`;
  if (!fallback) return { kind: 'unusable', detail };
  const warning: Warning = { code: 'repeating-text', detail };
  return { kind: 'answered', checked: { ...fallback, warnings: [...fallback.warnings, warning] } };
}

/**
 * A larger cap for a cut answer, a repair for a wrong one, each once. Undefined where another request would not help.
 */
function askAgain(
  reading: Extract<Reading, { kind: 'repair' }>,
  { request, plan, asked }: Around,
): CallsSoFar | undefined {
  if (asked.asks >= MOST_CALLS_FOR_ANSWER) return undefined;
  const { question } = asked;
  if (reading.because === 'cut') {
    const longest = longestCap(request, plan);
    if (question.maxOutputTokens < longest) return { ...asked, question: { ...question, maxOutputTokens: longest } };
    // An answer that was cut at the largest cap would be cut there again.
    if (asked.fallback) return undefined;
  }
  if (asked.isRepaired) return undefined;
  return { ...asked, isRepaired: true, question: { ...question, prompt: repairPrompt(plan.prompt, reading.findings) } };
}

/** The task's longest answer plus room to think. Never more than the caller's own cap. */
function longestCap({ task, maxOutputTokens }: AnalysisRequest, { model }: Pick<Plan, 'model'>): number {
  const { fullOutputTokens } = taskOf(task);
  const thinking = reasoningTokens(model.parameters.reasoningEfforts).max;
  return maxOutputTokens ?? Math.min(fullOutputTokens + thinking, model.limits.maxOutputTokens);
}
