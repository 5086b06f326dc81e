import type { Capabilities } from '../capabilities.ts';
import { AnswerFailed, ImageRejected } from '../errors.ts';
import { nextStep } from '../pool/nextStep.ts';
import type { Outcome } from '../pool/outcome.ts';
import { lastAttemptUnusable } from '../records/analysisSteps.ts';
import type { RecordKeeper } from '../records/recordKeeper.ts';
import { resetTakeovers } from '../records/takeovers.ts';
import { boughtOf } from '../results/boughtAnswer.ts';
import { bookingNeedOf } from './bookingNeed.ts';
import { callDeployment } from './callDeployment.ts';
import { callHistoryOf, rejectedBy, retried, type Whom } from './callHistory.ts';
import { imageWarnings } from './imageFacts.ts';
import type { ImageToSend } from './imageToSend.ts';
import { type Answered, isAskedOut, keepBought, keepInSpite, waitOrKeep } from './keepBought.ts';
import { noteCut } from './noteCut.ts';
import { moneySoonMs, type NotPlaced, noMoney, notBooked } from './notPlaced.ts';
import type { Plan } from './planAnalysis.ts';
import { type CallPrompt, type CallsSoFar, firstCall, type Reply, readEmptyReply, readReply } from './readReply.ts';
import type { Work } from './work.ts';

/** The state of one analysis until it has its answer. */
export interface Conversation extends ImageToSend {
  readonly work: Work;
  readonly keeper: RecordKeeper;
  readonly plan: Plan;
  /** Names of the deployments that have the model. */
  readonly couldServe: readonly string[];
}

type ConversationEnd = Answered | NotPlaced;

type ConverseNeeds = Pick<
  Capabilities,
  'budget' | 'calibrations' | 'deployments' | 'ledger' | 'now' | 'signal' | 'sleep' | 'usage' | 'vision'
>;

/** Rounds through a full pool before the analysis is set to waiting. */
const MOST_ROUNDS = 3;

/** Delay before the next try after an outage with an unknown end. */
const OUTAGE_PAUSE_MS = 60_000;

/**
 * Books, calls the model and checks until there is an answer, or no deployment has room. A paid answer that needs a
 * repair is delivered even if the repair fails.
 *
 * @throws {ImageRejected} `exceeds-quota`, `content-filtered`, `content-refused`, `broken-image`,
 * `unsupported-format`, `too-large`
 * @throws {AnswerFailed} `service-refused`, `answer-unusable`
 * @throws {GivenUp} `budget-reached`
 * @throws {ImageChanged} when the image's version is gone
 */
export async function converse(conversation: Conversation, parts: ConverseNeeds): Promise<ConversationEnd> {
  const { keeper, work } = conversation;
  try {
    const end = await askUntilAnswered(conversation, parts);
    return end.kind === 'notPlaced' ? waitOrKeep(end, keeper, work) : end;
  } catch (error) {
    return keepInSpite(error, keeper);
  }
}

