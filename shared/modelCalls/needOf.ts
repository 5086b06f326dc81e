import type { Suspect } from '../pool/outcome.ts';
import type { AnalysisRecord } from '../records/analysisRecord.ts';
import { answerNeedOf } from './answerNeed.ts';
import type { Plan } from './planAnalysis.ts';
import type { Question } from './readReply.ts';
import type { StoryParts, Work } from './storyParts.ts';

/** What a question needs of the pool. */
export function needOf(
  asking: {
    readonly record: AnalysisRecord;
    readonly plan: Plan;
    readonly work: Work;
    /** Names of the deployments that have the model. */
    readonly couldServe: readonly string[];
  },
  state: {
    readonly question: Question;
    /** Answers read so far. */
    readonly asks: number;
    readonly exclude: readonly string[];
    readonly suspects: readonly Suspect[];
    readonly prefer: string | undefined;
    readonly placeInLineMs: number | undefined;
  },
  parts: Pick<StoryParts, 'deployments' | 'now'>,
): Parameters<StoryParts['ledger']['book']>[0] {
  const { plan, work } = asking;
  const { id, request, createdAtMs } = asking.record;
  const answer = answerNeedOf(asking.record, {
    plan,
    maxOutputTokens: state.question.maxOutputTokens,
    canLower: state.asks === 0,
    deployment: parts.deployments.find(({ name }) => asking.couldServe.includes(name)),
    nowMs: parts.now(),
  });
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
    ...(answer === undefined ? {} : { answer }),
    ...(work.keepsPlace === undefined ? {} : { keepsPlace: work.keepsPlace }),
    ...(request.deploymentName === undefined ? {} : { deploymentName: request.deploymentName }),
    ...(state.placeInLineMs === undefined ? {} : { placeInLineMs: state.placeInLineMs }),
  };
}

/** What a repair or a longer cap adds to the first request. */
function addedTokens(plan: Plan, question: Question): number {
  return question.prompt.textTokens - plan.prompt.textTokens + question.maxOutputTokens - plan.maxOutputTokens;
}
