import { AnswerFailed } from '../errors.ts';
import type { PreparedImage } from '../image/prepareImage.ts';
import { nextStep } from '../pool/nextStep.ts';
import type { CheckedAnswer } from '../tasks/reading.ts';
import { lastAttemptUnusable } from './analysisSteps.ts';
import { askDeployment } from './askDeployment.ts';
import { answerKindOf } from './cappedPlan.ts';
import type { ImageToSend } from './imageToSend.ts';
import { type NotPlaced, noMoney, notBooked } from './notPlaced.ts';
import type { Plan } from './planAnalysis.ts';
import { type Asked, firstAsked, type Question, readReply } from './readReply.ts';
import type { RecordKeeper } from './recordKeeper.ts';
import { rejectedBy, retried, storyOf, type Whom } from './storyOf.ts';
import type { StoryParts, Work } from './storyParts.ts';
import { noteSurvived } from './takeUp.ts';

/** One analysis on its way to an answer. */
export interface Conversation extends ImageToSend {
  readonly work: Work;
  readonly keeper: RecordKeeper;
  readonly plan: Plan;
  /** Names of the deployments that have the model. */
  readonly couldServe: readonly string[];
}

export type ConversationEnd =
  /** `settled`: when pool, budget and usage know of its last request. */
  | { readonly kind: 'answered'; readonly checked: CheckedAnswer; readonly settled: Promise<void> }
  | NotPlaced
  | { readonly kind: 'changed' };

/** Rounds through a full pool before the analysis is put down for a while. */
const MOST_ROUNDS = 3;

/** An outage whose end nobody knows is looked at again after this. */
const OUTAGE_PAUSE_MS = 60_000;

/**
 * Books, asks and checks until there is an answer, or no place for it.
 *
 * @throws {ImageRejected} `exceeds-quota`, `content-filtered`, `broken-image`, `unsupported-format`, `too-large`
 * @throws {AnswerFailed} `service-refused`, `answer-unusable`
 * @throws {GivenUp} `budget-reached`
 */
export async function converse(conversation: Conversation, parts: StoryParts): Promise<ConversationEnd> {
  const { keeper, plan, work } = conversation;
  const { attempts: earlier, request } = keeper.current();
  let state: State = {
    ...firstAsked(plan, { request, earlier }),
    exclude: [],
    suspects: [],
    prefer: undefined,
    placeInLineMs: work.placeInLineMs,
    roundsLeft: MOST_ROUNDS,
  };
  for (;;) {
    const placement = await parts.ledger.book(needOf(conversation, state));
    if (placement.kind === 'never' && state.fallback) return fallenBack(state.fallback);
    if (placement.kind === 'wait') {
      // The image is made ready meanwhile: once its turn has come it leaves at once.
      const image = await readyFor(conversation, parts);
      if (image === 'changed') return { kind: 'changed' };
      await parts.sleep(Math.max(0, placement.askAgainMs - parts.now()));
      continue;
    }
    if (placement.kind !== 'booked') return notBooked(placement, plan);
    const asked = await askDeployment({ ...conversation, ...placement, ...state.question }, parts);
    if (asked === 'changed') return { kind: 'changed' };
    if ('period' in asked) {
      return asked.kind === 'never' && state.fallback ? fallenBack(state.fallback) : noMoney(asked, parts);
    }
    const { outcome, settled } = asked;
    const reply = outcome.kind === 'answered' ? readReply(outcome, { request, plan, asked: state }) : undefined;
    if (reply?.kind === 'answered') return { ...reply, settled };
    await settled;
    const { deployment } = placement.booking;
    const story = await storyOf(outcome, { conversation, deployment, earlier, suspects: state.suspects }, parts);
    const step = nextStep(outcome, story);
    if (step.kind === 'reject') throw rejectedBy(step);
    if (step.kind === 'fail') throw new AnswerFailed(step.code, step.detail);
    if (step.kind === 'wait' && step.for === 'quota' && state.roundsLeft > 0) {
      // Every deployment has just said when it has room: the ledger knows the soonest, and books it or says when.
      state = { ...state, exclude: [], placeInLineMs: undefined, roundsLeft: state.roundsLeft - 1 };
      continue;
    }
    if (step.kind === 'wait') {
      const startsAtMs = parts.now() + OUTAGE_PAUSE_MS;
      return { kind: 'notPlaced', waitingFor: step.for, startsAtMs, detail: step.detail };
    }
    if (reply === undefined) {
      state = { ...state, placeInLineMs: undefined, ...retried(step, state.suspects, conversation) };
      continue;
    }
    keeper.note(lastAttemptUnusable(keeper.current()));
    if (reply.kind === 'unusable') throw new AnswerFailed('answer-unusable', reply.detail);
    state = { ...state, ...reply.asked, exclude: [], suspects: [], prefer: undefined, placeInLineMs: undefined };
  }
}

interface State extends Asked, Whom {
  readonly placeInLineMs: number | undefined;
  /** How often all deployments may still be tried again after each had no room. */
  readonly roundsLeft: number;
}

function needOf(conversation: Conversation, state: State): Parameters<StoryParts['ledger']['book']>[0] {
  const { keeper, plan, work } = conversation;
  const { id, request, createdAtMs } = keeper.current();
  return {
    analysisId: id,
    createdMs: createdAtMs,
    admissionTokens: plan.admissionTokens + addedTokens(plan, state.question),
    model: request.model,
    caller: work.caller,
    exclude: state.exclude,
    suspects: state.suspects,
    ...(state.prefer === undefined ? {} : { prefer: state.prefer }),
    latestStartMs: work.startBeforeMs,
    answerKind: answerKindOf(request),
    ...(work.keepsPlace === undefined ? {} : { keepsPlace: work.keepsPlace }),
    ...(request.deploymentName === undefined ? {} : { deploymentName: request.deploymentName }),
    ...(state.placeInLineMs === undefined ? {} : { placeInLineMs: state.placeInLineMs }),
  };
}

/** The image as it is sent; its place in line is given up when there will be none. */
async function readyFor(conversation: Conversation, parts: StoryParts): Promise<PreparedImage | 'changed'> {
  const leave = (): Promise<void> => parts.ledger.leave(conversation.keeper.current().id);
  try {
    const image = await conversation.prepared();
    await (image === 'changed' ? leave() : noteSurvived(conversation.keeper));
    return image;
  } catch (error) {
    await leave();
    throw error;
  }
}

/** What a repair or a longer cap adds to the first request. */
function addedTokens(plan: Plan, question: Question): number {
  return question.prompt.textTokens - plan.prompt.textTokens + question.maxOutputTokens - plan.maxOutputTokens;
}

function fallenBack(checked: CheckedAnswer): ConversationEnd {
  return { kind: 'answered', checked, settled: Promise.resolve() };
}
