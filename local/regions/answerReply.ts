import { type Completion, completionBody } from './completion.ts';
import { chosenReply } from './doorFault.ts';
import type { Fault } from './fault.ts';
import { oddAnswers } from './oddAnswers.ts';
import type { PromptTokens } from './promptTokens.ts';
import type { RegionSettings } from './regionOptions.ts';
import { deliveryOf, jsonReply, type Reply } from './reply.ts';

/** The reply to a request that was worked on, billed whatever a fault makes of the reply. */
export function answerReply(
  completion: Completion,
  about: {
    readonly model: string;
    readonly prompt: PromptTokens;
    readonly headers: Readonly<Record<string, string>>;
    readonly charge: Reply['charge'];
    readonly region: RegionSettings;
    readonly fault: Fault;
    readonly createdAtMs: number;
  },
): Reply {
  const { fault, region } = about;
  const usual = completionBody(completion, {
    model: about.model,
    prompt: about.prompt,
    tellsImageTokens: region.tellsImageTokens,
    createdAtMs: about.createdAtMs,
  });
  const odd = fault.kind === 'odd-answer' ? oddAnswers[fault.as] : undefined;
  const promptTokens = about.prompt.textTokens + about.prompt.imageTokens;
  const { completionTokens } = completion;
  const finish = odd?.finish === undefined ? completion.finish : odd.finish;
  const billed = { promptTokens, completionTokens, billedTokens: promptTokens + completionTokens, finish };
  const reply = jsonReply(200, odd ? odd.body(usual) : usual, {
    headers: about.headers,
    delayMs: region.latencyMs + (fault.kind === 'slow' ? fault.ms : 0),
    delivery: deliveryOf(fault),
    charge: { ...about.charge, ...billed },
  });
  if (fault.kind === 'reply') return chosenReply(reply, fault);
  return fault.kind === 'broken-json' ? { ...reply, body: reply.body.replace('"choices":[', '"choices":{') } : reply;
}
