import { describe, expect, it } from 'vitest';
import { answerKindOf, cappedPlan } from '../../shared/analyses/cappedPlan.ts';
import { planAnalysis } from '../../shared/analyses/planAnalysis.ts';
import { resolveRequest } from '../../shared/analyses/resolveRequest.ts';
import { START_MS, seedDeployment, seedPool } from '../pool/deployments.ts';

const defaults = {
  task: 'describe',
  model: 'gpt-4@vision-preview',
  language: undefined,
  deployments: seedPool,
} as const;

describe('cappedPlan', () => {
  const ledger = { outputCap: async (kind: string) => (kind.startsWith('describe ') ? 200 : 999) };

  it('asks for no more than answers of its kind take, and books as much less', async () => {
    const request = resolveRequest({ task: 'describe' }, defaults);
    const plan = await planAnalysis(
      request,
      { width: 513, height: 513 },
      { deployment: seedDeployment('westus'), nowMs: START_MS },
    );
    const capped = await cappedPlan(plan, request, ledger);
    expect(capped.maxOutputTokens).toBe(200);
    expect(plan.admissionTokens - capped.admissionTokens).toBe(plan.maxOutputTokens - 200);
    expect(answerKindOf(request)).toBe('describe gpt-4@vision-preview');
  });

  it("leaves a caller's own cap as it is", async () => {
    const request = resolveRequest({ task: 'describe', maxOutputTokens: 500 }, defaults);
    const plan = await planAnalysis(
      request,
      { width: 513, height: 513 },
      { deployment: seedDeployment('westus'), nowMs: START_MS },
    );
    expect(await cappedPlan(plan, request, ledger)).toBe(plan);
  });
});
