/** What the service charges against quota when a request arrives. */

interface AdmissionParts {
  /** Upper end of the range of `countImageTokens`. */
  readonly imageAdmissionTokens: number;
  readonly textTokens: number;
  /** The cap that is sent with the request, whether it is used or not. */
  readonly maxOutputTokens: number;
}

/**
 * Prompt and output cap together, before any learned factor of a deployment ("Manage Azure OpenAI quota", Microsoft
 * Learn, 2026-09-16: prompt text and count, max_tokens and best_of). Not what is billed afterwards.
 *
 * 255 tokens of image, 120 of text and a cap of 800 are 1,175.
 */
export function admissionTokens({ imageAdmissionTokens, textTokens, maxOutputTokens }: AdmissionParts): number {
  return imageAdmissionTokens + textTokens + maxOutputTokens;
}
