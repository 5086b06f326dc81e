import { grantSentence, readTemplateAccess, type TemplateAccess } from '../../local/access/templateAccess.ts';
import { type Snapshot, snapshotOf } from './snapshot.ts';

/** What the template gives to the operator, whoever that is. */
export const OF_AN_OPERATOR: readonly string[] = [
  'operator: Storage Blob Data Contributor on data/blob/images',
  'operator: Storage Blob Data Reader on data/blob/deadletters',
  'operator: Storage Blob Data Reader on data/blob/results',
  'operator: Storage Blob Data Reader on data/blob/results-http',
  'operator: Storage Queue Data Reader on data',
];

/** `application: Storage Blob Data Reader on data/blob/images`, in alphabetical order. */
export function grants(snapshot: Snapshot): readonly string[] {
  return readTemplateAccess(snapshot.predictedResources).grants.map(grantSentence).sort();
}

/** The roles that the template gives as it is now, with an operator and the four regions of the local cloud. */
export async function builtAccess(ingestion: 'blob' | 'queue'): Promise<TemplateAccess> {
  const regions = ['australiaeast', 'swedencentral', 'switzerlandnorth', 'westus'];
  const deployments = regions.map(
    (region) =>
      `{ region: '${region}', model: 'gpt-4', version: 'vision-preview', sku: 'Standard', capacity: 10, apiVersion: '2023-12-01-preview' }`,
  );
  const snapshot = await snapshotOf(`
param environmentName = 'roles'
param ingestion = '${ingestion}'
param operatorPrincipalId = '44444444-4444-4444-4444-444444444444'
param allowedRetiredModels = ['gpt-4@vision-preview']
param deployments = [
  ${deployments.join('\n  ')}
]
`);
  return readTemplateAccess(snapshot.predictedResources);
}
