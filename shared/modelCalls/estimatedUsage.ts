import { formatCount } from '../errors.ts';
import type { Outcome, Usage } from '../pool/outcome.ts';
import type { Warning } from '../records/analysisRecord.ts';
import { countTextTokens } from '../tasks/prompts/countTextTokens.ts';
import type { Plan } from './planAnalysis.ts';

/**
 * Our own count for a server that reports no usage: prompt and image as planned, the answer by its text. Null where no
 * answer proves that anything was billed. A filtered answer is not shown, so it counts with its expected length.
 */
export async function estimatedUsage(
  outcome: Outcome,
  asked: { readonly plan: Plan; readonly prompt: Plan['prompt']; readonly maxOutputTokens: number },
): Promise<Usage | null> {
  const completionTokens = await estimatedCompletion(outcome, asked);
  if (completionTokens === null) return null;
  const { plan, prompt } = asked;
  const promptTokens = plan.promptTokens - plan.prompt.textTokens + prompt.textTokens;
  const totalTokens = promptTokens + completionTokens;
  return { promptTokens, imageTokens: null, cachedTokens: 0, completionTokens, reasoningTokens: 0, totalTokens };
}

async function estimatedCompletion(
  outcome: Outcome,
  { plan, maxOutputTokens }: { readonly plan: Plan; readonly maxOutputTokens: number },
): Promise<number | null> {
  if (outcome.kind === 'filtered' && outcome.on === 'answer') {
    return Math.min(plan.prompt.expectedOutputTokens, maxOutputTokens);
  }
  if (outcome.kind !== 'answered') return null;
  // A cut answer has used its whole cap, hidden thinking included.
  if (outcome.finish === 'length') return maxOutputTokens;
  const words = `${outcome.text}${outcome.refusal ?? ''}`;
  return Math.min(await countTextTokens(words, plan.model.textEncoding.name), maxOutputTokens);
}

export function estimatedWarning(deployment: string, { promptTokens, completionTokens }: Usage): Warning {
  const [prompt, completion] = [promptTokens, completionTokens].map(formatCount);
  return {
    code: 'usage-estimated',
    detail:
      `${deployment} reported no usage for an answer. Tokens and cost are estimates of Argus: ` +
      `${prompt} prompt tokens and ${completion} completion tokens.`,
  };
}