async function askUntilAnswered(conversation: Conversation, parts: ConverseNeeds): Promise<ConversationEnd> {
  const { keeper, plan, work } = conversation;
  const { attempts: earlier, request } = keeper.current();
  let state: State = {
    ...firstCall(plan, { request, earlier, bought: boughtOf(keeper.current()) }),
    exclude: [],
    suspects: [],
    prefer: undefined,
    placeInLineMs: work.placeInLineMs,
    roundsLeft: MOST_ROUNDS,
  };
  for (;;) {
    if (isAskedOut(state, keeper)) throw unusable(state, 'The limit of model calls for one answer is reached.');
    const need = bookingNeedOf(
      { record: keeper.current(), plan, work, couldServe: conversation.couldServe },
      state,
      parts,
    );
    const placement = await parts.ledger.book(need);
    if (placement.kind === 'wait') {
      // Prepare the image during the wait, so that it is sent as soon as its start comes.
      await makeReady(conversation, parts);
      await parts.sleep(Math.max(0, placement.askAgainMs - parts.now()));
      continue;
    }
    if (placement.kind === 'never' && state.asks > 0) {
      throw unusable(
        state,
        `No deployment has room for a second model call with a cap of ${state.question.maxOutputTokens} tokens.`,
      );
    }
    if (placement.kind !== 'booked') return notBooked(placement, plan);
    // The ledger may lower the cap of the first model call while quota is short. The answer is checked against the cap
    // that was sent.
    const { capTokens = state.question.maxOutputTokens } = placement.booking.answer ?? {};
    const question = { ...state.question, maxOutputTokens: capTokens };
    const asking = { request, plan, asked: { ...state, question } };
    const read = (outcome: Outcome): Reply | undefined => replyTo(outcome, asking);
    const call = await callDeployment({ ...conversation, ...placement, ...question, read }, parts);
    if (call.kind === 'denied') {
      const moneyMs = moneySoonMs(call.denied, work.startBeforeMs);
      if (moneyMs === undefined) return noMoney(call.denied, parts);
      await parts.sleep(moneyMs - parts.now());
      continue;
    }
    const { outcome, reply, settled } = call;
    const { deployment } = placement.booking;
    if (reply?.kind === 'answered') {
      const { answer, warnings } = reply.checked;
      const sent = await conversation.prepared();
      return { kind: 'answered', paid: { answer, warnings: [...imageWarnings(plan, sent), ...warnings] }, settled };
    }
    await settled;
    if (reply) {
      keeper.note(lastAttemptUnusable(keeper.current()));
      noteCut({ outcome, reply, question, keeper }, parts);
      if (reply.kind === 'declined') throw new ImageRejected('content-refused', reply.detail);
      if (reply.kind === 'unusable') throw new AnswerFailed('answer-unusable', reply.detail);
      const next = withCapOf(state.question, reply.asked);
      const kept = await keepBought(next, conversation, parts);
      if (kept) return kept;
      // Another deployment may answer with text.
      const exclude = outcome.kind === 'ambiguous' ? [deployment.name] : [];
      state = { ...state, ...next, exclude, suspects: [], prefer: undefined, placeInLineMs: undefined };
      continue;
    }
    const story = await callHistoryOf(outcome, { conversation, deployment, earlier, suspects: state.suspects }, parts);
    const step = nextStep(outcome, story);
    if (step.kind === 'reject') throw rejectedBy(step);
    if (step.kind === 'fail') throw new AnswerFailed(step.code, step.detail);
    if (step.kind === 'wait' && step.for === 'quota' && state.roundsLeft > 0) {
      // Every deployment has just reported when it has room. The ledger books the soonest start, or returns its time.
      state = { ...state, exclude: [], placeInLineMs: undefined, roundsLeft: state.roundsLeft - 1 };
      continue;
    }
    if (step.kind === 'wait') {
      const startsAtMs = parts.now() + OUTAGE_PAUSE_MS;
      return { kind: 'notPlaced', cause: { waitingFor: step.for }, startsAtMs, detail: step.detail };
    }
    state = { ...state, placeInLineMs: undefined, ...retried(step, state.suspects, conversation) };
  }
}

function replyTo(outcome: Outcome, around: Parameters<typeof readReply>[1]): Reply | undefined {
  if (outcome.kind === 'answered') return readReply(outcome, around);
  return outcome.kind === 'ambiguous' && outcome.isAnswer ? readEmptyReply(outcome, around.asked) : undefined;
}

/** A cap that was lowered because quota was short is not lowered again. */
function withCapOf(first: CallPrompt, asked: CallsSoFar): CallsSoFar {
  const maxOutputTokens = Math.max(asked.question.maxOutputTokens, first.maxOutputTokens);
  return { ...asked, question: { ...asked.question, maxOutputTokens } };
}

function unusable({ findings }: CallsSoFar, why: string): AnswerFailed {
  return new AnswerFailed('answer-unusable', ['The model gave no usable answer.', ...findings, why].join(' '));
}

interface State extends CallsSoFar, Whom {
  readonly placeInLineMs: number | undefined;
  /** How many more rounds through all deployments are allowed after none had room. */
  readonly roundsLeft: number;
}

/** Prepares the image to be sent. If that fails, its queue position is released. */
async function makeReady(
  { keeper, prepared }: Pick<Conversation, 'keeper' | 'prepared'>,
  { ledger }: Pick<Capabilities, 'ledger'>,
): Promise<void> {
  try {
    await prepared();
    await resetTakeovers(keeper);
  } catch (error) {
    const { id, request } = keeper.current();
    await ledger.leave(request.model, id);
    throw error;
  }
}
