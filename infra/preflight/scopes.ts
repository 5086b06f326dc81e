import type { Group } from './facts.ts';
import type { Plan } from './plan.ts';
import type { Scope } from './rights.ts';
import { type Fact, isSameText } from './row.ts';
import { groupOf, subscriptionOf, type Target } from './target.ts';

/** Where the rights of the caller count: the resource group, or the subscription while there is no group. */
export function homeScope(target: Target, group: Fact<Group>): Scope {
  const subscription = subscriptionOf(target) ?? '/subscriptions/not-known';
  const path = groupOf(target);
  const isNew = !path || (group.kind === 'known' && group.value.kind === 'new');
  return isNew ? { path: subscription, isForNewGroup: true } : { path, isForNewGroup: false };
}

/** Other resource groups, with accounts on which a role is assigned. */
export function otherGroups({ groups }: Plan, target: Target): readonly string[] {
  const home = groupOf(target);
  return home ? groups.filter((path) => !isSameText(path, home)) : [];
}
