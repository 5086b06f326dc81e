import { beforeEach, describe, expect, it } from 'vitest';
import { createUsageLedger } from '../../shared/money/usageLedger.ts';
import { indexRowOf } from '../../shared/records/analysisIndex.ts';
import type { AnalysisRecord } from '../../shared/records/analysisRecord.ts';
import { partitionOf } from '../../shared/records/analysisRow.ts';
import { factsOf } from '../../shared/records/analysisSteps.ts';
import { type AnalysisStore, createAnalysisStore } from '../../shared/records/analysisStore.ts';
import { createAnswerIndex } from '../../shared/results/answerIndex.ts';
import { type RetentionNeeds, removeExpired } from '../../shared/upkeep/removeExpired.ts';
import { createRetention, type Retention } from '../../shared/upkeep/retention.ts';
import { DAY_MS, NOON_MS, queuedRecord, recordWith } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, openStory, type Story } from '../support/story.ts';

const storage = useStorage();

type Table = Awaited<ReturnType<typeof storage.table>>;

interface Account {
  readonly retention: Retention;
  readonly store: AnalysisStore;
  readonly analyses: Table;
  readonly byTime: Table;
  readonly usage: Table;
}

let account: Account;

beforeEach(async () => {
  const pages = () => storage.table({ mostItems: 3 });
  const [analyses, byTime, usage, answers] = await Promise.all([storage.table(), pages(), pages(), storage.table()]);
  const parts = { analyses, byTime, usage, answers: createAnswerIndex({ table: answers }), blobs: storage.blobs() };
  account = {
    ...{ analyses, byTime, usage },
    retention: createRetention(parts),
    store: createAnalysisStore({ signal: () => undefined, analyses, byTime, now: () => NOON_MS }),
  };
});

/** A container with these blobs of one byte, written now, and pages of so many at most. */
async function containerWith(names: readonly string[], mostItems?: number): Promise<string> {
  const container = await storage.container(undefined, { mostItems });
  for (const name of names) await blobOf(container, name).uploadData(Buffer.from('x'));
  return container;
}

const blobOf = (container: string, name: string) =>
  storage.blobs().getContainerClient(container).getBlockBlobClient(name);

async function namesIn(container: string): Promise<readonly string[]> {
  const names: string[] = [];
  const blobs = storage.blobs().getContainerClient(container).listBlobsFlat({ includeSnapshots: true });
  for await (const { name, snapshot } of blobs) names.push(snapshot ? `${name}, a snapshot` : name);
  return names;
}

const later = (): number => Date.now() + DAY_MS;

describe('removeBlobs', () => {
  it('skips a leased blob, names it, and removes snapshots with their blob', async () => {
    const container = await containerWith(['a', 'b', 'c', 'd']);
    await blobOf(container, 'b').getBlobLeaseClient().acquireLease(-1);
    await blobOf(container, 'c').createSnapshot();
    const removal = await account.retention.removeBlobs(container, { beforeMs: later(), most: 500 });
    expect(removal).toMatchObject({ removed: 3, isMore: false, kept: [{ item: 'b' }] });
    expect(await namesIn(container)).toEqual(['b']);
  });

  it('skips 40 leased blobs in a row', async () => {
    const names = Array.from({ length: 40 }, (_, place) => `a${place}`);
    const container = await containerWith([...names, 'z']);
    await Promise.all(names.map((name) => blobOf(container, name).getBlobLeaseClient().acquireLease(-1)));
    const removal = await account.retention.removeBlobs(container, { beforeMs: later(), most: 500 });
    expect(removal.kept).toHaveLength(40);
    expect(await namesIn(container)).toEqual(names.toSorted());
  });

  it('reads through empty and short pages, and ends a run at a page where it can continue', async () => {
    const container = await containerWith(['a', 'b', 'c', 'd', 'e'], 2);
    const { retention } = account;
    const first = await retention.removeBlobs(container, { beforeMs: later(), most: 3 });
    expect(first).toMatchObject({ kept: [], isMore: true, from: expect.any(String) });
    // A page holds two at most, and the one with the third is finished.
    expect([3, 4]).toContain(first.removed);
    expect(await namesIn(container)).toEqual(['a', 'b', 'c', 'd', 'e'].slice(first.removed));
    const second = await retention.removeBlobs(container, { beforeMs: later(), most: 3, from: first.from ?? '' });
    expect(second).toEqual({ removed: 5 - first.removed, kept: [], isMore: false });
  });

  it('lists no more than 20 pages a run where nothing is old', async () => {
    const names = Array.from({ length: 45 }, (_, place) => `${100 + place}`);
    const container = await containerWith(names, 1);
    const { retention } = account;
    let from: string | undefined;
    let runs = 0;
    do {
      const removal = await retention.removeBlobs(container, {
        beforeMs: 0,
        most: 3,
        ...(from !== undefined && { from }),
      });
      expect(removal.removed).toBe(0);
      from = removal.from;
      runs += 1;
    } while (from !== undefined);
    expect(runs).toBeGreaterThanOrEqual(3);
  });

  it('leaves a blob that was written again after it was listed', async () => {
    const container = await containerWith(['a']);
    const isNeeded = async (name: string): Promise<boolean> => {
      await blobOf(container, name).uploadData(Buffer.from('new'));
      return false;
    };
    const removal = await account.retention.removeBlobs(container, { beforeMs: later(), most: 500, isNeeded });
    expect(removal).toEqual({ removed: 0, kept: [], isMore: false });
    expect(await namesIn(container)).toEqual(['a']);
  });

  it('does nothing in a missing container', async () => {
    const removal = await account.retention.removeBlobs('no-such-container', { beforeMs: later(), most: 500 });
    expect(removal).toEqual({ removed: 0, kept: [], isMore: false });
  });

  it('fails if the storage refuses every blob', async () => {
    const container = await containerWith(Array.from({ length: 17 }, (_, place) => `${place}`));
    const refused = Object.assign(new Error('no'), { statusCode: 403 });
    const isNeeded = (): Promise<boolean> => Promise.reject(refused);
    const removing = account.retention.removeBlobs(container, { beforeMs: later(), most: 500, isNeeded });
    await expect(removing).rejects.toBe(refused);
  });
});

