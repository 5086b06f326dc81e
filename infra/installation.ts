/** What a deployment of main.bicep has made, by its outputs. */

export interface Installation {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly ingestion: 'blob' | 'queue';
  readonly functionAppName: string;
  readonly hostAccountName: string;
  readonly imagesAccountName: string;
  readonly topicName: string;
  /** `https://<app>/api` */
  readonly apiUrl: string;
}

const NAMES = {
  subscriptionId: 'AZURE_SUBSCRIPTION_ID',
  resourceGroup: 'AZURE_RESOURCE_GROUP',
  ingestion: 'INGESTION',
  functionAppName: 'FUNCTION_APP_NAME',
  hostAccountName: 'HOST_ACCOUNT_NAME',
  imagesAccountName: 'IMAGES_ACCOUNT_NAME',
  topicName: 'UPLOADS_TOPIC_NAME',
  apiUrl: 'API_URL',
} as const;

/** @throws {Error} naming every variable that is missing, and how they get there */
export function installationFrom(environment: Readonly<Record<string, string | undefined>>): Installation {
  const missing = Object.values(NAMES).filter((name) => !environment[name]);
  if (missing.length > 0) {
    throw new Error(
      `These environment variables are not set: ${missing.join(', ')}. With azd run \`azd provision\`, which keeps them, ` +
        'then `azd hooks run postdeploy`, which passes them on. Without azd set the subscription and the resource group, ' +
        "and the others to the outputs of main.bicep's deployment.",
    );
  }
  const value = (key: keyof typeof NAMES): string => environment[NAMES[key]] ?? '';
  const ingestion = value('ingestion');
  if (ingestion !== 'blob' && ingestion !== 'queue') {
    throw new Error(`INGESTION is "${ingestion}"; it is "blob" or "queue".`);
  }
  return {
    subscriptionId: value('subscriptionId'),
    resourceGroup: value('resourceGroup'),
    ingestion,
    functionAppName: value('functionAppName'),
    hostAccountName: value('hostAccountName'),
    imagesAccountName: value('imagesAccountName'),
    topicName: value('topicName'),
    apiUrl: value('apiUrl'),
  };
}

/** `/subscriptions/…/resourceGroups/…` */
export function groupOf({ subscriptionId, resourceGroup }: Installation): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
}

/** `/subscriptions/…/providers/Microsoft.Web/sites/…` */
export function siteOf(installation: Installation): string {
  return `${groupOf(installation)}/providers/Microsoft.Web/sites/${installation.functionAppName}`;
}
