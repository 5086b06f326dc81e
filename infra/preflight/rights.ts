import type { Permissions } from './answers.ts';
import type { Plan } from './plan.ts';
import { type Fact, fails, notChecked, ok, type Row } from './row.ts';

/** Whether the permissions include an action, such as `Microsoft.Web/sites/write`. Azure ignores case here. */
export function mayDo(permissions: Permissions, action: string): boolean {
  return permissions.some(
    ({ actions, notActions }) =>
      actions.some((pattern) => covers(pattern, action)) && !notActions.some((pattern) => covers(pattern, action)),
  );
}

function covers(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}

const ASSIGN_ROLES = 'Microsoft.Authorization/roleAssignments/write';

/** A scope at which things are created, and whether that is a group that has to be created first. */
export interface Scope {
  readonly path: string;
  readonly isForNewGroup: boolean;
}

/** Whether the caller may create what the plan has, and assign the roles of it. */
export function rightsRows(
  plan: Plan,
  home: Scope,
  others: readonly Scope[],
  permissions: ReadonlyMap<string, Fact<Permissions>>,
): readonly Row[] {
  const assigned = [ASSIGN_ROLES, 'Microsoft.Resources/deployments/write'];
  return [
    ...rowsOfScope(home, creatingActions(plan, home), permissions.get(home.path)),
    ...others.flatMap((scope) => rowsOfScope(scope, assigned, permissions.get(scope.path))),
  ];
}

function creatingActions({ types }: Plan, { isForNewGroup }: Scope): readonly string[] {
  const needed = types.map(({ type }) => `${type}/write`);
  const creates = (type: string): boolean => types.some((one) => one.type === type);
  return [
    ...needed,
    ...(isForNewGroup ? ['Microsoft.Resources/subscriptions/resourceGroups/write'] : []),
    ...(creates('Microsoft.Web/sites') ? ['Microsoft.ManagedIdentity/userAssignedIdentities/assign/action'] : []),
    ...(creates('Microsoft.Network/privateEndpoints') ? ['Microsoft.Network/virtualNetworks/subnets/join/action'] : []),
  ];
}

function rowsOfScope(
  { path, isForNewGroup }: Scope,
  actions: readonly string[],
  fact: Fact<Permissions> | undefined,
): readonly Row[] {
  if (!fact) return [];
  const place = isForNewGroup ? 'the subscription' : (path.split('/').at(-1) ?? path);
  const creating = actions.filter((action) => action !== ASSIGN_ROLES);
  if (fact.kind === 'unknown') return [notChecked(`Rights on ${place}`, fact)];
  return [
    rowOf(`Right to create resources on ${place}`, creating, fact.value, 'Contributor', path),
    rowOf(
      `Right to assign roles on ${place}`,
      [ASSIGN_ROLES],
      fact.value,
      'Role Based Access Control Administrator',
      path,
    ),
  ];
}

const NAMED_MISSING = 3;

function rowOf(check: string, actions: readonly string[], permissions: Permissions, role: string, path: string): Row {
  const missing = actions.filter((action) => !mayDo(permissions, action));
  const all = actions.length === 1 ? (actions[0] ?? '') : `all ${actions.length} actions`;
  if (missing.length === 0) return ok(check, `You have ${all}.`);
  const named = missing.slice(0, NAMED_MISSING).join(', ');
  const more = missing.length > NAMED_MISSING ? ` and ${missing.length - NAMED_MISSING} more` : '';
  return fails(
    check,
    `You lack ${missing.length} of ${actions.length}: ${named}${more}.`,
    `Ask an owner for it: az role assignment create --role "${role}" --assignee <your object id> --scope ${path}`,
  );
}
