import { field } from './field.ts';

/**
 * The category of a prompt that the content filter refused, or null when a refusal (status 400) is none. Looked for
 * in both codes and in both places where the service has put the inner error (within `error` or beside it).
 * Source: Azure OpenAI content filtering page, 2026-09-29, and variants reported by its users.
 */
export function filteredPromptCategory(body: unknown): string | null {
  const error = field(body, 'error');
  const inner = field(error, 'innererror') ?? field(body, 'innererror') ?? field(error, 'inner_error');
  const isFilter =
    field(error, 'code') === 'content_filter' ||
    field(inner, 'code') === 'ResponsibleAIPolicyViolation' ||
    field(inner, 'code') === 'content_filter';
  return isFilter ? filteredCategory(inner) : null;
}

/**
 * The first category that says `filtered`, spelt with an underscore (`self_harm`, also where the service writes
 * `self-harm`); `unspecified` where none does. `holder` has `content_filter_result` or `content_filter_results`.
 */
export function filteredCategory(holder: unknown): string {
  const results = field(holder, 'content_filter_result') ?? field(holder, 'content_filter_results');
  const entries = typeof results === 'object' && results !== null ? Object.entries(results) : [];
  const found = entries.find(([, verdict]) => field(verdict, 'filtered') === true);
  const name = found?.[0].toLowerCase().replaceAll('-', '_') ?? '';
  return /^[a-z0-9_]{1,60}$/.test(name) ? name : 'unspecified';
}
