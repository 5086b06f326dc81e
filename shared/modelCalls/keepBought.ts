import type { Capabilities } from '../capabilities.ts';
import { AppError, ImageChanged, InvalidRequest } from '../errors.ts';
import type { PreparedImage } from '../image/prepareImage.ts';
import { mayHaveReachedModel } from '../pool/nextStep.ts';
import type { RecordKeeper } from '../records/recordKeeper.ts';
import { type BoughtAnswer, boughtOf, unmended, withBought } from '../results/boughtAnswer.ts';
import type { PaidAnswer } from '../results/paidAnswer.ts';
import { retryWrite } from '../storage/retryWrite.ts';
import { imageWarnings } from './imageFacts.ts';
import type { NotPlaced } from './notPlaced.ts';
import type { Plan } from './planAnalysis.ts';
import { type CallsSoFar, MOST_CALLS_FOR_ANSWER } from './readReply.ts';
import type { Work } from './work.ts';

/** An answer that was bought is delivered, for nothing better came. */
export interface Kept {
  readonly kind: 'kept';
  readonly paid: PaidAnswer;
}

/**
 * Writes down what was asked so far, and the best answer with it, before the model is asked again.
 *
 * @returns the answer, to be delivered at once, where the record has no room for it
 * @throws {RecordTaken}
 */
export async function keepBought(
  asked: CallsSoFar,
  from: {
    readonly keeper: RecordKeeper;
    readonly plan: Plan;
    readonly prepared: () => Promise<PreparedImage>;
  },
  parts: Pick<Capabilities, 'sleep'>,
): Promise<Kept | undefined> {
  const { keeper, plan } = from;
  const { fallback: checked, findings, isRepaired, question } = asked;
  const before = keeper.current();
  if (!checked) {
    await retryWrite(() => keeper.save(before), parts);
    return undefined;
  }
  const warnings = imageWarnings(plan, await from.prepared());
  const { maxOutputTokens } = question;
  const bought: BoughtAnswer = {
    checked,
    imageWarnings: warnings,
    findings,
    isRepaired,
    maxOutputTokens,
    hasWaited: false,
  };
  keeper.note(withBought(before, bought));
  try {
    await retryWrite(() => keeper.save(keeper.current()), parts);
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    keeper.note(before);
    return { kind: 'kept', paid: unmended(bought, 'The answer is too long to be kept while the model is asked.') };
  }
}

/** An answer that was bought waits for quota once, where nobody waits for it, to be mended; for anything else it does not wait. */
export function waitOrKeep(end: NotPlaced, keeper: RecordKeeper, { caller }: Pick<Work, 'caller'>): NotPlaced | Kept {
  const bought = boughtOf(keeper.current());
  if (!bought) return end;
  if (end.cause.waitingFor === 'quota' && caller === 'backlog' && !bought.hasWaited) {
    keeper.note(withBought(keeper.current(), { ...bought, hasWaited: true }));
    return end;
  }
  return { kind: 'kept', paid: unmended(bought, end.detail) };
}

/**
 * What an error leaves of an answer that was bought.
 *
 * @throws the error, where nothing was bought, where the image's version is gone, or where it is none of ours
 */
export function keepInSpite(error: unknown, keeper: RecordKeeper): Kept {
  const bought = boughtOf(keeper.current());
  if (!bought || error instanceof ImageChanged || !(error instanceof AppError)) throw error;
  return { kind: 'kept', paid: unmended(bought, error.detail) };
}

/**
 * Whether no more may be asked: three answers were read, or one of use was bought and three requests may have been billed, those
 * among them that a crash or an outage has swallowed.
 */
export function isAskedOut({ asks }: Pick<CallsSoFar, 'asks'>, keeper: RecordKeeper): boolean {
  const { attempts, bought } = keeper.current();
  return (
    asks >= MOST_CALLS_FOR_ANSWER ||
    (bought !== undefined && attempts.filter(mayHaveReachedModel).length >= MOST_CALLS_FOR_ANSWER)
  );
}
