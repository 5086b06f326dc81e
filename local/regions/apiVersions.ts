import { coded, invalidRequest, type ServiceError } from './serviceError.ts';

/**
 * The dated versions under which chat completions have been served, those that Azure has retired included
 * (Azure/azure-rest-api-specs, data-plane/AzureOpenAI/inference; Learn, "Azure OpenAI API version lifecycle", 2026-03-19).
 */
const datedVersions: ReadonlySet<string> = new Set([
  ...['2023-03-15-preview', '2023-05-15', '2023-06-01-preview', '2023-07-01-preview', '2023-08-01-preview'],
  ...['2023-09-01-preview', '2023-10-01-preview', '2023-12-01-preview', '2024-02-01', '2024-02-15-preview'],
  ...['2024-03-01-preview', '2024-04-01-preview', '2024-05-01-preview', '2024-06-01', '2024-07-01-preview'],
  ...['2024-08-01-preview', '2024-09-01-preview', '2024-10-01-preview', '2024-10-21', '2024-12-01-preview'],
  ...['2025-01-01-preview', '2025-02-01-preview', '2025-03-01-preview', '2025-04-01-preview'],
]);

/** The first version that knows an argument (same page: changes between versions). */
const argumentsSince: readonly (readonly [argument: string, version: string])[] = [
  ['max_completion_tokens', '2024-09-01-preview'],
  ['reasoning_effort', '2024-12-01-preview'],
  ['store', '2024-12-01-preview'],
  ['metadata', '2024-12-01-preview'],
];

const firstWithReasoning = '2024-12-01-preview';

/** The first version that takes a message's content as a list, and so an image. */
export const firstWithParts = '2023-12-01-preview';

/** Whether the service serves this version; any other one is 404 (microsoft/semantic-kernel#10040, 2025-01-09). */
export function isDatedVersion(text: string): boolean {
  return datedVersions.has(text);
}

/**
 * Versions are told apart by their dates.
 *
 * @param apiVersion null: v1, which is before none
 */
export function isBefore(apiVersion: string | null, first: string): boolean {
  return apiVersion !== null && apiVersion.slice(0, 10) < first.slice(0, 10);
}

/**
 * Why a version is too old for the model or for an argument; undefined when it is not. The service leaves the name of
 * the model out (Azure/azure-sdk-for-python#40759, 2025-04-28; openai/openai-python#1724, 2024-09-19).
 *
 * @param at.apiVersion null: v1
 */
export function versionProblem(
  body: Readonly<Record<string, unknown>>,
  at: { readonly apiVersion: string | null; readonly row: { readonly reasons: boolean } },
): ServiceError | undefined {
  if (at.row.reasons && isBefore(at.apiVersion, firstWithReasoning)) {
    const message = `Model {modelName} is enabled only for api versions ${firstWithReasoning} and later`;
    return coded(400, 'BadRequest', message);
  }
  const early = argumentsSince.find(([name, since]) => name in body && isBefore(at.apiVersion, since));
  return early && invalidRequest(`Unrecognized request argument supplied: ${early[0]}`);
}
