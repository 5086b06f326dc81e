import type { Problem } from '../errors.ts';
import type { BudgetLimits } from '../money/budgetPeriods.ts';
import type { Deployment } from '../pool/deployment.ts';
import { type Environment, present } from './environment.ts';

/**
 * DAILY_BUDGET_USD and MONTHLY_BUDGET_USD in micro-USD. A pool with a deployment of unknown price cannot keep one.
 */
export function readBudget(
  environment: Environment,
  deployments: readonly Deployment[],
  problems: Problem[],
): BudgetLimits {
  const day = readUsd('DAILY_BUDGET_USD', environment, problems);
  const month = readUsd('MONTHLY_BUDGET_USD', environment, problems);
  const unpriced = deployments.filter(({ isPriced }) => !isPriced).map(({ name }) => name);
  if (unpriced.length > 0 && (day !== undefined || month !== undefined)) {
    problems.push({
      path: day === undefined ? 'MONTHLY_BUDGET_USD' : 'DAILY_BUDGET_USD',
      message: `is set, but the price of ${unpriced.join(', ')} is not known; a budget cannot be kept.`,
    });
  }
  return { ...(day === undefined ? {} : { day }), ...(month === undefined ? {} : { month }) };
}

const MOST_USD = 10_000_000;

function readUsd(name: string, environment: Environment, problems: Problem[]): number | undefined {
  const text = environment[name];
  if (!present(text)) return undefined;
  const usd = Number(text);
  if (Number.isFinite(usd) && usd >= 0.01 && usd <= MOST_USD) return Math.round(usd * 1_000_000);
  problems.push({ path: name, message: `is "${text}": must be an amount from 0.01 to 10,000,000 US dollars.` });
  return undefined;
}
