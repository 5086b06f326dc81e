import type { Availability, DeletedAccounts } from './answers.ts';
import type { Group } from './facts.ts';
import type { Plan } from './plan.ts';
import { type Fact, fails, isSameText, notChecked, ok, type Row } from './row.ts';

/** A name that is unique in the world, and what it is a name of. */
export interface UniqueName {
  readonly kind: 'storage account' | 'function app' | 'subdomain';
  readonly name: string;
  /** Type and name of the resource that has it. */
  readonly type: string;
  readonly resource: string;
}

export function uniqueNames({ storageAccounts, sites, accounts }: Plan): readonly UniqueName[] {
  return [
    ...storageAccounts.map((name) => named('storage account', name, 'Microsoft.Storage/storageAccounts')),
    ...sites.map(({ name }) => named('function app', name, 'Microsoft.Web/sites')),
    ...accounts.map((one) => named('subdomain', one.subdomain, 'Microsoft.CognitiveServices/accounts', one.name)),
  ];
}

const named = (kind: UniqueName['kind'], name: string, type: string, resource = name): UniqueName => ({
  kind,
  name,
  type,
  resource,
});

const CHECK = 'Names that are unique in Azure';

/** Whether the names are free, or taken by what an earlier deployment has made. */
export function nameRows(
  plan: Plan,
  group: Fact<Group>,
  availabilities: ReadonlyMap<string, Fact<Availability>>,
  deleted: Fact<DeletedAccounts>,
): readonly Row[] {
  const names = uniqueNames(plan);
  if (group.kind === 'unknown') return names.length === 0 ? [] : [notChecked(CHECK, group)];
  const own = names.filter((one) => isOwn(one, group.value));
  const rows: Row[] = [];
  let free = 0;
  for (const one of names.filter((name) => !own.includes(name) && !isDeleted(name, deleted))) {
    const check = `Name of ${one.kind} ${one.name}`;
    const fact = availabilities.get(one.name);
    if (fact?.kind === 'unknown') rows.push(notChecked(check, fact));
    else if (fact && !fact.value.isFree) rows.push(fails(check, fact.value.why, RENAME));
    else free += 1;
  }
  const kept = own.length === 0 ? '' : `, ${own.length} held by this installation`;
  return free + own.length === 0 ? rows : [ok(CHECK, `${free} free${kept}.`), ...rows];
}

const RENAME =
  'Choose another environment name or resource group, from which the names follow: `azd env new <name>`. Or delete what has the name.';

export function isOwn({ type, resource }: UniqueName, group: Group): boolean {
  return (
    group.kind === 'existing' &&
    group.resources.some((one) => isSameText(one.type, type) && isSameText(one.name, resource))
  );
}

/** Its row says what to do about the account, and its subdomain comes and goes with it. */
function isDeleted({ kind, resource }: UniqueName, deleted: Fact<DeletedAccounts>): boolean {
  return (
    kind === 'subdomain' && deleted.kind === 'known' && deleted.value.some(({ name }) => isSameText(name, resource))
  );
}
