import type { CompletionBody } from './completion.ts';

/** A 200 that differs from what the reference promises. */
export interface OddAnswer {
  /** The body in place of the usual one. */
  readonly body: (usual: CompletionBody) => object;
  /** What the charge log calls its end; left out, it is that of the usual answer. */
  readonly finish?: 'content_filter' | null;
  /** The thread and its date where it has been seen, or what is known of it. */
  readonly source: string;
}

type Part = Readonly<Record<string, unknown>>;

const declined = "I'm sorry, I can't assist with that.";

const odd = {
  refusal: {
    body: (usual) => withMessage(usual, (message) => ({ ...message, content: null, refusal: declined })),
    source: 'OpenAI, "Structured model outputs: refusals"',
  },
  'refusal-with-text': {
    body: (usual) => withMessage(usual, (message) => ({ ...message, content: '', refusal: declined })),
    source: 'openai/openai-agents-js#1686 (2026-08-16)',
  },
  parts: {
    body: (usual) =>
      withMessage(usual, (message) => ({ ...message, content: [{ type: 'text', text: message.content }] })),
    source: 'Not seen of Azure OpenAI; messages of a request have this form',
  },
  'null-content': {
    body: (usual) => withMessage(usual, (message) => ({ ...message, content: null })),
    source: 'BerriAI/litellm#9303 (2025-07-21): filtered without an error',
  },
  'no-content': {
    body: (usual) => withMessage(usual, ({ content: _, ...message }) => message),
    source: 'langchain-ai/langchain-azure#19 (2025-01-17)',
  },
  'filtered-null-content': {
    body: (usual) => filtered(withMessage(usual, (message) => ({ ...message, content: null }))),
    finish: 'content_filter',
    source: 'BerriAI/litellm#8953 (2025-03-03)',
  },
  'filtered-no-content': {
    body: (usual) => filtered(withMessage(usual, ({ content: _, ...message }) => message)),
    finish: 'content_filter',
    source: 'openai-php/client#198 (2023-08-28)',
  },
  'null-finish': {
    body: (usual) => withChoice(usual, (choice) => ({ ...choice, finish_reason: null })),
    finish: null,
    source: 'Not seen in a whole answer; pieces of a stream have it',
  },
  'empty-choices': {
    body: (usual) => ({ ...usual, choices: [] }),
    finish: null,
    source: 'AbanteAI/archive-old-cli-mentat#429 (2023-12-28)',
  },
  'no-usage': {
    body: ({ usage: _, ...usual }) => usual,
    source: 'openai/openai-python#1145 (2024-02-10), Azure/azure-rest-api-specs#33315 (2025-03-19)',
  },
  'filter-error': {
    body: (usual) =>
      withChoice(usual, (choice) => ({
        ...choice,
        content_filter_results: {},
        content_filter_result: {
          error: { code: 'content_filter_error', message: 'The contents are not filtered' },
        },
      })),
    source: 'Learn, "Content filtering": the filter is down, the answer passes unfiltered',
  },
  error: {
    body: () => ({ error: { code: 502, message: 'Provider returned error' } }),
    finish: null,
    source: 'modelscope/evalscope#1673 (2026-08-28), langchain-ai/langchain#40380 (2026-09-10): gateways',
  },
} as const satisfies Readonly<Record<string, OddAnswer>>;

export type OddAnswerName = keyof typeof odd;

export const oddAnswers: Readonly<Record<OddAnswerName, OddAnswer>> = odd;

export const oddAnswerNames = Object.keys(odd) as [OddAnswerName, ...OddAnswerName[]];

function withChoice(usual: CompletionBody, change: (choice: Part) => Part): CompletionBody {
  return { ...usual, choices: usual.choices.map((choice) => change(choice)) };
}

function withMessage(usual: CompletionBody, change: (message: Part) => Part): CompletionBody {
  return withChoice(usual, (choice) => ({ ...choice, message: change(choice.message as Part) }));
}

function filtered(body: CompletionBody): CompletionBody {
  return withChoice(body, (choice) => ({ ...choice, finish_reason: 'content_filter' }));
}
