import { allModels, modelKey } from '../catalog/catalog.ts';
import type { Model } from '../catalog/model.ts';
import type { Deployment } from '../pool/deployment.ts';

/** The catalogue as GET /models shows it. */
export function modelViews(deployments: readonly Deployment[]): readonly Readonly<Record<string, unknown>>[] {
  const inPool = new Set(deployments.map(({ countsAs }) => countsAs));
  return allModels().map((model) => modelView(model, inPool.has(modelKey(model))));
}

function modelView(model: Model, inPool: boolean): Readonly<Record<string, unknown>> {
  const { name, version, lifecycle, imageTokens, regions, prices } = model;
  return {
    name,
    version,
    stage: lifecycle.stage,
    retires: lifecycle.retires,
    imageTokens: { rule: imageTokens.rule, confidence: imageTokens.confidence },
    regions: regions.bySku,
    prices: prices.rates.map(({ derived: _, ...rate }) => rate),
    asOf: prices.asOf,
    inPool,
  };
}
