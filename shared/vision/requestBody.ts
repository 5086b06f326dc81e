import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import { effortsUnder, isEffortTaken } from '../catalog/apiVersions.ts';
import type { Detail, Parameters } from '../catalog/model.ts';
import type { Deployment } from '../pool/deployment.ts';
import type { Prompt } from '../tasks/prompts/promptFor.ts';

export interface RequestParts {
  readonly deployment: Pick<Deployment, 'deployment' | 'apiVersion'>;
  readonly parameters: Parameters & { readonly reasoningEffortDefault?: string | null };
  /** Its `responseSchema` is sent only to models that accept one. */
  readonly prompt: Pick<Prompt, 'system' | 'user' | 'responseSchema' | 'sampling'>;
  /** One image, or the parts of one in their order, as data URLs. */
  readonly images: readonly string[];
  readonly detail: Detail;
  /** Thinking included, for models that think. */
  readonly maxOutputTokens: number;
}

/**
 * The body of a chat completion with only the parameters that the model accepts: an extra parameter is a 400. `detail`
 * is always sent, because some models look at full size when it is left out. A model that thinks gets the least effort
 * that it offers, because thinking is billed as output. If that is its default and the API version does not accept the
 * parameter, it is left out.
 */
export function requestBody(parts: RequestParts): ChatCompletionCreateParamsNonStreaming {
  const { parameters, prompt } = parts;
  const { apiVersion } = parts.deployment;
  const effort = lowestEffort(effortsUnder(parameters, apiVersion));
  return {
    model: parts.deployment.deployment,
    messages: [
      { role: 'system', content: prompt.system },
      {
        role: 'user',
        content: [
          { type: 'text', text: prompt.user },
          ...parts.images.map((url) => ({ type: 'image_url' as const, image_url: { url, detail: parts.detail } })),
        ],
      },
    ],
    [parameters.outputCap]: parts.maxOutputTokens,
    ...(parameters.temperature && { temperature: prompt.sampling.temperature }),
    ...(parameters.topP && { top_p: prompt.sampling.topP }),
    ...(effort !== undefined && isEffortTaken(effort, apiVersion) && { reasoning_effort: effort }),
    ...(parameters.jsonSchema &&
      prompt.responseSchema !== undefined && {
        response_format: {
          type: 'json_schema',
          json_schema: { name: prompt.responseSchema.name, strict: true, schema: { ...prompt.responseSchema.schema } },
        },
      }),
  };
}

const EFFORTS_FROM_LOWEST = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

function lowestEffort(offered: readonly string[]): (typeof EFFORTS_FROM_LOWEST)[number] | undefined {
  return EFFORTS_FROM_LOWEST.find((effort) => offered.includes(effort));
}
