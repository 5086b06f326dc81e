import type { Caller } from './ledger.ts';

/** Tokens and a request that count on a deployment for a minute from a bucket on. */
export interface Charge {
  /** The booking's id; of what others use, `other-` and a number. Empty of what no answer will tell of any more. */
  readonly id: string;
  /** `other`: somebody outside this pool uses the same quota. */
  readonly caller: Caller | 'other';
  readonly bucket: number;
  /** What counts: the need times the factor, later what the service is known to have charged. */
  readonly tokens: number;
  /** By the documented rule; 0 of what others use. */
  readonly admissionTokens: number;
  /** One; of what was added up, as many as it were. */
  readonly requests: number;
  /** `tokens` is what the service charged, or nothing: not an estimate of ours. */
  readonly isExact: boolean;
  /** What the service said it had counted in its minute when it let this request in; null: not told. */
  readonly countedTokens: number | null;
}
