import type { Capabilities } from '../capabilities.ts';
import { ImageRejected } from '../errors.ts';
import { type Word, wordOf } from '../pool/circuit.ts';
import type { Deployment } from '../pool/deployment.ts';
import { mayHaveReachedModel, type NextStep, type SentAttempt, type Story } from '../pool/nextStep.ts';
import { isJudged, type Outcome, type Refused, type Suspect } from '../pool/outcome.ts';
import type { Attempt } from '../records/analysisRecord.ts';
import { withWarning } from '../records/analysisSteps.ts';
import type { RecordKeeper } from '../records/recordKeeper.ts';
import { type ImageToSend, RE_ENCODED } from './imageToSend.ts';

interface Told extends ImageToSend {
  readonly keeper: RecordKeeper;
  readonly couldServe: readonly string[];
}

interface Asked {
  readonly conversation: Told;
  readonly deployment: Deployment;
  /** Attempts of earlier runs. */
  readonly earlier: readonly Attempt[];
  readonly suspects: readonly Suspect[];
}

/** Which deployments the next request may use. */
export interface Whom {
  /** Deployments that have just refused the request. */
  readonly exclude: readonly string[];
  /** Those of them whose refusal another deployment should confirm. */
  readonly suspects: readonly Suspect[];
  readonly prefer: string | undefined;
}

/** What `nextStep` needs to know about an analysis after its last model call. */
export async function callHistoryOf(
  outcome: Outcome,
  { conversation, deployment: { name: deployment }, earlier, suspects }: Asked,
  { ledger }: Pick<Capabilities, 'ledger'>,
): Promise<Story> {
  const attempts = conversation.keeper.current().attempts.slice(earlier.length);
  return {
    deployment,
    attempts: attempts.slice(0, -1).map(asSent),
    earlierAsks: earlier.filter(mayHaveReachedModel).length,
    couldServe: conversation.couldServe,
    suspects,
    isEncoded: (await conversation.prepared()).changed,
    word: outcome.kind === 'refused' ? await wordIn(ledger, outcome, deployment) : 'worthless',
    tookMs: attempts.at(-1)?.ms ?? 0,
  };
}

/**
 * Which deployments the next request avoids, and which are suspected. If the next step is to encode the image again,
 * this does so and notes it in the record. New bytes make a new request, so no deployment is suspected.
 */
export function retried(step: NextStep, suspected: readonly Suspect[], { keeper, encodeAnew }: Told): Whom {
  if (step.kind !== 'elsewhere' && step.kind !== 'again') return { exclude: [], suspects: [], prefer: undefined };
  const { exclude, encodes, prefer, suspects = suspected } = step;
  if (!encodes) return { exclude, suspects, prefer };
  encodeAnew();
  keeper.note(withWarning(keeper.current(), RE_ENCODED));
  return { exclude, suspects: [], prefer };
}

/** The error of a step that rejects the image. */
export function rejectedBy({ code, detail, category }: Extract<NextStep, { kind: 'reject' }>): ImageRejected {
  return new ImageRejected(code, detail, category === undefined ? {} : { category });
}

async function wordIn(ledger: Capabilities['ledger'], refusal: Refused, deployment: string): Promise<Word> {
  if (!isJudged(refusal)) return 'worthless';
  const view = (await ledger.view()).find((each) => each.deployment.name === deployment);
  return view === undefined ? 'doubtful' : wordOf(refusal, view);
}

/** An attempt that a crash interrupted may have reached the model. */
function asSent({ deployment, outcome }: Attempt): SentAttempt {
  return { deployment, outcome: outcome === 'sending' ? 'ambiguous' : outcome };
}
