import type { Capabilities } from '../capabilities.ts';
import type { Outcome } from '../pool/outcome.ts';
import { withAnswerCut } from '../records/answerCut.ts';
import type { RecordKeeper } from '../records/recordKeeper.ts';
import type { CallPrompt, Reply } from './readReply.ts';

/** Notes and signals that an answer was cut at its cap and is requested again with a larger one. */
export function noteCut(
  asked: {
    readonly outcome: Outcome;
    readonly reply: Reply;
    /** As it was sent. */
    readonly question: CallPrompt;
    readonly keeper: RecordKeeper;
  },
  parts: Pick<Capabilities, 'signal'>,
): void {
  const { outcome, reply, question, keeper } = asked;
  if (outcome.kind !== 'answered' || outcome.finish !== 'length' || reply.kind !== 'again') return;
  const capTokens = question.maxOutputTokens;
  const nextCapTokens = reply.asked.question.maxOutputTokens;
  if (nextCapTokens <= capTokens) return;
  const tokens = outcome.usage?.completionTokens ?? capTokens;
  const { id, request, deployment } = keeper.current();
  keeper.note(withAnswerCut(keeper.current(), tokens));
  const facts = { analysisId: id, task: request.task, model: request.model, deployment: deployment?.name ?? null };
  parts.signal({ event: 'answer.cut', facts: { ...facts, tokens, capTokens, nextCapTokens } });
}
