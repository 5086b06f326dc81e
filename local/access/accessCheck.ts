import type { Caller } from '../identity/callers.ts';
import { type Grant, isGranted, type Need } from './isGranted.ts';

/** A kind of call, and whether its caller may do it. */
export interface CheckedCall {
  /** Undefined: a caller to whom the template assigns nothing. */
  readonly caller: Caller | undefined;
  /** As in `InsertEntity data/table/analyses`. */
  readonly call: string;
  /** undefined: the call is not in the table of what calls need. */
  readonly needs: readonly Need[] | undefined;
  readonly isGranted: boolean;
}

export interface AccessCheck {
  /** Decides about a call and notes it. */
  check(asked: Omit<CheckedCall, 'isGranted'>): CheckedCall;
  /** Every kind of call that was checked, each once, in the order of their first time. */
  checked(): readonly CheckedCall[];
}

/** Decides by role assignments, and remembers what it was asked. */
export function createAccessCheck(grants: readonly Grant[]): AccessCheck {
  const checked = new Map<string, CheckedCall>();
  return {
    check: (asked) => {
      const key = JSON.stringify([asked.caller, asked.call, asked.needs]);
      const known = checked.get(key);
      if (known) return known;
      const made = { ...asked, isGranted: asked.needs !== undefined && isGranted(asked.needs, asked.caller, grants) };
      checked.set(key, made);
      return made;
    },
    checked: () => [...checked.values()],
  };
}
