import { countTextTokens, type Encoding } from './countTextTokens.ts';
import type { PromptTexts } from './promptTexts.ts';

export interface PromptTokens {
  /** Tokens of all of it but the image: both messages, their framing, and `schemaTokens`. */
  readonly textTokens: number;
  /** Of these, the JSON Schema's, counted as its text: how the service itself counts a schema is not published. */
  readonly schemaTokens: number;
}

/** Two messages at three tokens and a role each, three that open the answer (OpenAI Cookbook, "How to count tokens with tiktoken"). */
const FRAME_TOKENS = 11;

/** Tokens of a prompt's texts. */
export async function countPrompt(
  { system, user, responseSchema }: PromptTexts,
  encoding: Encoding,
): Promise<PromptTokens> {
  const schemaTokens =
    responseSchema === undefined ? 0 : await countTextTokens(JSON.stringify(responseSchema.schema), encoding);
  const messageTokens = (await countTextTokens(system, encoding)) + (await countTextTokens(user, encoding));
  return { textTokens: FRAME_TOKENS + messageTokens + schemaTokens, schemaTokens };
}
