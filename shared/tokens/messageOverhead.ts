/** Tokens of a chat request that stand for its frame and not for its words. */

/** Each message, and what starts the answer; the same for every chat model of the catalogue. */
const TOKENS_PER_MESSAGE = 3;
const TOKENS_OF_REPLY_START = 3;

/**
 * Tokens of the frame of so many messages, names not used: 3 each and 3 for the answer's start ("How to count tokens
 * with tiktoken", OpenAI Cookbook, 2024). Two messages, system and user, are 9.
 */
export function messageOverheadTokens(messages: number): number {
  return messages * TOKENS_PER_MESSAGE + TOKENS_OF_REPLY_START;
}
