/** What each dated API version accepts for each model. The v1 path has no version and accepts everything. */

import { type Model, type ModelParameters, modelKey } from './model.ts';
import catalogue from './models.json' with { type: 'json' };

const { served, firstWithJsonSchema, firstWithReasoning, effortsNotTaken } = catalogue.apiVersions;
const newest = served.toSorted().at(-1) ?? '';

/**
 * Why a deployment of a model would be refused under a dated version, with what to write instead; undefined if it is
 * accepted. A version that is newer than all known ones is trusted.
 *
 * @param apiVersion `2024-10-21`, `2024-08-01-preview`
 * @example `apiVersionProblem(getModel('o3'), '2024-08-01-preview')` is `"2024-08-01-preview" is too old for
 * o3@2025-04-16; the first that serves it is 2024-12-01-preview. Leave apiVersion out for v1.`
 */
export function apiVersionProblem(model: Model, apiVersion: string): string | undefined {
  if (!served.includes(apiVersion) && dateOf(apiVersion) <= dateOf(newest)) {
    const near = nearestServed(apiVersion).join(' and ');
    return `"${apiVersion}" was never served; the nearest are ${near}. Leave apiVersion out for v1.`;
  }
  const isReasoning = model.parameters.reasoningEfforts.length > 0;
  if (isReasoning && dateOf(apiVersion) < dateOf(firstWithReasoning)) {
    return `"${apiVersion}" is too old for ${modelKey(model)}; the first that serves it is ${firstWithReasoning}. Leave apiVersion out for v1.`;
  }
  if (model.parameters.jsonSchema && dateOf(apiVersion) < dateOf(firstWithJsonSchema)) {
    return (
      `"${apiVersion}" takes no JSON Schema, which ${modelKey(model)} is asked with; the first that does is ` +
      `${firstWithJsonSchema}. Leave apiVersion out for v1.`
    );
  }
  return undefined;
}

/**
 * The efforts that a request can name, lowest first. Dated versions refuse `none` ("Invalid value: 'none'"), so under
 * them it is listed only if it is the model's default.
 *
 * @param apiVersion undefined: v1
 */
export function effortsUnder(
  parameters: Pick<ModelParameters, 'reasoningEfforts'> & { readonly reasoningEffortDefault?: string | null },
  apiVersion: string | undefined,
): readonly string[] {
  if (apiVersion === undefined) return parameters.reasoningEfforts;
  return parameters.reasoningEfforts.filter(
    (effort) => !effortsNotTaken.includes(effort) || effort === parameters.reasoningEffortDefault,
  );
}

/** Whether a request under a version can name an effort; otherwise it is left out. */
export function isEffortTaken(effort: string, apiVersion: string | undefined): boolean {
  return apiVersion === undefined || !effortsNotTaken.includes(effort);
}

/** Versions differ by their dates; a preview has no later release of the same one. */
function dateOf(apiVersion: string): string {
  return apiVersion.slice(0, 10);
}

/** The one before and the one after. */
function nearestServed(apiVersion: string): readonly string[] {
  const before = served
    .filter((each) => dateOf(each) <= dateOf(apiVersion))
    .toSorted()
    .at(-1);
  const after = served.filter((each) => dateOf(each) > dateOf(apiVersion)).toSorted()[0];
  return [before, after].filter((each) => each !== undefined);
}
