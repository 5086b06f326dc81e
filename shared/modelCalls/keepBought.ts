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

/** There is an answer to deliver: the model's last one, or the best that was paid for before. */
export interface Answered {
  readonly kind: 'answered';
  readonly paid: PaidAnswer;
  /** When pool, budget and usage know of its last call. */
  readonly settled: Promise<void>;
}

/**
 * Stores the attempts so far and the best answer before the next model call.
 *
 * @returns the answer, to deliver at once, if it is too long for the record
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
): Promise<Answered | undefined> {
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
    return asBought(bought, 'The answer is too long to be stored during a second model call.');
  }
}

/** Whether a paid answer may wait for a repair: once, for quota only, and only if no HTTP caller waits. */
export function waitOrKeep(
  end: NotPlaced,
  keeper: RecordKeeper,
  { caller }: Pick<Work, 'caller'>,
): NotPlaced | Answered {
  const bought = boughtOf(keeper.current());
  if (!bought) return end;
  if (end.cause.waitingFor === 'quota' && caller === 'backlog' && !bought.hasWaited) {
    keeper.note(withBought(keeper.current(), { ...bought, hasWaited: true }));
    return end;
  }
  return asBought(bought, end.detail);
}

/**
 * The paid answer to deliver despite an error.
 *
 * @throws the error if nothing was paid for, if the image's version is gone, or if the error is a bug
 */
export function keepInSpite(error: unknown, keeper: RecordKeeper): Answered {
  const bought = boughtOf(keeper.current());
  if (!bought || error instanceof ImageChanged || !(error instanceof AppError)) throw error;
  return asBought(bought, error.detail);
}

/** All its calls were settled before it was kept. */
function asBought(bought: BoughtAnswer, why: string): Answered {
  return { kind: 'answered', paid: unmended(bought, why), settled: Promise.resolve() };
}

/**
 * Whether the limit of model calls is reached: three answers were read, or a usable one was paid for and three
 * requests may have been billed. Requests lost in a crash or an outage count as billed.
 */
export function isAskedOut({ asks }: Pick<CallsSoFar, 'asks'>, keeper: RecordKeeper): boolean {
  const { attempts, bought } = keeper.current();
  return (
    asks >= MOST_CALLS_FOR_ANSWER ||
    (bought !== undefined && attempts.filter(mayHaveReachedModel).length >= MOST_CALLS_FOR_ANSWER)
  );
}