describe('removeRecords', () => {
  const ended = (name: string, agoDays: number): AnalysisRecord =>
    recordWith(agoDays % 2 === 0 ? 'failed' : 'succeeded', factsOf(queuedRecord(name, NOON_MS - agoDays * DAY_MS)));

  it('removes older records over empty and short pages, from run to run', async () => {
    const records = Array.from({ length: 14 }, (_, place) => ended(`${place}.png`, place));
    for (const record of records) await account.store.insert(record);
    const beforeMs = NOON_MS - 4 * DAY_MS;
    let from: string | undefined;
    const runs: number[] = [];
    do {
      const removal = await account.retention.removeRecords({ beforeMs, most: 4, ...(from !== undefined && { from }) });
      runs.push(removal.removed);
      from = removal.from;
    } while (from !== undefined);
    expect(runs.every((removed) => removed <= 4)).toBe(true);
    expect(runs.reduce((sum, removed) => sum + removed, 0)).toBe(9);
    const left = (await account.store.list({ limit: 50 })).records;
    expect(left.map(({ id }) => id)).toEqual(records.slice(0, 5).map(({ id }) => id));
  });

  it('skips a record that cannot be read, and does not start with it again', async () => {
    const records = [5, 7, 9].map((agoDays) => ended(`${agoDays}.png`, agoDays));
    for (const record of records) await account.store.insert(record);
    const { id = '' } = records[0] ?? {};
    await account.analyses.updateEntity({ partitionKey: partitionOf(id), rowKey: id, record0: '{"a' }, 'Replace');
    const first = await account.retention.removeRecords({ beforeMs: NOON_MS, most: 1 });
    expect(first).toMatchObject({ removed: 0, kept: [{ item: id }], isMore: true, from: expect.any(String) });
    const second = await account.retention.removeRecords({ beforeMs: NOON_MS, most: 9, from: first.from ?? '' });
    expect(second).toEqual({ removed: 2, kept: [], isMore: false });
  });

  it('leaves the record of an analysis that runs again, whose old row a crash left behind', async () => {
    const record = ended('again.png', 4);
    await account.store.insert({ ...record, status: 'queued' });
    await account.byTime.upsertEntity(indexRowOf(record));
    await account.retention.removeRecords({ beforeMs: NOON_MS, most: 9 });
    expect((await account.store.find(record.id))?.record.status).toBe('queued');
    expect((await account.store.list({ status: 'failed', limit: 5 })).records).toEqual([]);
  });
});

