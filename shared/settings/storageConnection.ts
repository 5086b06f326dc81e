import type { Problem } from '../errors.ts';
import type { StorageAddress } from '../storage/openStorage.ts';
import { type Environment, present } from './environment.ts';

const URIS = ['blobServiceUri', 'queueServiceUri', 'tableServiceUri'] as const;

/** The parts that make a text a connection string of a storage account. */
const CONNECTION_STRING = /^UseDevelopmentStorage=true\b|(?:^|;)(?:AccountName|SharedAccessSignature)=[^;]/i;

/** IMAGES_STORAGE as a connection string, or as one service address each (`IMAGES_STORAGE__blobServiceUri`, ...). */
export function readStorageConnection(environment: Environment, problems: Problem[]): StorageAddress | undefined {
  const connectionString = environment.IMAGES_STORAGE;
  if (present(connectionString)) {
    if (CONNECTION_STRING.test(connectionString)) return { kind: 'connectionString', connectionString };
    // The value is not repeated: it may hold a key.
    problems.push({ path: 'IMAGES_STORAGE', message: 'is not a connection string: it names no account.' });
    return undefined;
  }
  const missing = URIS.filter((uri) => !present(environment[`IMAGES_STORAGE__${uri}`]));
  if (missing.length > 0) {
    problems.push({
      path: 'IMAGES_STORAGE',
      message:
        missing.length === URIS.length
          ? 'is missing: a connection string, or IMAGES_STORAGE__blobServiceUri, __queueServiceUri and __tableServiceUri.'
          : `lacks ${missing.map((uri) => `IMAGES_STORAGE__${uri}`).join(' and ')}.`,
    });
    return undefined;
  }
  const [blobServiceUri = '', queueServiceUri = '', tableServiceUri = ''] = URIS.map((uri) => {
    const address = environment[`IMAGES_STORAGE__${uri}`] ?? '';
    if (!URL.canParse(address) || !/^https?:\/\//.test(address)) {
      problems.push({ path: `IMAGES_STORAGE__${uri}`, message: `is "${address}", which is not an http or https URL.` });
    }
    return address;
  });
  return { kind: 'identity', blobServiceUri, queueServiceUri, tableServiceUri };
}
