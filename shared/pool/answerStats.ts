import { type CapMoney, noCapMoney, withBill, withoutRisk, worthIfCut } from './capMoney.ts';
import type { BookedAnswer, Booking } from './ledger.ts';
import type { Outcome, Usage } from './outcome.ts';
import type { SeenLength } from './outputCap.ts';

/** What answers of one kind have taught: their lengths, and what lowered caps have cost. */
export interface AnswerStats {
  /** Oldest first. */
  readonly lengths: readonly SeenLength[];
  readonly money: CapMoney;
}

/** By the kind of the answer; the most recently used is last. */
export type AnswersByKind = Readonly<Record<string, AnswerStats>>;

export const noAnswers: AnswerStats = { lengths: [], money: noCapMoney };

/** Bounds for the size of the state, which every step writes whole. */
const MOST_OF_A_KIND = 200;
const MOST_OF_ALL = 1_000;
const MOST_KINDS = 32;

/**
 * The statistics after a booked request has ended. Only answers with a usage count, except one that a lowered cap has cut: it
 * was billed whether or not its usage is named.
 */
export function afterAnswer(
  answers: AnswersByKind,
  { answer, admissionTokens }: Pick<Booking, 'answer' | 'admissionTokens'>,
  outcome: Outcome,
): AnswersByKind {
  if (answer === undefined) return answers;
  const stats = answers[answer.kind] ?? noAnswers;
  const money = answer.isLowered ? withoutRisk(stats.money) : stats.money;
  const wasCut = outcome.kind === 'answered' && outcome.finish === 'length';
  const isWasted = wasCut && answer.isLowered;
  const usage = outcome.kind === 'answered' || outcome.kind === 'filtered' ? outcome.usage : null;
  if (usage === null && !isWasted)
    return money === stats.money ? answers : withKind(answers, answer.kind, { ...stats, money });
  const worth = usage === null ? worthIfCut(admissionTokens, answer) : worthOf(usage, answer.outputWeight);
  const length = { look: answer.look, tokens: usage?.completionTokens ?? answer.capTokens, wasCut };
  const isLesson = outcome.kind === 'answered' && !answer.isNoLesson;
  const lengths = isLesson ? withLength(stats.lengths, length) : stats.lengths;
  return withKind(answers, answer.kind, { lengths, money: withBill(money, { worth, isWasted }) });
}

/** The statistics after a booking that was not used. */
export function afterRelease(answers: AnswersByKind, booked: BookedAnswer | undefined): AnswersByKind {
  const stats = booked?.isLowered ? answers[booked.kind] : undefined;
  if (booked === undefined || stats === undefined) return answers;
  return { ...answers, [booked.kind]: { ...stats, money: withoutRisk(stats.money) } };
}

function worthOf({ promptTokens, completionTokens }: Usage, outputWeight: number): number {
  return promptTokens + outputWeight * completionTokens;
}

/** A whole answer replaces the cut one that it repeats. */
function withLength(lengths: readonly SeenLength[], length: SeenLength): readonly SeenLength[] {
  const cut = length.wasCut
    ? -1
    : lengths.findIndex(({ look, tokens, wasCut }) => wasCut && look === length.look && tokens <= length.tokens);
  const others = cut === -1 ? lengths : lengths.toSpliced(cut, 1);
  return [...others, length].slice(-MOST_OF_A_KIND);
}

/** Drops the kinds that were not used for longest, and the oldest lengths of the largest kinds, down to the bounds. */
export function withKind(answers: AnswersByKind, kind: string, stats: AnswerStats): AnswersByKind {
  const others = Object.entries(answers).filter(([other]) => other !== kind);
  const kept: (readonly [string, AnswerStats])[] = [...others, [kind, stats] as const].slice(-MOST_KINDS);
  let count = kept.reduce((sum, [, { lengths }]) => sum + lengths.length, 0);
  while (count > MOST_OF_ALL) {
    const most = kept.reduce(
      (best, [, { lengths }], place) => (lengths.length > (kept[best]?.[1].lengths.length ?? 0) ? place : best),
      0,
    );
    const [name, largest] = kept[most] ?? [kind, stats];
    kept[most] = [name, { ...largest, lengths: largest.lengths.slice(1) }];
    count -= 1;
  }
  return Object.fromEntries(kept);
}
