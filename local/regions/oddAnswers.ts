import type { CompletionBody } from './completion.ts';

/** A 200 that differs from what the reference promises. */
interface OddAnswer {
  /** The body in place of the usual one. */
  readonly body: (usual: CompletionBody) => object;
  /** What the charge log calls its end; left out, it is that of the usual answer. */
  readonly finish?: 'content_filter' | 'length' | null;
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
  'output-parts': {
    body: (usual) => withContent(usual, (text) => [{ type: 'output_text', text, annotations: [] }]),
    source: 'The Responses API has this form; not seen of the chat API',
  },
  part: {
    body: (usual) => withContent(usual, (text) => ({ type: 'text', text })),
    source: 'Not seen of Azure OpenAI; a list of one part without its list',
  },
  'object-content': {
    body: (usual) => withContent(usual, parsed),
    source: 'Not seen of Azure OpenAI; servers that parse what a schema holds',
  },
  'number-content': {
    body: (usual) => withContent(usual, () => 7),
    source: 'Not seen; stands for any content that holds no words',
  },
  'refusal-part': {
    body: (usual) => withContent(usual, () => [{ type: 'refusal', refusal: declined }]),
    source: 'OpenAI, API reference: content parts of an assistant message',
  },
  'refusal-in-words': {
    body: (usual) => withContent(usual, () => declined),
    source: 'LLaVA-VL/LLaVA-NeXT#158: answers of GPT-4 with vision',
  },
  'refusal-in-fields': {
    body: (usual) =>
      withContent(usual, () => JSON.stringify({ title: 'Request declined', summary: declined, details: [] })),
    source: 'Not seen published; what a schema leaves a model that declines',
  },
  thinking: {
    body: (usual) => thoughtOnly(withContent(usual, () => '')),
    finish: 'length',
    source: '64bit/async-openai#424 (2025-08-25)',
  },
  'fired-verdict': {
    body: (usual) => fired(withContent(usual, () => null)),
    source: 'BerriAI/litellm#9303 (2025-07-21): the verdict alone says it',
  },
  'two-choices': {
    body: (usual) => ({
      ...usual,
      choices: [{ index: 1, finish_reason: 'stop', message: { content: null } }, ...usual.choices],
    }),
    source: 'OpenAI, API reference: choices carry an index',
  },
  'input-usage': {
    body: ({ usage, ...usual }) => ({ ...usual, usage: renamed(usage) }),
    source: 'OpenAI, API reference: usage of the Responses API',
  },
  'text-usage': {
    body: ({ usage, ...usual }) => ({ ...usual, usage: asTexts(usage) }),
    source: 'Not seen of Azure OpenAI; gateways that write numbers as text',
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
  'billed-error': {
    body: ({ usage }) => ({ error: { code: 502, message: 'Provider returned error' }, usage }),
    finish: null,
    source: 'modelscope/evalscope#1673 (2026-08-28), with the usage that gateways add',
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

function withContent(usual: CompletionBody, content: (text: string) => unknown): CompletionBody {
  return withMessage(usual, (message) => ({ ...message, content: content(String(message.content)) }));
}

/** The answer as an object, where it is one. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}

function thoughtOnly({ usage, ...body }: CompletionBody): CompletionBody {
  const { completion_tokens } = { ...usage } as Part;
  return {
    ...withChoice(body, (choice) => ({ ...choice, finish_reason: 'length' })),
    usage: { ...usage, completion_tokens_details: { reasoning_tokens: completion_tokens } },
  };
}

function fired(body: CompletionBody): CompletionBody {
  const verdicts = { violence: { filtered: true, severity: 'medium' } };
  return withChoice(body, (choice) => ({ ...choice, content_filter_results: verdicts }));
}

function renamed(usage: object | undefined): object {
  const { prompt_tokens, completion_tokens, total_tokens } = { ...usage } as Part;
  return { input_tokens: prompt_tokens, output_tokens: completion_tokens, total_tokens };
}

function asTexts(usage: object | undefined): object {
  const counts = Object.entries({ ...usage }).filter(([, count]) => typeof count === 'number');
  return Object.fromEntries(counts.map(([name, count]) => [name, String(count)]));
}

function filtered(body: CompletionBody): CompletionBody {
  return withChoice(body, (choice) => ({ ...choice, finish_reason: 'content_filter' }));
}
