import { z } from 'zod';
import { filterCategories } from './contentFilter.ts';

const category = z.enum(filterCategories).default('violence');
const hint = {
  /** Written as the `retry-after-ms` header. */
  retryAfterMs: z.number().nonnegative().optional(),
  /** Written as the `retry-after` header as it stands: seconds, an HTTP date, nonsense. Neither of the two: no hint. */
  retryAfter: z.string().optional(),
};

/** How one request goes wrong. What is said about charging is what the charge log will show. */
export const faultSchema = z.discriminatedUnion('kind', [
  /** Nothing: a place in a script where a request goes well. */
  z.strictObject({ kind: z.literal('none') }),
  /** 429 as for a full quota, with any hint or none. */
  z.strictObject({ kind: z.literal('throttle'), over: z.enum(['tokens', 'requests']).default('tokens'), ...hint }),
  /** 429 for want of capacity in the region, whatever the quota. */
  z.strictObject({ kind: z.literal('capacity'), ...hint }),
  /** The limit is lowered for this request; as a standing fault, until it is cleared. */
  z.strictObject({ kind: z.literal('lowered-limit'), tokensPerMinute: z.int().nonnegative() }),
  z.strictObject({ kind: z.literal('server-error'), status: z.int().min(500).max(599).default(500) }),
  /** Takes the request, works, is billed and never answers. */
  z.strictObject({ kind: z.literal('timeout') }),
  /** Cuts the connection: before any work, or after it, billed. */
  z.strictObject({ kind: z.literal('reset'), when: z.enum(['before', 'after']) }),
  /** Answers rightly, this much later. */
  z.strictObject({ kind: z.literal('slow'), ms: z.number().nonnegative() }),
  /** Sends the headers at once and the body in pieces over this time. */
  z.strictObject({ kind: z.literal('slow-body'), ms: z.number().nonnegative() }),
  /** 200 with a page of HTML, as from a proxy; nothing was charged. */
  z.strictObject({ kind: z.literal('html') }),
  /** Billed; the connection ends within the body. */
  z.strictObject({ kind: z.literal('cut-json') }),
  /** Billed; the body is whole by its length and no JSON. */
  z.strictObject({ kind: z.literal('broken-json') }),
  z.strictObject({ kind: z.literal('filter-image'), category }),
  /** Billed; `finish_reason` is content_filter and the text is cut. */
  z.strictObject({ kind: z.literal('filter-answer'), category }),
  /** Billed; the model says this instead of what it was asked for. */
  z.strictObject({ kind: z.literal('answer'), text: z.string() }),
  z.strictObject({ kind: z.literal('unauthorized') }),
  z.strictObject({ kind: z.literal('forbidden') }),
  z.strictObject({ kind: z.literal('not-found') }),
  z.strictObject({ kind: z.literal('redirect'), location: z.string() }),
]);

export type Fault = z.output<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;

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

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number, name: string): () => number {
  let state = seed >>> 0;
  for (const character of name) state = (Math.imul(state, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
