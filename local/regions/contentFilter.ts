import { plainError, type ServiceError } from './serviceError.ts';

/** The categories of Azure's content filter that grade by severity. */
export const filterCategories = ['hate', 'self_harm', 'sexual', 'violence'] as const;
export type FilterCategory = (typeof filterCategories)[number];

interface Verdict {
  readonly filtered: boolean;
  readonly severity: 'safe' | 'high';
}

/** The `content_filter_results` of a reply: safe in all, or stopped in one. */
export function filterResults(stopped?: FilterCategory): Record<FilterCategory, Verdict> {
  const verdict = (category: FilterCategory): Verdict =>
    category === stopped ? { filtered: true, severity: 'high' } : { filtered: false, severity: 'safe' };
  return {
    hate: verdict('hate'),
    self_harm: verdict('self_harm'),
    sexual: verdict('sexual'),
    violence: verdict('violence'),
  };
}

export const contentFilterMessage =
  "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766";

/** 400 of a prompt, here an image, that the filter stops in one category. */
export function promptFiltered(category: FilterCategory): ServiceError {
  return promptFilteredBy({ ...filterResults(category), jailbreak: { filtered: false, detected: false } });
}

/** 400 of a prompt that the filter stops for these results (Microsoft Learn, "Content filtering", error body). */
export function promptFilteredBy(results: object): ServiceError {
  const innererror = { code: 'ResponsibleAIPolicyViolation', content_filter_result: results };
  return plainError(400, {
    message: contentFilterMessage,
    type: null,
    param: 'prompt',
    code: 'content_filter',
    status: 400,
    innererror,
  });
}
