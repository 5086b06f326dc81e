/** Where a deployment would go, from what azd or the caller has set. */
export interface Target {
  readonly subscriptionId: string | undefined;
  readonly resourceGroup: string | undefined;
  /** Region of the resource group where the parameters name none. */
  readonly location: string;
  /** What parameter files read. */
  readonly azdVariables: Readonly<Record<string, string>>;
}

const READ_BY_PARAMETERS = ['AZURE_ENV_NAME', 'AZURE_LOCATION', 'AZURE_PRINCIPAL_ID', 'AZURE_PRINCIPAL_TYPE'] as const;

export function targetFrom(environment: Readonly<Record<string, string | undefined>>): Target {
  return {
    subscriptionId: environment.AZURE_SUBSCRIPTION_ID || undefined,
    resourceGroup: environment.AZURE_RESOURCE_GROUP || undefined,
    location: environment.AZURE_LOCATION || 'swedencentral',
    azdVariables: Object.fromEntries(
      READ_BY_PARAMETERS.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
    ),
  };
}

/** `/subscriptions/…`, or undefined while that is not known. */
export function subscriptionOf({ subscriptionId }: Target): string | undefined {
  return subscriptionId && `/subscriptions/${subscriptionId}`;
}

/** `/subscriptions/…/resourceGroups/…`, or undefined while that is not known. */
export function groupOf({ subscriptionId, resourceGroup }: Target): string | undefined {
  return subscriptionId && resourceGroup
    ? `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`
    : undefined;
}
