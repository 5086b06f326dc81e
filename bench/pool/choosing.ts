import { book } from '../../shared/pool/book.ts';
import type { Deployment } from '../../shared/pool/deployment.ts';
import { type PoolState, poolStateOf } from '../../shared/pool/poolState.ts';
import { settle } from '../../shared/pool/settle.ts';
import { percentile } from '../figure.ts';
import { randomNumbers } from './randomNumbers.ts';

const START_MS = Date.UTC(2026, 10, 23, 12);
const ROUNDS = 6_000;

/** Microseconds that one decision takes with 28 deployments at a load of 0.8, half of the time warm. */
export function playChoosing(deploymentOf: (index: number) => Deployment): {
  readonly p50: number;
  readonly p99: number;
} {
  const deployments = Array.from({ length: 28 }, (_, index) => deploymentOf(index));
  const random = randomNumbers(3);
  const total = deployments.reduce((sum, { tokensPerMinute }) => sum + tokensPerMinute, 0);
  const gapMs = (3_600 / (0.8 * total)) * 60_000;
  let pool: PoolState = poolStateOf(deployments, { httpShare: 0.2 });
  let nowMs = START_MS;
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    nowMs += gapMs * 2 * random();
    const need = {
      analysisId: `analysis-${round}`,
      admissionTokens: Math.round(1_200 + random() * 4_800),
      model: deployments[0]?.model ?? '',
      caller: 'http',
      exclude: [],
      createdMs: nowMs,
      latestStartMs: nowMs + 30_000,
    } as const;
    const beganMs = performance.now();
    const { placement, state } = book(pool, need, nowMs);
    took.push((performance.now() - beganMs) * 1_000);
    pool = state;
    if (placement.kind !== 'booked') continue;
    const outcome = { kind: 'answered', text: '', finish: 'stop', usage: null, hints: {} } as const;
    pool = settle(pool, placement.booking, { outcome, tookMs: 0, nowMs }).state;
  }
  const warm = took.slice(ROUNDS / 2);
  return { p50: percentile(warm, 0.5), p99: percentile(warm, 0.99) };
}
