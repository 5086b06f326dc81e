import { modelKey } from '../catalog/catalog.ts';
import type { Model } from '../catalog/model.ts';
import { priceAt } from '../catalog/price.ts';
import type { Deployment } from '../pool/deployment.ts';

/**
 * The deployment whose price is used: the one with the highest priority, and of equals the dearest, because the choice
 * is not known in advance.
 */
export function pricedBy(
  inPool: readonly Deployment[],
  model: Model,
  nowMs: number,
): { readonly deployment: Deployment; readonly warning?: string } | undefined {
  const rates = inPool.map(({ sku, region }) => priceAt(model, { sku, region, atMs: nowMs }));
  const [first] = inPool
    .map((deployment, place) => ({ deployment, input: rates[place]?.input ?? 0, output: rates[place]?.output ?? 0 }))
    .toSorted(
      (one, other) =>
        one.deployment.priority - other.deployment.priority || other.input - one.input || other.output - one.output,
    );
  if (!first) return undefined;
  const { deployment } = first;
  if (new Set(rates.map((rate) => `${rate?.input} ${rate?.output}`)).size === 1) return { deployment };
  const warning = `The deployments of ${modelKey(model)} differ in price; the cost is that of ${deployment.name}, the dearest of those asked first.`;
  return { deployment, warning };
}
