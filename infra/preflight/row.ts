/** What a check of the preflight says, and what it is decided from. */

export type State = 'ok' | 'warning' | 'fails' | 'could not check';

export interface Row {
  /** What was checked: `Provider Microsoft.Web`. */
  readonly check: string;
  readonly state: State;
  /** What was found, with value and limit. */
  readonly found: string;
  /** What to do; empty where nothing is to be done. */
  readonly todo: string;
}

/** What Azure says, or why that is not known. */
export type Fact<Value> =
  | { readonly kind: 'known'; readonly value: Value }
  | { readonly kind: 'unknown'; readonly why: string; readonly todo: string };

export type Unknown = Extract<Fact<never>, { readonly kind: 'unknown' }>;

export const known = <Value>(value: Value): Fact<Value> => ({ kind: 'known', value });

export const unknown = (why: string, todo: string): Unknown => ({ kind: 'unknown', why, todo });

export const ok = (check: string, found: string): Row => ({ check, state: 'ok', found, todo: '' });

export const fails = (check: string, found: string, todo: string): Row => ({ check, state: 'fails', found, todo });

export const warning = (check: string, found: string, todo: string): Row => ({ check, state: 'warning', found, todo });

export const notChecked = (check: string, { why, todo }: Unknown): Row => ({
  check,
  state: 'could not check',
  found: why,
  todo,
});

/** A region as Azure writes it in ids, of either spelling: `Sweden Central` is `swedencentral`. */
export function regionName(text: string): string {
  return text.toLowerCase().replaceAll(' ', '');
}

export const isSameText = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();
