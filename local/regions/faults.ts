import { z } from 'zod';
import { seededRandom } from '../seededRandom.ts';
import { type Fault, faultSchema } from './fault.ts';

export const faultPlanSchema = z.strictObject({
  /** Each is used up by one request, in this order, before any other fault. */
  script: z.array(faultSchema).default([]),
  /** For every request until cleared. */
  standing: faultSchema.nullable().default(null),
  /** One of `faults` for a part of the requests (0 to 1), the same requests for the same seed. */
  random: z
    .strictObject({ rate: z.number().min(0).max(1), faults: z.array(faultSchema).min(1) })
    .nullable()
    .default(null),
});

export type FaultPlan = z.output<typeof faultPlanSchema>;
export type FaultPlanInput = z.input<typeof faultPlanSchema>;

export interface Faults {
  /** The fault of the request that is here now. */
  readonly next: () => Fault;
  readonly plan: () => FaultPlan;
  readonly set: (plan: FaultPlan) => void;
}

const none: Fault = { kind: 'none' };

/** Deals out faults by a plan; `random` gives numbers from 0 up to 1. */
export function createFaults(first: FaultPlan, random: () => number): Faults {
  let plan = first;
  return {
    next: () => {
      const [scripted, ...rest] = plan.script;
      if (scripted) {
        plan = { ...plan, script: rest };
        return scripted;
      }
      if (plan.standing) return plan.standing;
      if (!plan.random) return none;
      const { rate, faults } = plan.random;
      const hit = random() < rate;
      const choice = faults[Math.floor(random() * faults.length)];
      return hit && choice ? choice : none;
    },
    plan: () => plan,
    set: (next) => {
      plan = next;
    },
  };
}

/** Numbers from 0 up to 1, the same for the same seed and region. */
export function randomOfRegion(seed: number, name: string): () => number {
  return seededRandom(
    [...name].reduce((sum, character) => (Math.imul(sum, 31) + (character.codePointAt(0) ?? 0)) >>> 0, seed >>> 0),
  );
}