describe('removeUsage', () => {
  it('removes older months, and of the month of the border only what is older', async () => {
    const ledger = createUsageLedger({ signal: () => undefined, usage: account.usage });
    const entry = { model: 'm@1', region: 'westus', task: 'text', promptTokens: 1, completionTokens: 1, microUsd: 1 };
    const days = [0, 1, 2, 10, 40, 80];
    for (const agoDays of days) {
      await ledger.add({ analysisId: `a${agoDays}`, call: 1, atMs: NOON_MS - agoDays * DAY_MS, ...entry });
    }
    expect(await account.retention.removeUsage({ beforeMs: NOON_MS - 2 * DAY_MS, most: 2 })).toMatchObject({
      removed: 2,
      isMore: true,
    });
    expect(await account.retention.removeUsage({ beforeMs: NOON_MS - 2 * DAY_MS, most: 9 })).toMatchObject({
      removed: 1,
      isMore: false,
    });
    const left: string[] = [];
    for await (const { analysisId } of ledger.between(NOON_MS - 100 * DAY_MS, NOON_MS + 1)) left.push(analysisId);
    expect(left).toEqual(['a2', 'a1', 'a0']);
  });
});

describe('removeExpired', () => {
  interface Run {
    readonly story: Story;
    readonly parts: RetentionNeeds;
  }

  /** A retention whose kinds do what they are told, over real progress. */
  async function scripted(kinds: Partial<Retention>): Promise<Run> {
    const story = await openStory(storage, () => answerOf());
    const none = { removed: 0, kept: [], isMore: false };
    const retention: Retention = {
      removeRecords: async () => none,
      removeUsage: async () => none,
      removeBlobs: async () => none,
      ...kinds,
    };
    const retentionDays = { records: 90, inbox: 1, usage: 400, results: 30 };
    return { story, parts: { ...story.parts, retention, retentionDays, resultsContainer: 'results' } };
  }

  it('continues a round each minute, and leaves completed kinds alone for an hour', async () => {
    const looks: string[] = [];
    const { story, parts } = await scripted({
      removeBlobs: async (container, { from }) => {
        looks.push(`${container} from ${from ?? 'the start'}`);
        const isMore = container === 'results' && from !== 'page 3';
        const next = from === undefined ? 'page 2' : 'page 3';
        return { removed: 0, kept: [], isMore, ...(isMore && { from: next }) };
      },
    });
    for (let minute = 0; minute < 5; minute++) {
      await removeExpired(parts);
      story.pass(60_000);
    }
    expect(looks).toEqual([
      'inbox from the start',
      'results from the start',
      'results-http from the start',
      'results from page 2',
      'results from page 3',
    ]);
    story.pass(3_600_000);
    await removeExpired(parts);
    expect(looks.slice(5)).toEqual(['inbox from the start', 'results from the start', 'results-http from the start']);
  });

  it('signals once a run what could not be removed and why', async () => {
    const leased = Object.assign(new Error('leased'), { statusCode: 412, code: 'LeaseIdMissing' });
    const { story, parts } = await scripted({
      removeRecords: async () => ({
        removed: 1,
        isMore: false,
        kept: ['a', 'b'].map((item) => ({ item, error: leased })),
      }),
    });
    await removeExpired(parts);
    await removeExpired(parts);
    expect(story.signals).toEqual([
      {
        event: 'retention.incomplete',
        facts: { of: 'records', kept: 2, example: 'a', reasons: '412 LeaseIdMissing 2 times' },
      },
    ]);
  });

  it('handles every kind although one fails, names it, and drops a continuation that the storage refuses', async () => {
    const refused = Object.assign(new Error('bad marker'), { statusCode: 400, code: 'InvalidQueryParameterValue' });
    let isRefused = false;
    const seen: string[] = [];
    const { story, parts } = await scripted({
      removeBlobs: async (container, { from = 'the start' }) => {
        seen.push(`${container} from ${from}`);
        if (container !== 'inbox') return { removed: 0, kept: [], isMore: false };
        if (isRefused) throw refused;
        return { removed: 0, kept: [], isMore: true, from: 'gone' };
      },
    });
    await removeExpired(parts);
    isRefused = true;
    story.pass(3_600_000);
    await expect(removeExpired(parts)).rejects.toThrow(
      '1 step of retention failed. inbox: 400 InvalidQueryParameterValue.',
    );
    story.pass(3_600_000);
    await expect(removeExpired(parts)).rejects.toThrow('1 step of retention failed.');
    expect(seen.filter((look) => look.startsWith('inbox'))).toEqual([
      'inbox from the start',
      'inbox from gone',
      'inbox from the start',
    ]);
    expect(seen.filter((look) => look.startsWith('results-http'))).toHaveLength(3);
  });
});
