import { ofType, type Snapshot } from './snapshot.ts';

/** Names of the built-in roles (Azure built-in roles, Microsoft Learn). */
const ROLE_NAMES: Readonly<Record<string, string>> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': 'Storage Blob Data Contributor',
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': 'Storage Blob Data Reader',
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Storage Queue Data Contributor',
  'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a': 'Storage Queue Data Message Sender',
  '19e7f393-937e-4f77-808e-94535e297925': 'Storage Queue Data Reader',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd': 'Cognitive Services OpenAI User',
};

/** Whose principal a module gives out; a principal that is written down is the operator's. */
const HOLDERS: Readonly<Record<string, string>> = { identity: 'application', uploadsTopic: 'events' };

/** What the template gives to the operator, whoever that is. */
export const OF_AN_OPERATOR: readonly string[] = [
  'operator: Storage Blob Data Contributor on images',
  'operator: Storage Blob Data Reader on deadletters',
  'operator: Storage Blob Data Reader on results',
  'operator: Storage Blob Data Reader on results-http',
  'operator: Storage Queue Data Reader on stdata',
];

/**
 * `application: Storage Blob Data Reader on images`, in alphabetical order.
 *
 * @throws {Error} for a role without a name here: nobody has looked at it
 */
export function grants(snapshot: Snapshot): readonly string[] {
  return ofType(snapshot, 'Microsoft.Authorization/roleAssignments')
    .map(({ id, properties }) => {
      const module = /format\('(identity|uploadsTopic)-/.exec(properties.principalId)?.[1];
      const holder = module ? HOLDERS[module] : 'operator';
      const roleId = properties.roleDefinitionId.split('/').at(-1);
      const role = ROLE_NAMES[roleId];
      if (!role) throw new Error(`The role ${roleId} has no name in grants.ts.`);
      const scope = id.split('/providers/Microsoft.Authorization')[0]?.split('/').at(-1) ?? '';
      return `${holder}: ${role} on ${scope.replace(/-?[a-z0-9]{13}(?=host|data|$)/, '')}`;
    })
    .sort();
}
