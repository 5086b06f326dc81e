import type { ImageFault, RefusalReason } from '../pool/outcome.ts';

/** The words of refusals and their meaning; `blameOf` decides the order. */

export type DeploymentReason = Extract<
  RefusalReason,
  'unauthorized' | 'forbidden' | 'not-found' | 'payment' | 'redirected' | 'misconfigured'
>;

/**
 * Statuses about the endpoint, whatever the body says: request line and headers contain nothing of an image or a
 * prompt. 421 and 426 come from gateways, 423 from a locked account.
 */
export const BY_STATUS: Readonly<Record<number, DeploymentReason>> = {
  401: 'unauthorized',
  402: 'payment',
  403: 'forbidden',
  404: 'not-found',
  405: 'not-found',
  406: 'misconfigured',
  407: 'unauthorized',
  410: 'not-found',
  411: 'misconfigured',
  414: 'misconfigured',
  415: 'misconfigured',
  417: 'misconfigured',
  421: 'misconfigured',
  423: 'forbidden',
  426: 'misconfigured',
  428: 'misconfigured',
  431: 'misconfigured',
  451: 'forbidden',
  // nginx, about headers and certificates.
  494: 'misconfigured',
  495: 'misconfigured',
  496: 'misconfigured',
  497: 'misconfigured',
  511: 'unauthorized',
};

/**
 * Exhausted credit or usage limit: it does not pass after a minute (OpenAI, "Error codes"; Ollama and OpenRouter send
 * 402).
 */
export const SPENT_CODES =
  /^(?:insufficient_quota|billing_[a-z_]+|budget_exceeded|quota_?exceeded|insufficient_(?:funds|credits|balance)|credit_balance[a-z_]*)$/;
export const SPENT_SENTENCE =
  /\bcheck your plan and billing|\b(?:usage|spending|spend|billing|credit|monthly|weekly) (?:hard )?limit\b|\binsufficient (?:quota|credits?|funds|balance)|\bout of credits?\b|\bbudget (?:limit )?(?:has been )?exceeded|\bexceededbudget\b|\bover budget\b|\bout of (?:call volume|bandwidth) quota\b|\btoken quota is exceeded/i;

export const REQUEST_CODES: ReadonlySet<string> = new Set([
  'context_length_exceeded',
  'tokens_limit_reached',
  'string_above_max_length',
  'invalid_json_schema',
]);
export const REQUEST_SENTENCE =
  /^(?:invalid schema for|this model['’]s maximum context length|input tokens exceed|the input .{0,40}exceeds the context|prompt is too long)|\bmaximum context length is \d|\bexceeds? the (?:model['’]s )?(?:maximum )?context (?:length|window)/i;

/**
 * Messages about images: microsoft/azurechat#481 (2025-02-06), openai/openai-node#1463 (2025-04-10), Portkey error
 * library, azure-openai 10016 and 10044 (read on 2026-11-30), vm0-ai/vm0#33080 (2026-09-10).
 */
