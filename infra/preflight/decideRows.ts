import { deletedAccountRows } from './deletedAccounts.ts';
import type { Facts } from './facts.ts';
import { flexRows } from './flexConsumption.ts';
import { modelRows } from './models.ts';
import { nameRows } from './names.ts';
import type { Plan } from './plan.ts';
import { providerRows } from './providers.ts';
import { quotaRows } from './quota.ts';
import { rightsRows } from './rights.ts';
import type { Row } from './row.ts';
import { homeScope, otherGroups } from './scopes.ts';
import { subscriptionOf, type Target } from './target.ts';

/** What would fail, from what would be created and what Azure says. */
export function decideRows(plan: Plan, target: Target, facts: Facts, withRights = true): readonly Row[] {
  const { providers, flexRegions, models, deletedAccounts, group, permissions, names } = facts;
  const others = otherGroups(plan, target).map((path) => ({ path, isForNewGroup: false }));
  const rights = rightsRows(plan, homeScope(target, group), others, permissions);
  return [
    ...providerRows(plan, providers, permissions.get(subscriptionOf(target) ?? '')),
    ...flexRows(plan, flexRegions),
    ...modelRows(plan, models),
    ...quotaRows(plan, facts),
    ...deletedAccountRows(plan, deletedAccounts),
    ...nameRows(plan, group, names, deletedAccounts),
    ...(withRights ? (target.resourceGroup ? rights : rights.map(withoutGroup)) : []),
  ];
}

/** A right that the subscription does not give may come with the group, which is not known yet. */
function withoutGroup(row: Row): Row {
  if (row.state !== 'fails') return row;
  return { ...row, state: 'could not check', found: `${row.found} The resource group, not known yet, may give them.` };
}
