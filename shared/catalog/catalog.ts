/**
 * Looks models up. The file is trusted here: a test holds it against `schema.ts`, so that no schema runs when the
 * application starts.
 */

import { once } from '../concurrency/once.ts';
import { InvalidRequest } from '../errors.ts';
import { type Model, modelKey } from './model.ts';
import catalogue from './models.json' with { type: 'json' };
import { nearestNames } from './nearestNames.ts';

export { modelKey } from './model.ts';
export { requestsPer1kTokens } from './quota.ts';
export { regionProblem } from './regions.ts';

interface Index {
  readonly byKey: ReadonlyMap<string, Model>;
  /** Of each name the version that the name alone means. */
  readonly byName: ReadonlyMap<string, Model>;
}

// The compiler widens 'tile' to string when it reads JSON; test/catalog/models.test.ts proves the shape.
const models = catalogue.models as unknown as readonly Model[];

const index = once(buildIndex);

/** All rows, in the file's order: newest family first. */
export function allModels(): readonly Model[] {
  return models;
}

/**
 * The model of a reference: `gpt-4@vision-preview` is exactly that one; a name alone is its newest version that is not
 * retired, else its newest. Undefined when the catalogue does not have it. Case does not matter.
 *
 * `findModel('gpt-4o')` is gpt-4o@2024-11-20.
 */
export function findModel(reference: string): Model | undefined {
  const wanted = reference.trim().toLowerCase();
  return index().byKey.get(wanted) ?? index().byName.get(wanted);
}

/**
 * As `findModel`, for callers that cannot go on without it.
 *
 * @throws {InvalidRequest} naming the nearest models that there are
 */
export function getModel(reference: string): Model {
  const model = findModel(reference);
  if (model) return model;
  const message = `The model "${reference.slice(0, 80)}" is not in the catalogue; the nearest are ${nearestModels(reference).join(', ')}.`;
  throw new InvalidRequest([{ path: 'model', message }]);
}

/** The three references that a misspelt one most likely meant, nearest first. */
export function nearestModels(reference: string): readonly string[] {
  return nearestNames(reference, [...new Set(models.flatMap((row) => [modelKey(row), row.name]))]);
}

function buildIndex(): Index {
  const byName = new Map<string, Model>();
  for (const model of models) {
    const rival = byName.get(model.name);
    if (!rival || isPreferred(model, rival)) byName.set(model.name, model);
  }
  return { byKey: new Map(models.map((model) => [modelKey(model), model])), byName };
}

function isPreferred(model: Model, rival: Model): boolean {
  const isAlive = model.lifecycle.stage !== 'retired';
  const isRivalAlive = rival.lifecycle.stage !== 'retired';
  if (isAlive !== isRivalAlive) return isAlive;
  return model.lifecycle.generallyAvailable > rival.lifecycle.generallyAvailable;
}
