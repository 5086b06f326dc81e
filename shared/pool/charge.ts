import type { Caller } from './ledger.ts';

/**
 * Tokens and requests that count on a deployment for a minute from a bucket on. What a charge is made of says its kind: a name
 * of the kind would be one more column of the stored state.
 */
export type Charge = OwnCharge | OthersUse;

/** Of requests of this pool. */
export type OwnCharge = Booked | Counted | Known | Added;

/** The charge that the ending of a booking finds. */
export type BookedCharge = Charge & { readonly id: string };

interface Counts {
  readonly bucket: number;
  /** What counts: the need times the factor, later what the service is known to have charged. */
  readonly tokens: number;
  /** By the documented rule. */
  readonly admissionTokens: number;
}

interface OwnRequest<Id extends string | null> extends Counts {
  /** The booking's, by which its ending finds the charge; null: it has ended. */
  readonly id: Id;
  readonly caller: Caller;
  readonly requests: 1;
}

/** By our estimate: the request is on its way, or ended without a count. */
interface Booked extends OwnRequest<string> {
  readonly isExact: false;
  readonly countedTokens: null;
}

/** Its answer carried a count. */
export interface Counted extends OwnRequest<string | null> {
  /** `tokens` is what the service charged, as its counts have shown: not an estimate of ours. */
  readonly isExact: boolean;
  /** What the service said it had counted in its minute when it let this request in. */
  readonly countedTokens: number;
}

/** Refused, so that it took nothing; or a booking's part on a local share. Neither is estimated anew. */
interface Known extends OwnRequest<string> {
  readonly isExact: true;
  readonly countedTokens: null;
}

/** Planned, refused earlier, or several added up: no ending will look for it. */
interface Added extends Counts {
  readonly id: null;
  readonly caller: Caller;
  readonly requests: number;
  readonly isExact: true;
  readonly countedTokens: null;
}

/** Use of the same quota by others, outside this pool. */
interface OthersUse extends Counts {
  readonly id: null;
  readonly caller: 'other';
  readonly admissionTokens: 0;
  readonly requests: 0;
  readonly isExact: true;
  readonly countedTokens: null;
}
