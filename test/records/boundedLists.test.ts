import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { indexRowOf } from '../../shared/records/analysisIndex.ts';
import { inKeyOrder, type ListPage, type ListQuery } from '../../shared/records/analysisList.ts';
import type { AnalysisRecord } from '../../shared/records/analysisRecord.ts';
import { rowOf } from '../../shared/records/analysisRow.ts';
import { sourceName } from '../../shared/records/analysisSource.ts';
import { factsOf } from '../../shared/records/analysisSteps.ts';
import { type AnalysisStore, createAnalysisStore } from '../../shared/records/analysisStore.ts';
import { DAY_MS, NOON_MS, queuedRecord, recordWith, runningRecord } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { noteTableRequests, type TableRequests } from '../support/tableRequests.ts';

const storage = useStorage();

interface Account {
  readonly store: AnalysisStore;
  readonly analyses: TableRequests;
  readonly byTime: TableRequests;
}

/** Tables with these records, and pages of so many rows at most. */
async function accountWith(records: readonly AnalysisRecord[], mostItems = 1_000): Promise<Account> {
  const [analyses, byTime] = [noteTableRequests(), noteTableRequests()];
  const tableOf = ({ policy }: TableRequests) =>
    storage.table({ mostItems, additionalPolicies: [{ policy, position: 'perRetry' }] });
  const [analysesTable, byTimeTable] = await Promise.all([tableOf(analyses), tableOf(byTime)]);
  const write = async (table: typeof byTimeTable, rows: readonly { partitionKey: string; rowKey: string }[]) => {
    for (const some of Map.groupBy(rows, ({ partitionKey }) => partitionKey).values()) {
      for (let at = 0; at < some.length; at += 100) {
        await table.submitTransaction(some.slice(at, at + 100).map((row) => ['create', { ...row }]));
      }
    }
  };
  await write(byTimeTable, records.map(indexRowOf));
  await write(analysesTable, records.map(rowOf));
  for (const each of [analyses, byTime]) each.forget();
  return {
    store: createAnalysisStore({
      signal: () => undefined,
      analyses: analysesTable,
      byTime: byTimeTable,
      now: () => NOON_MS,
    }),
    analyses,
    byTime,
  };
}

const namesOf = ({ records }: ListPage): readonly string[] => records.map(({ source }) => sourceName(source));

async function pagesOf(store: AnalysisStore, query: ListQuery): Promise<readonly ListPage[]> {
  const pages: ListPage[] = [];
  let continuation: string | undefined;
  do {
    const page = await store.list({ ...query, ...(continuation !== undefined && { continuation }) });
    pages.push(page);
    continuation = page.continuation;
  } while (continuation !== undefined);
  return pages;
}

describe('a list over pages that are empty or end early', () => {
  const records = Array.from({ length: 30 }, (_, age): AnalysisRecord => {
    const facts = factsOf(queuedRecord(`${age % 2 === 0 ? 'even' : 'odd'}/${age}.png`, NOON_MS - age * DAY_MS));
    return recordWith(age % 3 === 0 ? 'failed' : age % 3 === 1 ? 'running' : 'queued', facts);
  });
  const names = records.map(({ source }) => sourceName(source));
  let account: Account;
  beforeAll(async () => {
    account = await accountWith(records, 2);
  });

  it.each([
    [{ limit: 7 }, names],
    [{ limit: 200 }, names],
    [{ limit: 4, status: 'running' as const }, names.filter((_, age) => age % 3 === 1)],
    [{ limit: 3, status: 'failed' as const }, names.filter((_, age) => age % 3 === 0)],
    [{ limit: 50, prefix: 'odd/' }, names.filter((name) => name.startsWith('odd/'))],
    [
      { limit: 3, prefix: 'even/', group: 'open' as const },
      names.filter((name, age) => name.startsWith('even/') && age % 3 > 0),
    ],
  ])('gives all of %j, in order', async (query, expected) => {
    expect((await pagesOf(account.store, query)).flatMap(namesOf)).toEqual(expected);
  });

  it('gives a row of a status that few have, though its group is read to its end long before the others', async () => {
    const open = Array.from({ length: 40 }, (_, age) => queuedRecord(`${age}.png`, NOON_MS - age * DAY_MS));
    const old = recordWith('failed', factsOf(queuedRecord('failed.png', NOON_MS - 25 * DAY_MS - 1)));
    const { store } = await accountWith([...open, old], 2);
    const pages = await pagesOf(store, { limit: 200 });
    expect(pages.flatMap(namesOf)).toEqual(
      [...open, old]
        .toSorted((left, right) => right.createdAtMs - left.createdAtMs)
        .map(({ source }) => sourceName(source)),
    );
  });

  it('asks for ranges of keys only: no or, no text of a caller, no $top over 1,000', async () => {
    account.byTime.forget();
    await pagesOf(account.store, { limit: 5, prefix: "o'dd" });
    await account.store.open({ limit: 2_000 });
    const requests = account.byTime.all;
    expect(requests.every(({ filter, top }) => !filter.includes(' or ') && (top ?? 0) <= 1_000)).toBe(true);
    expect(
      requests.every(({ filter }) =>
        /^(?:(?: and )?\w+ (?:eq|g[te]|l[te]) '[a-z]*[-.]?[\d-]*[0-9a-f]*')+$/.test(filter),
      ),
    ).toBe(true);
  });

  it('reads 2,000 open rows across days, and continues where it ended', async () => {
    const seen: string[] = [];
    let continuation: string | undefined;
    do {
      const look = await account.store.open({ limit: 9, ...(continuation !== undefined && { continuation }) });
      seen.push(...look.open.map(({ record }) => sourceName(record.source)));
      continuation = look.continuation;
    } while (continuation !== undefined);
    expect(seen).toEqual(names.filter((_, age) => age % 3 > 0));
  });
});

