import type { Permissions, Providers } from './answers.ts';
import type { Plan, PlannedType } from './plan.ts';
import { mayDo } from './rights.ts';
import { type Fact, fails, isSameText, notChecked, ok, type Row, regionName, warning } from './row.ts';

type Provider = Providers[number];
type ListedType = Provider['resourceTypes'][number];

/** Whether the subscription knows each namespace, type, API version and location of the plan: a row a namespace. */
export function providerRows(
  plan: Plan,
  fact: Fact<Providers>,
  permissions: Fact<Permissions> | undefined,
): readonly Row[] {
  if (fact.kind === 'unknown') return [notChecked('Resource providers and API versions', fact)];
  const namespaces = [...new Set([...plan.types.map(({ type }) => namespaceOf(type)), ...plan.otherProviders])];
  return namespaces.toSorted().flatMap((namespace) => {
    const check = `Provider ${namespace}`;
    const provider = fact.value.find((one) => isSameText(one.namespace, namespace));
    if (!provider) return [fails(check, 'This cloud has no such provider.', 'Deploy to a cloud that has it.')];
    const planned = plan.types.filter(({ type }) => namespaceOf(type) === namespace);
    const rows = [
      ...registrationRows(check, provider, planned.length > 0, permissions),
      ...typeRows(provider, planned),
    ];
    return rows.length > 0 ? rows : [ok(check, `Registered, with ${versionsOf(planned)}.`)];
  });
}

const namespaceOf = (type: string): string => type.split('/')[0] ?? '';

function versionsOf(planned: readonly PlannedType[]): string {
  const versions = [...new Set(planned.map(({ apiVersion }) => apiVersion))];
  const types = planned.length === 1 ? 'its type' : `its ${planned.length} types`;
  return planned.length === 0 ? 'no type of its own needed' : `${types} at ${versions.join(', ')}`;
}

/** A deployment registers the providers of its resources by itself where the caller may; others it does not. */
function registrationRows(
  check: string,
  { namespace, registrationState }: Provider,
  hasResources: boolean,
  permissions: Fact<Permissions> | undefined,
): readonly Row[] {
  if (registrationState === 'Registered') return [];
  const found = `The subscription has it as ${registrationState}.`;
  const register = `az provider register --namespace ${namespace} --wait`;
  if (registrationState === 'Registering') return [warning(check, found, `Wait for it: ${register}`)];
  const mayNot = permissions?.kind === 'known' && !mayDo(permissions.value, `${namespace}/register/action`);
  return hasResources && !mayNot
    ? [
        warning(
          check,
          `${found} The deployment registers it, with a right on the subscription.`,
          `Nothing, or register it now: ${register}`,
        ),
      ]
    : [fails(check, found, `Register it, with a right on the subscription: ${register}`)];
}

function typeRows(provider: Provider, planned: readonly PlannedType[]): readonly Row[] {
  return planned.flatMap((one) => {
    const check = `API version ${one.type}@${one.apiVersion}`;
    const listed = listedType(provider, one.type);
    if (!listed) {
      return [
        fails(
          check,
          `${provider.namespace} lists no such type.`,
          'Report this: the templates name a type that Azure lacks.',
        ),
      ];
    }
    const versions = listed.apiVersions ?? [];
    if (!versions.some((version) => isSameText(version, one.apiVersion))) {
      return [
        fails(
          check,
          `Azure answers NoRegisteredProviderFound: registered are ${versions.slice(0, 5).join(', ') || 'none'}.`,
          'Use one of these in the template and in infra/knownToAzure.json.',
        ),
      ];
    }
    return locationRows(one, listed);
  });
}

/** Parts of a resource that the provider does not list go by the version of what they are part of. */
function listedType({ resourceTypes }: Provider, type: string): ListedType | undefined {
  const parts = type.split('/').slice(1);
  for (let length = parts.length; length > 0; length -= 1) {
    const name = parts.slice(0, length).join('/');
    const found = resourceTypes.find(({ resourceType }) => isSameText(resourceType, name));
    if (found) return found;
  }
  return undefined;
}

function locationRows({ type, locations }: PlannedType, listed: ListedType): readonly Row[] {
  const offered = (listed.locations ?? []).map(regionName);
  if (offered.length === 0) return [];
  return locations
    .filter((location) => !offered.includes(location))
    .map((location) =>
      fails(
        `Region ${location} for ${type}`,
        `It is not offered there; it is in: ${offered.toSorted().join(', ')}.`,
        'Choose a region of this list: AZURE_LOCATION, or `region` of a deployment.',
      ),
    );
}
