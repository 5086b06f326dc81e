/** A built-in role of Azure with what it allows. A `*` stands for any text. */
export interface BuiltInRole {
  readonly name: string;
  /** Actions and data actions: the storage services ask for both kinds. */
  readonly actions: readonly string[];
}

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices';
const QUEUES = 'Microsoft.Storage/storageAccounts/queueServices/queues';
const TABLES = 'Microsoft.Storage/storageAccounts/tableServices/tables';
const OPENAI = 'Microsoft.CognitiveServices/accounts/OpenAI';

/**
 * The built-in roles by id (Microsoft Learn, "Azure built-in roles": Storage, "AI + machine learning", Monitor; read on
 * 2026-11-30). A role that the template assigns and that is not here stops the reading of the template.
 */
export const BUILT_IN_ROLES: Readonly<Record<string, BuiltInRole>> = {
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': {
    name: 'Storage Blob Data Reader',
    actions: [
      `${BLOBS}/containers/read`,
      `${BLOBS}/generateUserDelegationKey/action`,
      `${BLOBS}/containers/blobs/read`,
    ],
  },
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': {
    name: 'Storage Blob Data Contributor',
    actions: [
      `${BLOBS}/containers/delete`,
      `${BLOBS}/containers/read`,
      `${BLOBS}/containers/write`,
      `${BLOBS}/generateUserDelegationKey/action`,
      `${BLOBS}/containers/blobs/delete`,
      `${BLOBS}/containers/blobs/read`,
      `${BLOBS}/containers/blobs/write`,
      `${BLOBS}/containers/blobs/move/action`,
      `${BLOBS}/containers/blobs/add/action`,
    ],
  },
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': {
    name: 'Storage Blob Data Owner',
    actions: [`${BLOBS}/containers/*`, `${BLOBS}/generateUserDelegationKey/action`],
  },
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': {
    name: 'Storage Queue Data Contributor',
    actions: [
      `${QUEUES}/delete`,
      `${QUEUES}/read`,
      `${QUEUES}/write`,
      `${QUEUES}/messages/delete`,
      `${QUEUES}/messages/read`,
      `${QUEUES}/messages/write`,
      `${QUEUES}/messages/process/action`,
    ],
  },
  '8a0f0c08-91a1-4084-bc3d-661d67233fed': {
    name: 'Storage Queue Data Message Processor',
    actions: [`${QUEUES}/messages/read`, `${QUEUES}/messages/process/action`],
  },
  'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a': {
    name: 'Storage Queue Data Message Sender',
    actions: [`${QUEUES}/messages/add/action`],
  },
  '19e7f393-937e-4f77-808e-94535e297925': {
    name: 'Storage Queue Data Reader',
    actions: [`${QUEUES}/read`, `${QUEUES}/messages/read`],
  },
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': {
    name: 'Storage Table Data Contributor',
    actions: [
      `${TABLES}/read`,
      `${TABLES}/write`,
      `${TABLES}/delete`,
      `${TABLES}/entities/read`,
      `${TABLES}/entities/write`,
      `${TABLES}/entities/delete`,
      `${TABLES}/entities/add/action`,
      `${TABLES}/entities/update/action`,
    ],
  },
  '76199698-9eea-4c19-bc75-cec21354c6b6': {
    name: 'Storage Table Data Reader',
    actions: [`${TABLES}/read`, `${TABLES}/entities/read`],
  },
  '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd': {
    name: 'Cognitive Services OpenAI User',
    actions: [
      `${OPENAI}/*/read`,
      `${OPENAI}/engines/completions/action`,
      `${OPENAI}/engines/search/action`,
      `${OPENAI}/engines/generate/action`,
      `${OPENAI}/deployments/audio/action`,
      `${OPENAI}/deployments/search/action`,
      `${OPENAI}/deployments/completions/action`,
      `${OPENAI}/deployments/chat/completions/action`,
      `${OPENAI}/deployments/realtime/action`,
      `${OPENAI}/deployments/extensions/chat/completions/action`,
      `${OPENAI}/deployments/embeddings/action`,
      `${OPENAI}/images/generations/action`,
      `${OPENAI}/assistants/*`,
    ],
  },
  '3913510d-42f4-4e42-8a64-420c390055eb': {
    name: 'Monitoring Metrics Publisher',
    actions: ['Microsoft.Insights/Metrics/Write', 'Microsoft.Insights/Telemetry/Write'],
  },
};

/** Whether a role allows an action, as `Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read`. */
export function allows(role: BuiltInRole, action: string): boolean {
  return role.actions.some((pattern) => {
    const [first = '', ...rest] = pattern.split('*');
    if (rest.length === 0) return pattern.toLowerCase() === action.toLowerCase();
    const text = [first, ...rest].map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
    return new RegExp(`^${text}$`, 'i').test(action);
  });
}
