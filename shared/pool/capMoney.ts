/**
 * What lowered caps have cost one kind of answers. All worth is in prompt tokens: a token of an answer counts as many as it
 * costs. Older calls count less and less: it is an account of about the last 2,000 calls.
 */
export interface CapMoney {
  /** What was paid, apart from what was wasted. */
  readonly spent: number;
  /** What answers cost that a lowered cap had cut: they were bought again. */
  readonly wasted: number;
  /** Calls on their way with a lowered cap, oldest first: what each wastes if it is cut, and when it must have ended. */
  readonly atRisk: readonly { readonly worth: number; readonly untilMs: number }[];
}

export const noCapMoney: CapMoney = { spent: 0, wasted: 0, atRisk: [] };

/** The part of the spend that may be wasted: as expected, and if every call on its way were cut. */
const EXPECTED_WASTE = 0.008;
const WORST_WASTE = 0.02;
/** The part of the calls on their way that is expected to be cut when the images change. */
const CUT_PART = 0.25;
/** After this many calls a sum counts for 1/e. Remembering more would let a surprise cost more. */
const REMEMBERED_CALLS = 2_000;
/** Longer than a call with its time limit of two minutes: after it, the call was lost with its process. */
const ON_THE_WAY_MS = 180_000;

/**
 * Whether one more call may have a lowered cap: what was wasted and a quarter of what is on its way stay below 0.8 % of the
 * spend, and below 2 % if all that is on its way were cut. So about the first 50 calls have the task's cap, and a surprise costs
 * no more than was saved before.
 *
 * @param worth what it wastes if it is cut, in prompt tokens
 */
export function canRisk(money: CapMoney, worth: number, nowMs: number): boolean {
  const onTheWay = worth + sumOf(money.atRisk.filter(({ untilMs }) => untilMs > nowMs));
  const { spent, wasted } = money;
  return wasted + CUT_PART * onTheWay <= EXPECTED_WASTE * spent && wasted + onTheWay <= WORST_WASTE * spent;
}

/** A call leaves with a lowered cap. */
export function withRisk(money: CapMoney, worth: number, nowMs: number): CapMoney {
  const atRisk = money.atRisk.filter(({ untilMs }) => untilMs > nowMs);
  return { ...money, atRisk: [...atRisk, { worth: Math.ceil(worth), untilMs: nowMs + ON_THE_WAY_MS }] };
}

/** A call with a lowered cap has ended, or was not sent. It does not matter which: the oldest is removed. */
export function withoutRisk(money: CapMoney): CapMoney {
  return money.atRisk.length === 0 ? money : { ...money, atRisk: money.atRisk.slice(1) };
}

/** What a call wastes if its cap cuts the answer, in prompt tokens: prompt and answer, by the documented rule. */
export function worthIfCut(
  admissionTokens: number,
  answer: { readonly capTokens: number; readonly outputWeight: number },
): number {
  return admissionTokens + (answer.outputWeight - 1) * answer.capTokens;
}

/** A call was billed. @param bill.isWasted a lowered cap has cut its answer */
export function withBill(money: CapMoney, bill: { readonly worth: number; readonly isWasted: boolean }): CapMoney {
  const { worth, isWasted } = bill;
  const kept = 1 - 1 / REMEMBERED_CALLS;
  return {
    ...money,
    spent: money.spent * kept + (isWasted ? 0 : worth),
    wasted: money.wasted * kept + (isWasted ? worth : 0),
  };
}

function sumOf(risks: CapMoney['atRisk']): number {
  return risks.reduce((sum, { worth }) => sum + worth, 0);
}
