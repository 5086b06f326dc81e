import { z } from 'zod';
import type { Capabilities } from '../capabilities.ts';
import { getModel } from '../catalog/catalog.ts';
import { stalePrices } from '../catalog/price.ts';

const DAY_MS = 86_400_000;

/** When it was last signalled, epoch milliseconds. */
const TOLD = { name: 'catalogue-told', schema: z.number() };

/** Signals once a day which models of the pool have prices that were not checked recently. */
export async function signalStaleCatalogue(
  parts: Pick<Capabilities, 'deployments' | 'now' | 'progress' | 'signal'>,
): Promise<void> {
  const nowMs = parts.now();
  const lastMs = await parts.progress.read(TOLD);
  if (lastMs !== undefined && nowMs - lastMs < DAY_MS) return;
  await parts.progress.write(TOLD, nowMs);
  for (const model of new Set(parts.deployments.map(({ countsAs }) => countsAs))) {
    const detail = stalePrices(getModel(model), nowMs);
    if (detail !== undefined) parts.signal({ event: 'catalogue.stale', facts: { model, detail } });
  }
}
