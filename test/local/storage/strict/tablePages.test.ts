import type { TableClient } from '@azure/data-tables';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endPage, type RowPlace } from '../../../../local/storage/strict/tablePages.ts';
import { choices, useStrictStorage } from './strictStorage.ts';

const storage = useStrictStorage();

const row = (PartitionKey: string, RowKey: string) => ({ PartitionKey, RowKey });
const ROWS = [row('a', '1'), row('a', '2'), row('a', '3'), row('b', '1')];
const FIRST = { asked: undefined, next: undefined };

describe('endPage', () => {
  it('ends where a partition ends, and names the next row', () => {
    expect(endPage(ROWS, FIRST, choices())).toEqual({
      rows: ROWS.slice(0, 3),
      next: { partitionKey: 'b', rowKey: '1' },
    });
  });

  it('may leave out the row key there (Azure/azure-sdk-for-net#19891, 2021-03-28), and nowhere else', () => {
    expect(endPage(ROWS, FIRST, choices(1, 1, 0)).next).toEqual({ partitionKey: 'b' });
    expect(endPage(ROWS, FIRST, choices(0.3, 0, 0)).next).toEqual({ partitionKey: 'a', rowKey: '2' });
  });

  it('may end early', () => {
    expect(endPage(ROWS, FIRST, choices(0.3, 0.5)).rows).toEqual(ROWS.slice(0, 2));
  });

  it('may begin with an empty page that has a continuation, where rows match and where none does', () => {
    expect(endPage(ROWS, FIRST, choices(0))).toEqual({ rows: [], next: { partitionKey: 'a', rowKey: '1' } });
    expect(endPage([], FIRST, choices(0))).toEqual({ rows: [], next: { partitionKey: '' } });
    expect(endPage([], { asked: { partitionKey: '' }, next: undefined }, choices(0)).next).toBeUndefined();
  });

  it('gives every row once, in order, whatever is chosen', () => {
    const tables = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 9 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(tables, fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (keys, numbers) => {
        const table = [...new Set(keys.map(([partition, place]) => `${partition}${place}`))]
          .toSorted()
          .map((key) => row(key.charAt(0), key.slice(1)));
        const choose = (): number => numbers.next().value as number;
        const seen: object[] = [];
        let asked: RowPlace | undefined;
        for (let calls = 0; calls === 0 || asked; calls += 1) {
          expect(calls).toBeLessThan(3 * table.length + 3);
          const from = asked;
          const rest = table.filter(
            ({ PartitionKey, RowKey }) =>
              !from ||
              PartitionKey > from.partitionKey ||
              (PartitionKey === from.partitionKey && RowKey >= (from.rowKey ?? '')),
          );
          const page = endPage(rest, { asked, next: undefined }, choose);
          seen.push(...page.rows);
          asked = page.next;
        }
        expect(seen).toEqual(table);
      }),
    );
  });
});

async function pagesOf(table: TableClient, options: Parameters<TableClient['listEntities']>[0] = {}, size = 1_000) {
  const pages: string[][] = [];
  for await (const page of table.listEntities(options).byPage({ maxPageSize: size }))
    pages.push(page.map(({ partitionKey, rowKey }) => `${partitionKey}/${rowKey}`));
  return pages;
}

async function filled(): Promise<{ readonly table: TableClient; readonly keys: readonly string[] }> {
  const table = await storage.newTable();
  const keys: string[] = [];
  for (const partitionKey of ['a', 'ü', '漢']) {
    const rows = Array.from({ length: 12 }, (_, place) => ({ partitionKey, rowKey: String(place).padStart(2, '0') }));
    keys.push(...rows.map(({ rowKey }) => `${partitionKey}/${rowKey}`));
    await table.submitTransaction(rows.map((entity) => ['create', { ...entity, n: 1 }]));
  }
  return { table, keys };
}

describe('a listing of a table', () => {
  it('gives all rows in pages of one partition each, some of them short or empty', async () => {
    const { table, keys } = await filled();
    const listings: string[][][] = [];
    for (let times = 0; times < 20; times += 1) listings.push(await pagesOf(table, {}, 8));
    for (const pages of listings) expect(pages.flat()).toEqual(keys);
    const pages = listings.flat();
    expect(pages.every((page) => new Set(page.map((key) => key.split('/')[0])).size <= 1)).toBe(true);
    expect(pages.some((page) => page.length === 0)).toBe(true);
    expect(Math.max(...pages.map((page) => page.length))).toBe(8);
  });

  it('gives the properties that were selected, and no others', async () => {
    const { table } = await filled();
    const rows: object[] = [];
    for await (const { etag: _etag, ...entity } of table.listEntities({ queryOptions: { select: ['n'] } }))
      rows.push(entity);
    expect(rows).toEqual(Array(36).fill({ n: 1 }));
  });

  it('reads one row after the other as well', async () => {
    const { table, keys } = await filled();
    const rows = await Array.fromAsync(table.listEntities({ queryOptions: { filter: 'n eq 1' } }));
    expect(rows.map(({ partitionKey, rowKey }) => `${partitionKey}/${rowKey}`)).toEqual(keys);
  });
});
