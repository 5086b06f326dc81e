import type { Outcome, Usage } from '../pool/outcome.ts';
import { answerOutcome } from './answerOutcome.ts';
import { brokenCall } from './brokenCall.ts';
import { type CallResult, resultOfError } from './callResult.ts';
import { field } from './field.ts';
import { refusalOutcome } from './refusalOutcome.ts';
import { usageOf } from './usageOf.ts';

/**
 * How a call ended, told from its status, headers and body or from the error that it broke with. Never throws.
 * `refused` is certainly not billed; what may have reached the model and gave no proper answer is `ambiguous`.
 *
 * @param reading `nowMs` reads dates in `Retry-After`; `secrets` (key, token) are kept out of every sentence.
 * @example status 429 with `retry-after-ms: 1500` is `throttled` with `waitMs` 1500; a refused connection is
 * `refused` as `unreachable`; a reset one is `ambiguous` as `reset`.
 */
export function outcomeOf(
  result: CallResult,
  reading: { readonly nowMs: number; readonly secrets?: readonly string[] },
): Outcome {
  const { nowMs, secrets = [] } = reading;
  const known = 'error' in result ? resultOfError(result.error) : result;
  if ('error' in known) return withUsage(brokenCall(known.error), usageOf(field(known.error, 'received')));
  if (known.status >= 200 && known.status < 300) return answerOutcome(known, secrets);
  return withUsage(refusalOutcome(known, { nowMs, secrets }), usageOf(known.body));
}

/**
 * A refusal is not billed, unless it says that it was; of an answer that broke off what came may say it. What was billed
 * was an answer, be it lost.
 */
function withUsage(outcome: Outcome, usage: Usage | null): Outcome {
  if (usage === null) return outcome;
  return outcome.kind === 'ambiguous' ? { ...outcome, usage, isAnswer: true } : { ...outcome, usage };
}
