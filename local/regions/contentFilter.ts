import type { ServiceError } from './serviceError.ts';

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

/** 400 of a prompt, here an image, that the filter stops (Microsoft Learn, "Content filtering", error body). */
export function promptFiltered(category: FilterCategory): ServiceError {
  const message =
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766";
  const innererror = {
    code: 'ResponsibleAIPolicyViolation',
    content_filter_result: { ...filterResults(category), jailbreak: { filtered: false, detected: false } },
  };
  const error = { message, type: null, param: 'prompt', code: 'content_filter', status: 400, innererror };
  return { status: 400, code: 'content_filter', body: { error } };
}