export const IMAGE_CODES: Readonly<Record<string, ImageFault>> = {
  image_parse_error: 'undecodable',
  invalid_base64: 'undecodable',
  invalid_base64_image: 'undecodable',
  invalid_image: 'undecodable',
  invalid_image_file: 'undecodable',
  invalid_image_data: 'undecodable',
  image_content_error: 'undecodable',
  empty_image_file: 'undecodable',
  invalid_image_format: 'unsupported',
  unsupported_image_format: 'unsupported',
  unsupported_image_media_type: 'unsupported',
  image_too_large: 'too-large',
  image_too_small: 'too-large',
  image_file_too_large: 'too-large',
  invalid_image_size: 'too-large',
  sanitizer_server_error: 'unread',
};
export const IMAGE_SENTENCES: readonly (readonly [RegExp, ImageFault])[] = [
  [/^the image has \d+ patches\b/i, 'too-large'],
  [/\bimage (?:file )?(?:size|dimensions?)\b.*\b(?:exceed|greater than|too large|at most|maximum)/i, 'too-large'],
  [/\bimage (?:file )?(?:is |was )?too (?:large|big|small)\b/i, 'too-large'],
  [/\buploaded an unsupported image\b.*\bimage is valid\.?$/i, 'undecodable'],
  [
    /\buploaded an unsupported image\b|\bunsupported image (?:format|type)|\bimage format .{0,30}not supported/i,
    'unsupported',
  ],
  [/\binvalid image\b(?! url)/i, 'undecodable'],
  [
    /\b(?:could not|cannot|can['’]t|unable to|failed to) (?:process|decode|load|read|open|parse|identify) (?:the |your |input |an |this )?(?:image|picture)/i,
    'undecodable',
  ],
  [
    /\bimage (?:data )?(?:is |was |could not be |cannot be |can['’]t be )(?:corrupt|broken|decoded|processed|read|loaded|invalid)/i,
    'undecodable',
  ],
];

/**
 * Messages of Azure OpenAI and other servers about a deployment that is set up for other requests:
 * run-llama/llama_index#16503 (2024-10-11), langgenius/dify#9746 (2024-10-23), BerriAI/litellm#16704 (2025-11-16),
 * openai/openai-python#1724.
 */
export const DEPLOYMENT_CODES: Readonly<Record<string, DeploymentReason>> = {
  operationnotsupported: 'misconfigured',
  unsupported_parameter: 'misconfigured',
  unsupported_value: 'misconfigured',
  unknown_parameter: 'misconfigured',
  unsupportedapiversion: 'misconfigured',
  invalidapiversionparameter: 'misconfigured',
  missingapiversionparameter: 'misconfigured',
  unsupported_api_version: 'misconfigured',
  unsupported_model: 'misconfigured',
  model_not_supported: 'misconfigured',
  modeldeprecated: 'not-found',
  servicemodeldeprecated: 'not-found',
  model_deprecated: 'not-found',
  deploymentnotfound: 'not-found',
  modelnotfound: 'not-found',
  model_not_found: 'not-found',
  resourcenotfound: 'not-found',
  unknown_model: 'not-found',
  invalid_api_key: 'unauthorized',
  accessdenied: 'forbidden',
  account_deactivated: 'forbidden',
  unsupported_country_region_territory: 'forbidden',
};
export const DEPLOYMENT_SENTENCES: readonly (readonly [RegExp, DeploymentReason])[] = [
  [/\benabled only for api versions?\b/i, 'misconfigured'],
  [
    /\bapi[ -]?version\b.{0,80}\b(?:not supported|unsupported|invalid|unknown|required|missing|retired|deprecated|not allowed)\b/i,
    'misconfigured',
  ],
  [/\b(?:unsupported|invalid|unknown|missing|deprecated)\b.{0,40}\bapi[ -]?version\b/i, 'misconfigured'],
  [/^unrecognized request arguments? supplied\b/i, 'misconfigured'],
  [
    /^(?:unsupported|unknown) (?:parameter|value)\b|\bextra inputs are not permitted\b|^additional properties are not allowed\b/i,
    'misconfigured',
  ],
  [/\bdoes not support (?:the )?parameters?\b|\bunrecognized key\(s\) in object|\bunknown name "/i, 'misconfigured'],
  [
    /\bplain http request was sent to https port|\bno required ssl certificate|\binvalid hostname\b|\brequest header or cookie too large/i,
    'misconfigured',
  ],
  [/\binvalid model name passed\b|\bthere is no 'model_name' with this model group/i, 'not-found'],
  [/\boperation does not work with the specified model\b/i, 'misconfigured'],
  [/\bonly supported by certain models\b/i, 'misconfigured'],
  [
    /\b(?:is not a (?:multimodal|vision)|(?:does not|doesn['’]t|cannot) (?:support|accept|take)\b.{0,30}\b(?:images?|vision|multimodal)\b)/i,
    'misconfigured',
  ],
  [/\bsupport(?:s|ing)? image input\b|\bmissing data required for image input\b/i, 'misconfigured'],
  [
    /\bmodel\b.{0,80}\b(?:(?:has been|is|was) (?:retired|deprecated|decommissioned|shut down)|no longer (?:available|supported))\b/i,
    'not-found',
  ],
  [/\b(?:deployment|model)\b.{0,100}\b(?:does not exist|not found|could not be found)\b/i, 'not-found'],
  [/\b(?:firewall rules?|virtual network|public (?:network )?access is disabled|private endpoint)\b/i, 'forbidden'],
  [/\bsubscription\b.{0,60}\b(?:disabled|suspended|not registered|deactivated)\b/i, 'forbidden'],
];

/** Parameters that depend on the deployment's settings and the catalogue, never on a caller. */
export const OUR_PARAMETERS: ReadonlySet<string> = new Set([
  'reasoning_effort',
  'temperature',
  'top_p',
  'model',
  'api-version',
]);
