import type { Caller } from '../identity/callers.ts';
import { BUILT_IN_ROLES } from './builtInRoles.ts';
import type { Grant, Scope } from './isGranted.ts';

/** What a built template says about who may do what, and on what. */
export interface TemplateAccess {
  /** The host's own account, and the one with the images. */
  readonly accounts: { readonly host: TemplateAccount; readonly data: TemplateAccount };
  /** Every role assignment. */
  readonly grants: readonly Grant[];
}

interface TemplateAccount {
  /** Whether account keys, and signatures made with them, open it. */
  readonly takesKeys: boolean;
  readonly containers: readonly string[];
  readonly queues: readonly string[];
  readonly tables: readonly string[];
}

/** A resource as `bicep snapshot` predicts it. */
export interface PredictedResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly location?: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever a resource of Azure may hold
  readonly properties?: any;
}

/** Modules that give out a principal. A principal that is written down is the operator's. */
const CALLERS: Readonly<Record<string, Caller>> = { identity: 'application', uploadsTopic: 'events' };

/**
 * Reads accounts and role assignments from the resources that the Bicep compiler predicts for a template with its
 * parameters.
 *
 * @throws {Error} for a role, a principal or a kind of resource that this file does not know: nothing is passed over
 */
export function readTemplateAccess(resources: readonly PredictedResource[]): TemplateAccess {
  const accountNames = {
    host: accountOfSetting('AzureWebJobsStorage__blobServiceUri', resources),
    data: accountOfSetting('IMAGES_STORAGE__blobServiceUri', resources),
  };
  const assignments = resources.filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments');
  const grants = assignments.map((assignment): Grant => {
    const { principalId, roleDefinitionId } = assignment.properties;
    const roleId = String(roleDefinitionId).split('/').at(-1) ?? '';
    const role = BUILT_IN_ROLES[roleId];
    if (!role) throw new Error(`The role ${roleId} is not in builtInRoles.ts.`);
    const scope = scopeOf(resourceOfAssignment(assignment.id), accountNames, resources);
    return { caller: callerOfPrincipal(principalId), role, scope };
  });
  return {
    accounts: { host: readAccount(accountNames.host, resources), data: readAccount(accountNames.data, resources) },
    grants,
  };
}

/**
 * @example
 * grantSentence(grant) // 'application: Storage Blob Data Reader on data/blob/images'
 */
export function grantSentence({ caller, role, scope }: Grant): string {
  return `${caller}: ${role.name} on ${scope}`;
}

/**
 * The resource on which a role is assigned. The id is an expression where the assignment's name holds a principal that is
 * known only once it was made.
 */
export function resourceOfAssignment(id: string): string {
  const inExpression = /^\[extensionResourceId\('([^']+)'/.exec(id)?.[1];
  return inExpression ?? id.split('/providers/Microsoft.Authorization')[0] ?? '';
}

/** The storage account to whose address a setting of the application points. */
function accountOfSetting(setting: string, resources: readonly PredictedResource[]): string {
  const address: unknown = resources.find(({ name }) => name.endsWith('/appsettings'))?.properties[setting];
  const accounts = resources.filter(({ type }) => type === 'Microsoft.Storage/storageAccounts');
  const found = accounts.find(({ name }) => typeof address === 'string' && address.includes(name));
  if (!found) throw new Error(`The setting ${setting} points to no storage account of the template.`);
  return found.name;
}

function callerOfPrincipal(principalId: string): Caller {
  const module = /format\('(\w+)-\{0\}'/.exec(principalId)?.[1];
  const caller = module === undefined ? 'operator' : CALLERS[module];
  if (!caller) throw new Error(`The principal of the module ${module} has no caller.`);
  return caller;
}

function scopeOf(
  resourceId: string,
  accountNames: { readonly host: string; readonly data: string },
  resources: readonly PredictedResource[],
): Scope {
  const [, type = '', path = ''] = /\/providers\/([\w.]+\/\w+)\/(.*)$/.exec(resourceId) ?? [];
  const [name = '', service = '', , kind = '', resource = ''] = path.split('/');
  switch (type) {
    case 'Microsoft.Storage/storageAccounts': {
      const account = name === accountNames.host ? 'host' : name === accountNames.data ? 'data' : undefined;
      const shortService = { blobServices: 'blob', queueServices: 'queue', tableServices: 'table' }[service];
      if (account && service === '') return account;
      if (account && shortService && kind !== '') return `${account}/${shortService}/${resource}`;
      break;
    }
    case 'Microsoft.CognitiveServices/accounts':
      return `models/${resources.find(({ id }) => id === resourceId)?.location ?? name}`;
    case 'Microsoft.Insights/components':
      return 'insights';
  }
  throw new Error(`A role is assigned on ${resourceId}, which templateAccess.ts does not know.`);
}

function readAccount(name: string, resources: readonly PredictedResource[]): TemplateAccount {
  const account = resources.find((one) => one.type === 'Microsoft.Storage/storageAccounts' && one.name === name);
  const of = (kind: string): readonly string[] =>
    resources
      .filter(({ type, id }) => type === `Microsoft.Storage/storageAccounts/${kind}` && id.includes(`/${name}/`))
      .map(({ id }) => id.split('/').at(-1) ?? '');
  return {
    // Left out, keys are allowed (Microsoft Learn, "Prevent Shared Key authorization for an Azure Storage account").
    takesKeys: account?.properties.allowSharedKeyAccess !== false,
    containers: of('blobServices/containers'),
    queues: of('queueServices/queues'),
    tables: of('tableServices/tables'),
  };
}
