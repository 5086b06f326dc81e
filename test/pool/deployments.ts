import type { Deployment } from '../../shared/pool/deployment.ts';
import type { Need } from '../../shared/pool/ledger.ts';
import type { LimitHints, Outcome } from '../../shared/pool/outcome.ts';
import { type PoolState, poolStateOf } from '../../shared/pool/poolState.ts';

/** A moment on a minute's edge, so that tests can speak of whole seconds. */
export const START_MS = Date.UTC(2026, 10, 23, 12, 0, 0);
export const SEED_MODEL = 'gpt-4@vision-preview';

/** A deployment of the default local pool: 10,000 tokens and 60 requests a minute. */
export function seedDeployment(region: string, overrides: Partial<Deployment> = {}): Deployment {
  return {
    name: `gpt-4-vision-preview-${region}`,
    deployment: 'gpt-4-vision-preview',
    endpoint: `https://${region}.openai.azure.com`,
    region,
    model: SEED_MODEL,
    countsAs: SEED_MODEL,
    isPriced: true,
    sku: 'Standard',
    tokensPerMinute: 10_000,
    requestsPerMinute: 60,
    priority: 0,
    apiVersion: '2023-12-01-preview',
    auth: { kind: 'managedIdentity' },
    ...overrides,
  };
}

export const seedPool: readonly Deployment[] = ['australiaeast', 'swedencentral', 'switzerlandnorth', 'westus'].map(
  (region) => seedDeployment(region),
);

/** A pool that has answered before: its counts moved with what was charged, by a factor of 1. */
export function learnedPool(deployments: readonly Deployment[], httpShare = 0.2): PoolState {
  const pool = poolStateOf(deployments, { httpShare });
  const factor = { ratios: [1, 1, 1, 1], levels: [], answers: 20 };
  return { ...pool, states: pool.states.map((state) => ({ ...state, answered: 20, factor })) };
}

let needs = 0;

/** What a 513x513 image at detail high needs: 765 tokens, an output cap of 800 and 300 of text. */
export function need(overrides: Partial<Need> = {}): Need {
  needs += 1;
  return {
    analysisId: `analysis-${needs}`,
    admissionTokens: 1_865,
    model: SEED_MODEL,
    caller: 'backlog',
    createdMs: START_MS,
    exclude: [],
    latestStartMs: Number.MAX_SAFE_INTEGER,
    ...overrides,
  };
}

export function answered(hints: LimitHints = {}): Outcome {
  return { kind: 'answered', text: '{}', finish: 'stop', usage: null, hints };
}

export function throttled(overrides: Partial<Extract<Outcome, { kind: 'throttled' }>> = {}): Outcome {
  return { kind: 'throttled', waitMs: null, over: 'quota', hints: {}, ...overrides };
}

export function refused(
  reason: Extract<Outcome, { kind: 'refused' }>['reason'],
  status: number | null = null,
): Extract<Outcome, { kind: 'refused' }> {
  return { kind: 'refused', reason, status, detail: `It said ${reason}.` };
}

export function ambiguous(
  reason: Extract<Outcome, { kind: 'ambiguous' }>['reason'] = 'server-error',
): Extract<Outcome, { kind: 'ambiguous' }> {
  return { kind: 'ambiguous', reason, status: reason === 'server-error' ? 500 : null, detail: `It was ${reason}.` };
}

export const filtered: Outcome = { kind: 'filtered', on: 'image', category: 'violence', usage: null, hints: {} };
