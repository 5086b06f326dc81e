import type { Prompt } from './promptFor.ts';

/** English takes four bytes a token, other scripts three to a letter: two is on the safe side without counting. */
const BYTES_PER_TOKEN = 2;

/** The same prompt with what was wrong with the first answer; its added tokens are an upper estimate. */
export function repairPrompt(prompt: Prompt, findings: readonly string[]): Prompt {
  const list = findings.map((finding) => `- ${finding}`).join('\n');
  const added = `\nA first answer to this was not usable:\n${list}\nLook again and give the whole answer, corrected.`;
  const addedTokens = Math.ceil(new TextEncoder().encode(added).length / BYTES_PER_TOKEN);
  return { ...prompt, user: `${prompt.user}${added}`, textTokens: prompt.textTokens + addedTokens };
}
