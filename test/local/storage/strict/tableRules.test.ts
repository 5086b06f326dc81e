import { describe, expect, it } from 'vitest';
import { endOf, useStrictStorage } from './strictStorage.ts';

const storage = useStrictStorage();

const comparisons = (count: number): string => Array(count).fill('n ge 1').join(' or ');
const properties = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, place) => [`p${place}`, place]));
/** An entity of so many bytes by the service's count: 4, keys of 2 and 4 bytes, and properties of 8, two names and a value. */
const entityOf = (bytes: number): Record<string, string> => {
  const entity: Record<string, string> = {};
  let left = (bytes - 4 - 2 * (1 + 2)) / 2;
  for (let place = 0; left > 0; place += 1) {
    const name = `text${String(place).padStart(2, '0')}`;
    const units = Math.min(32_000, left - 4 - name.length);
    entity[name] = 'x'.repeat(units);
    left -= units + 4 + name.length;
  }
  return entity;
};

describe('a query of a table', () => {
  it.each([
    // Microsoft Learn, "Query operators supported for the Table service", read 2026-11-30.
    ['1,000 rows', { top: 1_000 }, 'done'],
    ['1,001 rows', { top: 1_001 }, '400 InvalidInput'],
    // Microsoft Learn, "Querying tables and entities", read 2026-11-30.
    ['15 comparisons', { filter: comparisons(15) }, 'done'],
    ['16 comparisons', { filter: comparisons(16) }, '400 InvalidInput'],
    ['a text that reads like 16 comparisons', { filter: `text eq '${comparisons(16)}'` }, 'done'],
    // microsoft/AzureStorageExplorer#1382 (2019-05-17), Azure/azure-storage-node#316 (2019-11-25).
    ['the largest Int32', { filter: 'n eq 2147483647' }, 'done'],
    ['a number beyond it without L', { filter: 'n eq 2147483648' }, '400 InvalidInput'],
    ['the smallest Int32', { filter: 'n eq -2147483648' }, 'done'],
    ['a number below it without L', { filter: '(n eq -2147483649)' }, '400 InvalidInput'],
    ['a number beyond Int32 with L', { filter: 'long eq 2147483648L' }, 'done'],
    ['a text of digits', { filter: "text eq '2147483648'" }, 'done'],
    ['a fraction', { filter: 'n eq 2147483648.5' }, 'done'],
  ])('for %s is answered as by the service', async (_what, query: { top?: number; filter?: string }, outcome) => {
    const table = await storage.newTable();
    await table.createEntity({ partitionKey: 'p', rowKey: 'r', n: 1, long: 1n, text: '' });
    const pages = table.listEntities({ queryOptions: { ...(query.filter && { filter: query.filter }) } });
    expect(await endOf(pages.byPage({ maxPageSize: query.top ?? 10 }).next())).toBe(outcome);
  });

  it('reports a number beyond Int32', async () => {
    const table = await storage.newTable();
    const rows = table.listEntities({ queryOptions: { filter: 'n gt 3000000000' } });
    await expect(rows.next()).rejects.toThrow("Unrecognized 'Edm.Int32' literal '3000000000' in '5'.");
  });

  it.each([
    // The service's own form; with an empty row key it is refused: microsoft/AzureStorageExplorer#5434 (2022-02-11).
    ['a row key that is empty', 'NextPartitionKey=1!12!Q2FiUXVlcnk-&NextRowKey=', 400],
    ['no row key', 'NextPartitionKey=1!12!Q2FiUXVlcnk-', 200],
    ['an invented continuation', 'NextPartitionKey=CabQuery&NextRowKey=1', 400],
    ['one of a wrong length', 'NextPartitionKey=1!11!Q2FiUXVlcnk-', 400],
  ])('with %s is answered %s', async (_what, continuation, status) => {
    const table = await storage.newTable();
    const { url, headers } = await signedQuery(table);
    const answer = await fetch(`${url}?${continuation}`, { headers });
    expect(answer.status).toBe(status);
    if (status === 400) expect(await answer.json()).toMatchObject({ 'odata.error': { code: 'InvalidInput' } });
  });
});

