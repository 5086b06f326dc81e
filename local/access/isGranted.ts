import type { Caller } from '../identity/callers.ts';
import { allows, type BuiltInRole } from './builtInRoles.ts';

/** A role that a caller has on a resource and on everything below it. */
export interface Grant {
  readonly caller: Caller;
  readonly role: BuiltInRole;
  readonly scope: Scope;
}

/**
 * A resource of an installation: `host`, `data`, `data/blob/images`, `data/queue/image-events`, `models/swedencentral`,
 * `insights`.
 */
export type Scope = string;

/** One of several sets of actions that a call needs on a resource. */
export interface Need {
  readonly scope: Scope;
  readonly anyOf: readonly (readonly string[])[];
}

/**
 * Whether a caller may do all that a call needs. Roles add up: one may give one action, another the next (Microsoft Learn,
 * "What is Azure role-based access control": multiple role assignments).
 *
 * @example
 * isGranted([{ scope: 'data/blob/images', anyOf: [[`${BLOBS}/read`]] }], 'application', grants) // true
 */
export function isGranted(needs: readonly Need[], caller: Caller | undefined, grants: readonly Grant[]): boolean {
  const own = grants.filter((grant) => grant.caller === caller);
  return needs.every(({ anyOf, scope }) => {
    const roles = own.filter((grant) => covers(grant.scope, scope)).map(({ role }) => role);
    return anyOf.some((all) => all.every((action) => roles.some((role) => allows(role, action))));
  });
}

function covers(granted: Scope, asked: Scope): boolean {
  return asked === granted || asked.startsWith(`${granted}/`);
}
