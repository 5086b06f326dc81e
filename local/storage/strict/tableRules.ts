import { isAscii } from 'node:buffer';
import type { StorageCall } from '../storageCall.ts';
import { refusalAnswer, type StorageAnswer, type StorageLayer, type StorageRefusal } from '../storageLayer.ts';
import { readToken } from './continuation.ts';
import { batchRefusal, readBatch, readEntity } from './tableBatch.ts';
import { problemOfEntity } from './tableEntity.ts';
import { invalidInput, problemOfFilter } from './tableFilter.ts';

/** Microsoft Learn, "Query operators supported for the Table service", read 2026-11-30: `$top` over 1,000 is 400. */
const MOST_ROWS = 1_000;
const WRITES = ['InsertEntity', 'UpdateEntity', 'MergeEntity', 'InsertOrReplaceEntity', 'InsertOrMergeEntity'];

/** What the Table service refuses and Azurite takes; each rule names its source where it stands. */
export function tableRules(): StorageLayer {
  return {
    refuse: (call, body) => {
      if (call.service !== 'table') return undefined;
      if (call.operation === 'EntityGroupTransaction') return refuseBatch(body);
      const problem = problemOfCall(call, body);
      return problem && refusalAnswer(call, problem);
    },
    rewrite: (call, body) => (call.service === 'table' && !isAscii(body) ? { body: toAscii(body) } : undefined),
  };
}

function problemOfCall(call: StorageCall, body: Buffer): StorageRefusal | undefined {
  if (call.operation === 'QueryEntities') return problemOfQuery(call.url.searchParams);
  if (!WRITES.includes(call.operation)) return undefined;
  const entity = readEntity(body.toString());
  return entity && problemOfEntity(entity);
}

function problemOfQuery(query: URLSearchParams): StorageRefusal | undefined {
  const top = query.get('$top');
  if (top !== null && !(Number.isInteger(Number(top)) && Number(top) >= 0 && Number(top) <= MOST_ROWS))
    return invalidInput();
  for (const name of ['NextPartitionKey', 'NextRowKey']) {
    const token = query.get(name);
    // An empty one is refused like an invented one: microsoft/AzureStorageExplorer#5434 (2022-02-11).
    if (token !== null && readToken(token) === undefined) return invalidInput();
  }
  const filter = query.get('$filter');
  return filter === null ? undefined : problemOfFilter(filter);
}

function refuseBatch(body: Buffer): StorageAnswer | undefined {
  for (const [place, { entity }] of readBatch(body).entries()) {
    const problem = entity && problemOfEntity(entity);
    if (problem) return batchRefusal(place, problem);
  }
  return undefined;
}

/**
 * JSON without a character beyond ASCII: Azurite 3.37.0 decodes each chunk of a body alone, so that a character of several
 * bytes on the border at 64 KiB becomes U+FFFD. The service has no such fault. In a batch only JSON holds such characters.
 */
function toAscii(body: Buffer): Buffer {
  const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return Buffer.from(body.toString().replace(/\P{ASCII}/gu, (one) => one.split('').map(escapeUnit).join('')));
}