// Codes: Microsoft Learn, "Table Storage error codes"; limits: "Understanding the Table service data model", read 2026-11-30.
const WRITES: readonly [string, Record<string, unknown>, string][] = [
  ['text of 64,000 bytes', { text: 'x'.repeat(32_000) }, 'done'],
  ['text of more (Azure/Azurite#2510, 2024-11-29)', { text: 'x'.repeat(32_001) }, 'PropertyValueTooLarge'],
  ['64,000 bytes', { bytes: Buffer.alloc(64_000) }, 'done'],
  ['more bytes', { bytes: Buffer.alloc(64_001) }, 'PropertyValueTooLarge'],
  ['252 properties and the three of the system', properties(252), 'done'],
  ['253 properties', properties(253), 'TooManyProperties'],
  ['a name of 255 characters', { ['n'.repeat(255)]: 1 }, 'done'],
  ['a name of 256 characters', { ['n'.repeat(256)]: 1 }, 'PropertyNameTooLong'],
  ['a name that is a C# identifier', { _größe1: 1 }, 'done'],
  ['a name with a dash', { 'a-b': 1 }, 'PropertyNameInvalid'],
  ['a name that begins with a digit', { '1a': 1 }, 'PropertyNameInvalid'],
  ['1 MiB in all', entityOf(1_048_576), 'done'],
  ['more than 1 MiB in all', entityOf(1_048_578), 'EntityTooLarge'],
];

describe('a write to a table', () => {
  it.each(WRITES)('of %s is answered as by the service', async (_what, values, code) => {
    const table = await storage.newTable();
    const entity = { partitionKey: 'p', rowKey: 'r1', ...values };
    const outcome = code === 'done' ? code : `400 ${code}`;
    expect(await endOf(table.createEntity(entity))).toBe(outcome);
    expect(await endOf(table.upsertEntity(entity, 'Replace'))).toBe(outcome);
    expect(await endOf(table.upsertEntity(entity, 'Merge'))).toBe(outcome);
  });

  it('in a batch follows the same rules; one that breaks them undoes all and is named by its place', async () => {
    const table = await storage.newTable();
    const batch = table.submitTransaction([
      ['create', { partitionKey: 'p', rowKey: '1' }],
      ['upsert', { partitionKey: 'p', rowKey: '2', 'a-b': 1 }, 'Merge'],
    ]);
    // Microsoft Learn, "Performing entity group transactions", read 2026-11-30: 202 with one answer within.
    await expect(batch).rejects.toMatchObject({ statusCode: 400, code: 'PropertyNameInvalid' });
    await expect(batch).rejects.toThrow(/^1:The property name is invalid\./);
    expect(await endOf(table.getEntity('p', '1'))).toBe('404 ResourceNotFound');
  });

  it.each([
    // Microsoft Learn, "Performing entity group transactions", read 2026-11-30.
    ['100 entities', 100, 'done'],
    ['101 entities', 101, '400 InvalidInput'],
  ])('in a batch of %s is answered as by the service', async (_what, count, outcome) => {
    const table = await storage.newTable();
    const rows = Array.from({ length: count }, (_, place) => ({ partitionKey: 'p', rowKey: `${place}` }));
    expect(await endOf(table.submitTransaction(rows.map((row) => ['create', row])))).toBe(outcome);
  });

  it.each(['漢', '😀', 'é'])('keeps %s on every border within a long text, alone and in a batch', async (character) => {
    const table = await storage.newTable();
    const text = (shift: number): string => 'x'.repeat(shift) + character.repeat((32_000 - shift) / character.length);
    await table.createEntity({ partitionKey: 'p', rowKey: '0', a: text(0), b: text(2) });
    await table.submitTransaction([
      ['create', { partitionKey: 'p', rowKey: '1', a: text(0) }],
      ['create', { partitionKey: 'p', rowKey: '2', a: text(2) }],
    ]);
    expect(await table.getEntity('p', '0')).toMatchObject({ a: text(0), b: text(2) });
    expect(await table.getEntity('p', '1')).toMatchObject({ a: text(0) });
    expect(await table.getEntity('p', '2')).toMatchObject({ a: text(2) });
  });
});

/** Address and headers of a query as the client signs it: the signature of a table request covers no query. */
async function signedQuery(table: Awaited<ReturnType<typeof storage.table>>) {
  let sent: { readonly url: string; readonly headers: Record<string, string> } | undefined;
  table.pipeline.addPolicy({
    name: 'see',
    sendRequest: async (request, next) => {
      const answer = await next(request);
      sent = { url: request.url.split('?')[0] ?? '', headers: request.headers.toJSON() };
      return answer;
    },
  });
  await table.listEntities().next();
  if (sent === undefined) throw new Error('No query was sent.');
  return sent;
}