describe('the work of a list with 20,000 open analyses', () => {
  const records = Array.from({ length: 20_000 }, (_, place) => queuedRecord(`scans/${place}.png`, NOON_MS - place * 5));
  const runs = runningRecord(queuedRecord('old.png', NOON_MS - 200_000_000));
  let account: Account;
  beforeAll(async () => {
    account = await accountWith([...records, runs]);
  });

  async function measured(query: ListQuery): Promise<ListPage & { readonly reads: number; readonly queries: number }> {
    for (const each of [account.analyses, account.byTime]) each.forget();
    const page = await account.store.list(query);
    return { ...page, reads: account.analyses.count('read'), queries: account.byTime.count('query') };
  }

  it('reads at most 1,000 records for a rare status: an empty page has a continuation', async () => {
    const page = await measured({ status: 'running', limit: 50 });
    expect(page).toMatchObject({ records: [], continuation: expect.any(String) });
    // 64 are read at once; how many pages hold them is the service's choice.
    expect(page.reads).toBeLessThan(1_000 + 64);
    expect(page.queries).toBeLessThanOrEqual(40);
  });

  it('comes to the one that has it', async () => {
    const { rowKey: continuation } = indexRowOf(records[19_500] ?? runs);
    const page = await account.store.list({ status: 'running', limit: 50, continuation });
    expect(namesOf(page)).toEqual(['old.png']);
    expect(page.continuation).toBeUndefined();
  });

  it('is at most 10,000 rows of the index for a prefix, and no record but those that have it', async () => {
    const page = await measured({ prefix: 'old', limit: 50 });
    expect(page).toMatchObject({ records: [], reads: 0, continuation: expect.any(String) });
    expect(page.queries).toBeLessThanOrEqual(40);
    expect((await pagesOf(account.store, { prefix: 'old', limit: 50 })).flatMap(namesOf)).toEqual(['old.png']);
  });

  it('takes a prefix of any characters and length', async () => {
    for (const prefix of ['界'.repeat(1_024), "'".repeat(1_024), '\u0001\uffff', '%27 or 1 eq 1']) {
      expect((await account.store.list({ prefix, status: 'failed', limit: 5 })).records).toEqual([]);
    }
  });

  it('is a record and a row each where every row fits', async () => {
    const all = await measured({ limit: 50 });
    expect(all).toMatchObject({ reads: 50, records: { length: 50 } });
    const queued = await measured({ status: 'queued', limit: 50 });
    expect(queued.records).toHaveLength(50);
    expect(queued.reads).toBeLessThan(50 + 64);
    for (const { queries } of [all, queued]) expect(queries).toBeLessThanOrEqual(40);
  });
});

describe('inKeyOrder', () => {
  const row = (rowKey: string): { readonly rowKey: string } => ({ rowKey });

  it('gives rows as far as every read has come', () => {
    const reads = [
      { rows: [row('1'), row('4')], isEnd: true },
      { rows: [row('2')], isEnd: false },
    ];
    expect(inKeyOrder(reads)).toEqual({ rows: [row('1'), row('2')], isEnd: false });
  });

  it('gives each key once, in order, and none that another read may yet come before', () => {
    const keys = fc.array(fc.integer({ min: 100, max: 999 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(fc.record({ keys, cut: fc.nat(12) }), { minLength: 1, maxLength: 5 }), (groups) => {
        const all = groups.map((group) => [...new Set(group.keys)].sort().map((key) => row(`${key}`)));
        const reads = groups.map(({ cut }, place) => {
          const rows = all[place]?.slice(0, cut + 1) ?? [];
          return { rows, isEnd: rows.length === all[place]?.length };
        });
        const merged = inKeyOrder(reads);
        const whole = [...new Set(all.flat().map(({ rowKey }) => rowKey))].sort();
        expect(merged.rows.map(({ rowKey }) => rowKey)).toEqual(whole.slice(0, merged.rows.length));
        if (merged.isEnd) expect(merged.rows).toHaveLength(whole.length);
        else expect(merged.rows.length).toBeGreaterThan(0);
      }),
    );
  });
});
