import { TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { type AccessCheck, createAccessCheck } from '../access/accessCheck.ts';
import { createAccessLayer } from '../access/accessLayer.ts';
import type { TemplateAccess } from '../access/templateAccess.ts';
import { type Caller, CLIENT_IDS, callerOf, signInAs } from '../identity/callers.ts';
import { CHAT_ACTION } from '../regions/bearer.ts';
import { createStorage, trusting } from '../storage/createStorage.ts';
import { identityConnection } from '../storage/identityConnection.ts';
import {
  AZURITE_ACCOUNT,
  AZURITE_HOST_ACCOUNT,
  type Azurite,
  azuriteConnectionString,
} from '../storage/startAzurite.ts';
import type { StorageFront } from '../storage/startStorageFront.ts';
import type { StorageLayer } from '../storage/storageLayer.ts';

/** The emulated accounts that stand for the two of an installation. */
const ACCOUNTS = { data: AZURITE_ACCOUNT, host: AZURITE_HOST_ACCOUNT } as const;

export interface StorageClients {
  readonly blobs: BlobServiceClient;
  readonly queues: QueueServiceClient;
  readonly tables: TableServiceClient;
}

/** The roles of a built template, enforced in the local cloud. */
export interface CloudAccess extends AccessCheck {
  /** Stands before the storage. */
  readonly layer: StorageLayer;
  /** Whether a client id may ask the models of a region. */
  mayAsk(region: string, clientId: string): boolean;
  /** Makes in both accounts what the template makes, past the checks. */
  createStorage(azurite: Azurite, certificate: string): Promise<void>;
  /** How the application reaches both accounts: as its identity, with no key. */
  settings(front: StorageFront): Readonly<Record<string, string>>;
  /** Clients of a caller for the account with the images, through the checks. */
  storageAs(caller: Caller, front: StorageFront, certificate: string): StorageClients;
}

/** @param secret what the identity endpoint signs its tokens with */
export function createCloudAccess(template: TemplateAccess, secret: string): CloudAccess {
  const access = createAccessCheck(template.grants);
  const accounts = Object.entries(ACCOUNTS).map(([scope, name]) => {
    const { takesKeys } = template.accounts[scope as keyof typeof ACCOUNTS];
    return [name, { scope, takesKeys }] as const;
  });
  return {
    ...access,
    layer: createAccessLayer({ check: access.check, secret, accounts: new Map(accounts) }),
    mayAsk: (region, clientId) => {
      const needs = [{ scope: `models/${region}`, anyOf: [[CHAT_ACTION]] }];
      return access.check({ caller: callerOf(clientId), call: `ChatCompletions models/${region}`, needs }).isGranted;
    },
    createStorage: async (azurite, certificate) => {
      for (const [scope, account] of Object.entries(ACCOUNTS)) {
        const connectionString = azuriteConnectionString({ ...azurite, protocol: 'https', account });
        await createStorage(template.accounts[scope as keyof typeof ACCOUNTS], { connectionString, certificate });
      }
    },
    settings: (front) => {
      const place = { ...front, protocol: 'https' as const, clientId: CLIENT_IDS.application };
      return {
        AZURE_CLIENT_ID: CLIENT_IDS.application,
        AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
        ...identityConnection('AzureWebJobsStorage', { ...place, account: ACCOUNTS.host }),
        ...identityConnection('IMAGES_STORAGE', { ...place, account: ACCOUNTS.data }),
      };
    },
    storageAs: (caller, front, certificate) => {
      const credential = signInAs(caller, secret);
      const address = (port: number): string => `https://127.0.0.1:${port}/${ACCOUNTS.data}`;
      return {
        blobs: new BlobServiceClient(address(front.blobPort), credential, trusting(certificate)),
        queues: new QueueServiceClient(address(front.queuePort), credential, trusting(certificate)),
        tables: new TableServiceClient(address(front.tablePort), credential, trusting(certificate)),
      };
    },
  };
}
