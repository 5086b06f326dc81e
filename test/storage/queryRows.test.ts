import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { queryPages, queryRows, readRows } from '../../shared/storage/queryRows.ts';
import { useStorage } from '../support/storage.ts';
import { noteTableRequests, type TableRequests } from '../support/tableRequests.ts';

const storage = useStorage();

interface Row {
  readonly partitionKey: string;
  readonly rowKey: string;
}

const schema: z.ZodType<Row> = z.object({ partitionKey: z.string(), rowKey: z.string() });

const ALL = ["PartitionKey ge 'a'"];
const keyOf = ({ partitionKey, rowKey }: Row): string => `${partitionKey}${rowKey}`;

interface Letters {
  readonly table: Awaited<ReturnType<typeof storage.table>>;
  readonly requests: TableRequests;
}

/** A table with rows a0 to a4, b0 to b4 and c0 to c4, and pages of so many rows at most. */
async function letters(mostItems: number): Promise<Letters> {
  const requests = noteTableRequests();
  const additionalPolicies = [{ policy: requests.policy, position: 'perRetry' as const }];
  const table = await storage.table({ mostItems, additionalPolicies });
  for (const partitionKey of ['a', 'b', 'c']) {
    const rows = Array.from({ length: 5 }, (_, place) => ({ partitionKey, rowKey: `${place}` }));
    await table.submitTransaction(rows.map((row) => ['create', row]));
  }
  requests.forget();
  return { table, requests };
}

describe('queryPages', () => {
  it('reads through empty pages, short pages and borders of partitions', async () => {
    const { table } = await letters(2);
    const pages: string[][] = [];
    for await (const page of queryPages<Row>(table, { schema, ranges: ALL })) pages.push(page.map(keyOf));
    expect(pages).toEqual([
      [],
      ['a0', 'a1'],
      ['a2', 'a3'],
      ['a4'],
      ['b0', 'b1'],
      ['b2', 'b3'],
      ['b4'],
      ['c0', 'c1'],
      ['c2', 'c3'],
      ['c4'],
    ]);
  });

  it('never asks for more rows than the service gives', async () => {
    const { table, requests } = await letters(1_000);
    for await (const _page of queryPages<Row>(table, { schema, ranges: ALL, pageRows: 2_000 }));
    expect(new Set(requests.all.map(({ top }) => top))).toEqual(new Set([1_000]));
  });

  it('is refused where a query does', async () => {
    const { table } = await letters(1_000);
    const pages = table.listEntities().byPage({ maxPageSize: 2_000 });
    await expect(pages.next()).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe('queryRows', () => {
  it('asks for a later range only when those before it have ended', async () => {
    const { table, requests } = await letters(1_000);
    const ranges = ["PartitionKey eq 'a' and RowKey gt '2'", "PartitionKey gt 'a'"];
    const rows: string[] = [];
    for await (const row of queryRows<Row>(table, { schema, ranges })) {
      rows.push(keyOf(row));
      if (rows.length === 2) break;
    }
    expect(rows).toEqual(['a3', 'a4']);
    expect(new Set(requests.all.map(({ filter }) => filter))).toEqual(new Set([ranges[0]]));
  });
});

describe('readRows', () => {
  it.each([
    [1, 3, 3, false],
    [2, 9, 9, false],
    [1_000, 15, 15, false],
    [2, 16, 15, true],
    [1_000, 2_000, 15, true],
  ])('with pages of %i gives of the first %i rows %i, the last: %s', async (mostRows, most, count, isEnd) => {
    const { table } = await letters(mostRows);
    const read = await readRows<Row>(table, { schema, ranges: ALL, most });
    expect(read.rows.map(keyOf)).toEqual(
      ['a', 'b', 'c'].flatMap((letter) => [0, 1, 2, 3, 4].map((at) => `${letter}${at}`)).slice(0, count),
    );
    expect(read.isEnd).toBe(isEnd);
  });

  it('goes over ranges in turn and says when there is nothing', async () => {
    const { table } = await letters(2);
    const ranges = ["PartitionKey eq 'b' and RowKey gt '3'", "PartitionKey gt 'b'"];
    const { rows } = await readRows<Row>(table, { schema, ranges, most: 3 });
    expect(rows.map(keyOf)).toEqual(['b4', 'c0', 'c1']);
    expect(await readRows<Row>(table, { schema, ranges: ["PartitionKey eq 'z'"], most: 3 })).toMatchObject({
      rows: [],
      isEnd: true,
    });
  });
});
