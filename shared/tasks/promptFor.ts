import { countPrompt, type PromptTokens } from './countPrompt.ts';
import type { Encoding } from './countTextTokens.ts';
import { isConstant, type PromptTexts, promptTexts } from './promptTexts.ts';
import counted from './promptTokens.json' with { type: 'json' };
import { taskOf } from './taskOf.ts';
import type { TaskRequest } from './taskRequest.ts';

export interface Prompt extends PromptTexts, PromptTokens {
  readonly encoding: Encoding;
  /** The cap to start with. */
  readonly maxOutputTokens: number;
  /** The cap for asking again when the answer was cut. */
  readonly fullOutputTokens: number;
  readonly expectedOutputTokens: number;
  readonly sampling: { readonly temperature: number; readonly topP: number };
  /** Of the task's instructions. */
  readonly version: number;
}

export interface PromptModel {
  /** Takes `response_format: json_schema`. */
  readonly jsonSchema: boolean;
  readonly encoding: Encoding;
}

/**
 * The prompt of a request for a model. Only what a caller adds is counted anew; the tokens of the constant parts are
 * known from `promptTokens.json`.
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
