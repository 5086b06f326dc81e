/** Where a model is offered, as far as the catalogue knows. */

import { type Model, modelKey } from './model.ts';

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
