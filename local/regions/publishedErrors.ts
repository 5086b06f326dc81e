import { contentFilterMessage, filterResults, promptFilteredBy } from './contentFilter.ts';
import * as images from './imageErrors.ts';
import * as service from './serviceError.ts';

const { coded, invalidRequest, plainError } = service;

/** One error that the service has been seen to send. */
interface PublishedError {
  readonly error: service.ServiceError;
  /** The thread and its date, or the page that publishes it. */
  readonly source: string;
}

const safe = { ...filterResults(), jailbreak: { filtered: false, detected: false } };
const formats = "['png', 'jpeg', 'gif', 'webp']";
const unsupportedImage = `You uploaded an unsupported image. Please make sure your image is below 20 MB in size and is of one the following formats: ${formats}.`;

const errors = {
  unauthorized: { error: service.lacksRole, source: 'Azure-Samples/rag-data-openai-python-promptflow#28 (2024-08-20)' },
  forbidden: { error: service.forbidden, source: 'Azure-Samples/azure-sql-db-chatbot#3 (2025-04-23)' },
  'other-network': {
    error: coded(
      403,
      '403',
      'A Virtual Network is configured for this resource. Please use the correct endpoint for making requests. Check https://aka.ms/cogsvc-vnet for more details.',
    ),
    source: 'continuedev/continue#12547 (2026-06-04)',
  },
  'blocked-resource': {
    error: coded(
      403,
      'Forbidden',
      'Your resource has been temporarily blocked because we detected behavior that may violate our content policy. For more details on Azure OpenAI service content policy, please visit https://aka.ms/aoaicodeofconduct',
    ),
    source: 'pollinations/pollinations#9707 (2026-03-29)',
  },
  'not-found': {
    error: service.deploymentNotFound,
    source: 'Azure-Samples/azure-search-openai-demo-csharp#379 (2024-11-15)',
  },
  'operation-not-supported': {
    error: coded(
      400,
      'OperationNotSupported',
      'The chatCompletion operation does not work with the specified model, gpt-35-turbo. Please choose different model and try again. You can learn more about which models can be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.',
    ),
    source: 'run-llama/llama_index#16503 (2024-10-11), drudilorenzo/generative_agents#12 (2024-11-24)',
  },
  'model-without-sight': {
    error: invalidRequest('Invalid content type. image_url is only supported by certain models.', {
      param: 'messages.[1].content.[1].type',
    }),
    source: 'browser-use/web-ui#274 (2025-02-11)',
  },
  'version-too-old': {
    error: coded(400, 'BadRequest', 'Model {modelName} is enabled only for api versions 2024-12-01-preview and later'),
    source: 'Azure/azure-sdk-for-python#40759 (2025-04-28)',
  },
  'unsupported-parameter': {
    error: invalidRequest(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { code: 'unsupported_parameter', param: 'max_tokens' },
    ),
    source: 'langgenius/dify#9746 (2024-10-23)',
  },
  'unrecognized-argument': {
    error: invalidRequest('Unrecognized request argument supplied: max_completion_tokens'),
    source: 'openai/openai-python#1724 (2024-09-19), BerriAI/litellm#8638 (2025-02-19)',
  },
  'unsupported-effort': {
    error: invalidRequest("Invalid value: 'none'. Supported values are: 'low', 'medium', and 'high'.", {
      code: 'invalid_value',
      param: 'reasoning_effort',
    }),
    source: 'BerriAI/litellm#16704 (2025-11-16)',
  },
  'insufficient-quota': {
    error: plainError(429, {
      message:
        'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
      type: 'insufficient_quota',
      param: null,
      code: 'insufficient_quota',
    }),
    source: 'OpenAI, "Error codes"',
  },
  'operation-timeout': {
    error: coded(408, 'Timeout', 'The operation was timeout.'),
    source: 'Ironclad/rivet#344 (2024-01-31)',
  },
  'filter-without-reason': {
    error: plainError(400, {
      message: contentFilterMessage,
      type: null,
      param: 'prompt',
      code: 'content_filter',
      status: 400,
    }),
    source: 'stanford-crfm/helm#3327 (2025-02-07), openai/openai-python#331 (2023-03-22)',
  },
  jailbreak: {
    error: promptFilteredBy({ ...safe, jailbreak: { filtered: true, detected: true } }),
    source: 'microsoft/TinyTroupe#85 (2025-01-02), Gitlawb/openclaude#273 (2026-04-03)',
  },
  profanity: {
    error: promptFilteredBy({ ...safe, profanity: { filtered: true, detected: true } }),
    source: 'langchain4j/langchain4j#3286 (2025-07-02)',
  },
  blocklist: {
    error: promptFilteredBy({ ...safe, custom_blocklists: [{ filtered: true, id: 'raiBlocklistName' }] }),
    source: 'Learn, "Use a blocklist with Azure OpenAI"',
  },
  'blocklist-details': {
    error: promptFilteredBy({
      ...safe,
      custom_blocklists: { filtered: true, details: [{ filtered: true, id: 'raiBlocklistName' }] },
    }),
    source: 'Azure SDK for .NET, Azure.AI.OpenAI change log: ContentFilterDetailedResults',
  },
  'indirect-attack': {
    error: promptFilteredBy({ ...safe, indirect_attack: { filtered: true, detected: true } }),
    source: 'Azure SDK for .NET, Azure.AI.OpenAI change log: IndirectAttack',
  },
  'invalid-prompt': {
    error: invalidRequest(
      'Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt: https://platform.openai.com/docs/guides/reasoning#advice-on-prompting',
      { code: 'invalid_prompt' },
    ),
    source: 'alan-turing-institute/t0-1#69, songquanpeng/one-api#2101 (2025-02-15)',
  },
  'content-policy-violation': {
    error: invalidRequest('Your input image may contain content that is not allowed by our safety system.', {
      code: 'content_policy_violation',
    }),
    source: 'MobileLLM/ChainStream#43',
  },
  'image-base64': { error: images.invalidBase64, source: 'microsoft/azurechat#481 (2025-02-06)' },
  'image-size': { error: images.imageSize, source: 'Portkey error library, azure-openai 10044 (2026-11-30)' },
  'unsupported-image': {
    error: invalidRequest(unsupportedImage, { code: 'invalid_image_format' }),
    source: 'Portkey error library, azure-openai 10016 (2026-11-30)',
  },
  'image-parse-error': { error: images.imageParseError, source: 'openai/openai-node#1463 (2025-04-10)' },
  'sanitizer-server-error': {
    error: invalidRequest(unsupportedImage, { code: 'sanitizer_server_error' }),
    source: 'CosmosShadow/gptpdf#6 (2024-06-30)',
  },
} as const satisfies Readonly<Record<string, PublishedError>>;

type PublishedErrorName = keyof typeof errors;

export const publishedErrors: Readonly<Record<PublishedErrorName, PublishedError>> = errors;

export const publishedErrorNames = Object.keys(errors) as [PublishedErrorName, ...PublishedErrorName[]];
