/** An error as the service words it. The shapes are those that callers have published from live deployments. */
export interface ServiceError {
  readonly status: number;
  readonly code: string;
  readonly body: object;
}

/** The form that the gateway of the service writes. */
export function coded(status: number, code: string, message: string): ServiceError {
  return plainError(status, { code, message });
}

/** An error object as it stands. */
export function plainError(
  status: number,
  error: { readonly code: string; readonly message: string; readonly [field: string]: unknown },
): ServiceError {
  return { status, code: error.code, body: { error } };
}

/** 400 of a request that the model does not take. */
export function invalidRequest(
  message: string,
  part: { readonly code?: string | null; readonly param?: string | null } = {},
): ServiceError {
  const { code = null, param = null } = part;
  const error = { message, type: 'invalid_request_error', param, code };
  return { status: 400, code: code ?? 'invalid_request_error', body: { error } };
}

export const badToken: ServiceError = {
  status: 401,
  code: '401',
  body: {
    statusCode: 401,
    message:
      'Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.',
  },
};

export const badKey = coded(
  401,
  '401',
  'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
);

export const lacksRole = coded(401, 'PermissionDenied', 'Principal does not have access to API/Operation.');
export const forbidden = coded(403, '403', 'Access denied due to Virtual Network/Firewall rules.');
export const resourceNotFound = coded(404, '404', 'Resource not found');

export const deploymentNotFound = coded(
  404,
  'DeploymentNotFound',
  'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
);

/** hotovo/aider-desk#460 (2025-11-01), zendev-sh/goai#54 (2026-05-03). */
export const versionOnV1 = coded(400, 'BadRequest', 'API version not supported');

/** As callers have published it (langgenius/dify#8994, azure-sdk-for-net#46579). */
export const schemaTooEarly = coded(
  400,
  'BadRequest',
  'response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later',
);

/** ChatGPTNextWeb/NextChat#4064 (2024-02-18), microsoft/graphrag#2286 (2026-03-21). */
export const invalidJson = invalidRequest(
  "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)",
);

export function wrongOperation(model: string): ServiceError {
  return coded(
    400,
    'OperationNotSupported',
    `The chatCompletion operation does not work with the specified model, ${model}. Please choose different model and try again. You can learn more about which models can be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.`,
  );
}

/**
 * 429 for a deployment over its tokens or requests per minute.
 *
 * @param said.retryAfterMs null: the sentence gives no hint
 */
export function overQuota(
  over: 'tokens' | 'requests',
  said: { readonly apiVersion: string; readonly retryAfterMs: number | null },
): ServiceError {
  const rate = over === 'tokens' ? 'token' : 'call';
  const hint = said.retryAfterMs === null ? '' : ` Please retry after ${Math.ceil(said.retryAfterMs / 1000)} seconds.`;
  return coded(
    429,
    '429',
    `Requests to the ChatCompletions_Create Operation under Azure OpenAI API version ${said.apiVersion} have exceeded ${rate} rate limit of your current OpenAI S0 pricing tier.${hint} Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.`,
  );
}

/** The same refusal in another sentence. */
export function withSentence(error: ServiceError, sentence: string | undefined): ServiceError {
  return sentence === undefined ? error : coded(error.status, error.code, sentence);
}

export const overCapacity = coded(
  429,
  'too_many_requests',
  'The system is currently experiencing high demand and cannot process your request. Your request exceeds the maximum usage size allowed during peak load. For improved capacity reliability, consider switching to Provisioned Throughput.',
);

export function serverError(status: number): ServiceError {
  if (status === 503)
    return coded(
      503,
      'ServiceUnavailable',
      'The service is temporarily unable to process your request. Please try again later.',
    );
  if (status === 504) return coded(504, 'Timeout', 'The operation was timeout.');
  return {
    status,
    code: 'server_error',
    body: {
      error: {
        message: 'The server had an error while processing your request. Sorry about that!',
        type: 'server_error',
        param: null,
        code: null,
      },
    },
  };
}
