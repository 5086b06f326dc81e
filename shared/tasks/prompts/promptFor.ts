import { taskOf } from '../taskOf.ts';
import type { TaskRequest } from '../taskRequest.ts';
import { countPrompt, type Encoding, type PromptTokens } from './countTextTokens.ts';
import { isConstant, type PromptTexts, promptTexts } from './promptTexts.ts';
import counted from './promptTokens.json' with { type: 'json' };

export interface Prompt extends PromptTexts, PromptTokens {
  readonly encoding: Encoding;
  /** The cap to start with. */
  readonly maxOutputTokens: number;
  /** The cap of the second model call for a cut answer. */
  readonly fullOutputTokens: number;
  readonly expectedOutputTokens: number;
  readonly sampling: { readonly temperature: number; readonly topP: number };
  /** Of the task's instructions. */
  readonly version: number;
}

interface PromptModel {
  /** Accepts `response_format: json_schema`. */
  readonly jsonSchema: boolean;
  readonly encoding: Encoding;
}

/**
 * The prompt of a request for a model. Only the caller's own text is counted; the tokens of the constant parts come
 * from `promptTokens.json`.
 */
export async function promptFor(request: TaskRequest, { jsonSchema, encoding }: PromptModel): Promise<Prompt> {
  const mode = jsonSchema ? 'schema' : 'words';
  const texts = promptTexts(request, mode);
  const tokens = isConstant(request) ? counted[request.task][mode][encoding] : await countPrompt(texts, encoding);
  const { maxOutputTokens, fullOutputTokens, expectedOutputTokens, sampling, version } = taskOf(request.task);
  return {
    ...texts,
    ...tokens,
    encoding,
    maxOutputTokens,
    fullOutputTokens,
    expectedOutputTokens,
    sampling,
    version,
  };
}

/** English takes four bytes a token, other scripts three to a letter: two is on the safe side without counting. */
const BYTES_PER_TOKEN = 2;

/** The same prompt with the findings about the first answer; its added tokens are an upper estimate. */
export function repairPrompt(prompt: Prompt, findings: readonly string[]): Prompt {
  const list = findings.map((finding) => `- ${finding}`).join('\n');
  const added = `\nA first answer to this was not usable:\n${list}\nLook again and give the whole answer, corrected.`;
  const addedTokens = Math.ceil(new TextEncoder().encode(added).length / BYTES_PER_TOKEN);
  return { ...prompt, user: `${prompt.user}${added}`, textTokens: prompt.textTokens + addedTokens };
}
