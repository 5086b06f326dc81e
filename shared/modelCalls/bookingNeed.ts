import type { Capabilities } from '../capabilities.ts';
import type { Suspect } from '../pool/outcome.ts';
import type { AnalysisFacts } from '../records/analysisRecord.ts';
import { answerNeedOf } from './answerNeed.ts';
import type { Plan } from './planAnalysis.ts';
import type { CallPrompt } from './readReply.ts';
import type { Work } from './work.ts';

/** What a model call needs from the pool. */
export function bookingNeedOf(
  asking: {
    readonly record: AnalysisFacts;
    readonly plan: Plan;
    readonly work: Work;
    /** Names of the deployments that have the model. */
    readonly couldServe: readonly string[];
  },
  state: {
    readonly question: CallPrompt;
    /** Answers read so far. */
    readonly asks: number;
    readonly exclude: readonly string[];
    readonly suspects: readonly Suspect[];
    readonly prefer: string | undefined;
    readonly placeInLineMs: number | undefined;
  },
  parts: Pick<Capabilities, 'deployments' | 'now'>,
): Parameters<Capabilities['ledger']['book']>[0] {
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
function addedTokens(plan: Plan, question: CallPrompt): number {
  return question.prompt.textTokens - plan.prompt.textTokens + question.maxOutputTokens - plan.maxOutputTokens;
}
