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
 * As `findModel`, but throws for an unknown model.
 *
 * @throws {InvalidRequest} naming the nearest known models
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

/** The lowest ratio that any model of the last two years has as a rule; used where nothing is published. */
const CAREFUL_REQUESTS_PER_1K_TOKENS = 1;

/**
 * Requests per minute for each 1,000 tokens per minute: the SKU's own ratio, else the model's lowest, else 1.
 * `requestsPer1kTokens(getModel('gpt-4@vision-preview'), 'Standard')` is 6.
 */
export function requestsPer1kTokens(model: Model, sku: string): number {
  const { bySku } = model.quota;
  const own = Object.hasOwn(bySku, sku) ? bySku[sku] : undefined;
  if (own) return own.requestsPer1kTokens;
  const known = Object.values(bySku).map((quota) => quota.requestsPer1kTokens);
  return known.length > 0 ? Math.min(...known) : CAREFUL_REQUESTS_PER_1K_TOKENS;
}

/**
 * A sentence when the model is not offered under this SKU in this region, naming the regions in which it is. Undefined
 * when it is offered, and also where the catalogue does not know.
 *
 * `regionProblem(getModel('gpt-4@vision-preview'), 'Standard', 'mars')` is "gpt-4@vision-preview (Standard) is not
 * offered in mars; it is in: australiaeast, swedencentral, switzerlandnorth, westus".
 */
export function regionProblem(model: Model, sku: string, region: string): string | undefined {
  const { complete, bySku, unknownSkus } = model.regions;
  const wanted = region.replaceAll(' ', '').toLowerCase();
  const offered = (Object.hasOwn(bySku, sku) && bySku[sku]) || [];
  if (offered.includes(wanted) || !complete || unknownSkus.includes(sku)) return undefined;
  const subject = `${modelKey(model)} (${sku}) is not offered`;
  if (offered.length > 0) return `${subject} in ${region}; it is in: ${offered.join(', ')}`;
  // Batch types answer hours later: no pool takes them.
  const skus = Object.keys(bySku).filter((name) => !name.endsWith('Batch') && (bySku[name] ?? []).length > 0);
  return `${subject} in any region; the model is offered as: ${skus.join(', ')}`;
}
