import { allModels, modelKey } from '../../catalog/catalog.ts';
import type { Model } from '../../catalog/model.ts';
import type { Deployment } from '../../pool/deployment.ts';
import { type Calibrations, calibrationView } from '../../tokens/calibrations.ts';

/** The catalogue as GET /models shows it, and what the pool's answers have taught about its models. */
export function modelViews(
  deployments: readonly Deployment[],
  calibrations: Calibrations,
): readonly Readonly<Record<string, unknown>>[] {
  return allModels().map((model) => {
    const names = deployments.flatMap(({ name, countsAs }) => (countsAs === modelKey(model) ? name : []));
    return { ...modelView(model), ...(names.length === 0 ? { inPool: false } : poolView(names, calibrations)) };
  });
}

function poolView(names: readonly string[], calibrations: Calibrations): Readonly<Record<string, unknown>> {
  const deployments = names.map((name) => ({ name, ...calibrationView(calibrations.of([name])) }));
  return { inPool: true, calibration: { ...calibrationView(calibrations.of(names)), deployments } };
}

function modelView(model: Model): Readonly<Record<string, unknown>> {
  const { name, version, lifecycle, imageTokens, regions, prices } = model;
  const { rule, confidence, source, alternatives } = imageTokens;
  return {
    name,
    version,
    stage: lifecycle.stage,
    retires: lifecycle.retires,
    imageTokens: { rule, confidence, source, alternatives },
    regions: regions.bySku,
    prices: prices.rates.map(({ derived: _, ...rate }) => rate),
    asOf: prices.asOf,
  };
}
