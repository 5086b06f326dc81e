import type { TableClient } from '@azure/data-tables';
import { beforeEach, describe, expect, it } from 'vitest';
import { AnswerFailed, ImageRejected } from '../../shared/errors.ts';
import { INDEX_GROUPS, indexRowOf } from '../../shared/records/analysisIndex.ts';
import type { ListQuery } from '../../shared/records/analysisList.ts';
import type { AnalysisRecord } from '../../shared/records/analysisRecord.ts';
import { rowOf } from '../../shared/records/analysisRow.ts';
import { endedBy, newAnalysis, succeeded } from '../../shared/records/analysisSteps.ts';
import { type AnalysisStore, createAnalysisStore } from '../../shared/records/analysisStore.ts';
import type { StoredAnalysis } from '../../shared/records/storedAnalysis.ts';
import {
  DAY_MS,
  droppedFile,
  NOON_MS,
  queuedRecord,
  REQUEST,
  recordWith,
  runningRecord,
  waitingRecord,
} from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';

const storage = useStorage();
let nowMs = NOON_MS;
let byTime: TableClient;
let analyses: TableClient;
let store: AnalysisStore;

beforeEach(async () => {
  nowMs = NOON_MS;
  [analyses, byTime] = await Promise.all([storage.table(), storage.table()]);
  store = createAnalysisStore({ signal: () => undefined, analyses, byTime, now: () => nowMs });
});

async function insert<Kept extends AnalysisRecord>(record: Kept): Promise<StoredAnalysis<Kept>> {
  const { version } = (await store.insert(record)).stored;
  return { record, version };
}

async function replace(stored: StoredAnalysis, record: AnalysisRecord): Promise<StoredAnalysis> {
  const written = await store.replace(stored, record);
  if (written.kind === 'changed') throw new Error('Somebody else was faster.');
  return written.stored;
}

async function indexRows(): Promise<readonly string[]> {
  const rows: string[] = [];
  for await (const row of byTime.listEntities()) rows.push(`${row.partitionKey}/${row.rowKey}`);
  return rows;
}

async function namesOfPages(query: Omit<ListQuery, 'continuation'>): Promise<readonly (readonly string[])[]> {
  const pages: string[][] = [];
  let continuation: string | undefined;
  do {
    const page = await store.list({ ...query, ...(continuation === undefined ? {} : { continuation }) });
    pages.push(page.records.map(({ source }) => (source.kind === 'blob' ? source.name : 'http')));
    continuation = page.continuation;
  } while (continuation !== undefined);
  return pages;
}

async function openNames(): Promise<readonly string[]> {
  const names: string[] = [];
  let continuation: string | undefined;
  do {
    const look = await store.open({ limit: 2, ...(continuation === undefined ? {} : { continuation }) });
    names.push(...look.open.map(({ record }) => (record.source.kind === 'blob' ? record.source.name : 'http')));
    continuation = look.continuation;
  } while (continuation !== undefined);
  return names;
}

describe('insert', () => {
  it('keeps a record once when 64 creators come at the same moment, and gives it to all the others', async () => {
    const source = droppedFile('valley.jpg');
    const records = Array.from({ length: 64 }, (_, place) => newAnalysis(source, REQUEST, NOON_MS + place));
    const kept = await Promise.all(records.map((record) => store.insert(record)));
    const winners = kept.filter(({ kind }) => kind === 'inserted');
    expect(winners).toHaveLength(1);
    expect(new Set(kept.map(({ stored }) => stored.record.createdAtMs)).size).toBe(1);
    expect(await indexRows()).toEqual([`${Object.values(keyOf(winners[0]?.stored.record)).join('/')}`]);
  });

  it('leaves no second row of a record that is rejected twice', async () => {
    const source = droppedFile('notes.png');
    const wrong = new ImageRejected('not-an-image', 'It is text.');
    await insert(endedBy(newAnalysis(source, REQUEST, NOON_MS), wrong, NOON_MS));
    await insert(endedBy(newAnalysis(source, REQUEST, NOON_MS + 5), wrong, NOON_MS + 5));
    expect(await namesOfPages({ limit: 10, status: 'rejected' })).toEqual([['notes.png']]);
    expect(await indexRows()).toHaveLength(1);
  });

  it('takes the very same record for its own write, whose answer was lost, and keeps its row', async () => {
    const record = queuedRecord('valley.jpg');
    await insert(record);
    const again = await store.insert({ ...record });
    expect(again.kind).toBe('inserted');
    expect(await openNames()).toEqual(['valley.jpg']);
  });

  it('keeps names with quotes, accents and emoji, and requests of any size', async () => {
    const source = droppedFile('o\'Neill/Zürich "quoted" 🏔 #1?.png');
    const schema = { type: 'object', description: 'u'.repeat(100_000) };
    const record = newAnalysis(source, { ...REQUEST, task: 'extract', schema }, NOON_MS);
    await insert(record);
    expect((await store.find(record.id))?.record).toEqual(record);
    expect(await namesOfPages({ limit: 5, prefix: 'o\'Neill/Zürich "' })).toEqual([[source.name]]);
  });
});

describe('find', () => {
  it('returns nothing for an unknown id', async () => {
    expect(await store.find('0'.repeat(32))).toBeUndefined();
  });
});

describe('replace', () => {
  it('lets one of many writers of the same version through', async () => {
    const stored = await insert(queuedRecord('valley.jpg'));
    const written = await Promise.all(
      Array.from({ length: 16 }, (_, place) =>
        store.replace(stored, runningRecord(stored.record, { lease: { holder: `${place}`, untilMs: NOON_MS } })),
      ),
    );
    expect(written.filter(({ kind }) => kind === 'replaced')).toHaveLength(1);
    expect(written.filter(({ kind }) => kind === 'changed')).toHaveLength(15);
  });

  it('continues from the version that it wrote', async () => {
    const stored = await insert(queuedRecord('valley.jpg'));
    const running = await replace(stored, runningRecord(stored.record));
    const waiting = await replace(running, waitingRecord(running.record, NOON_MS + 1));
    expect((await store.find(stored.record.id))?.record).toEqual(waiting.record);
  });

  it('says that a removed record has changed', async () => {
    const stored = await insert(queuedRecord('valley.jpg'));
    await store.remove(stored);
    expect(await store.replace(stored, stored.record)).toEqual({ kind: 'changed' });
  });

  it('lists a record once and as it ended, where two holders ended it at the same moment', async () => {
    const stored = await insert(queuedRecord('valley.jpg'));
    const unusable = endedBy(
      stored.record,
      new AnswerFailed('answer-unusable', 'Nothing could be read.'),
      NOON_MS + 10,
    );
    const written = await Promise.all([
      store.replace(stored, succeeded(stored.record, [], NOON_MS + 10)),
      store.replace(stored, unusable),
    ]);
    const [won, lost] =
      written[0].kind === 'replaced' ? (['succeeded', 'failed'] as const) : (['failed', 'succeeded'] as const);
    expect(await openNames()).toEqual([]);
    expect(await namesOfPages({ limit: 10, status: won })).toEqual([['valley.jpg']]);
    expect(await namesOfPages({ limit: 10, status: lost })).toEqual([[]]);
    expect(await namesOfPages({ limit: 10 })).toEqual([['valley.jpg']]);
  });

  it('moves what is done from the open rows to those of its status', async () => {
    const stored = await insert(queuedRecord('valley.jpg'));
    await replace(stored, succeeded(stored.record, [], NOON_MS + 10));
    expect(await openNames()).toEqual([]);
    expect(await namesOfPages({ limit: 10, status: 'succeeded' })).toEqual([['valley.jpg']]);
    expect(await indexRows()).toHaveLength(1);
  });
});

describe('remove', () => {
  it('leaves nothing, and does not mind that nothing is there', async () => {
    const stored = await insert(queuedRecord('valley.jpg'));
    expect(await store.remove(stored)).toBe('removed');
    expect(await store.remove(stored)).toBe('removed');
    expect(await store.find(stored.record.id)).toBeUndefined();
    expect(await indexRows()).toEqual([]);
  });

  it('leaves what has changed since it was read', async () => {
    const stored = await insert(queuedRecord('valley.jpg'));
    await store.replace(stored, runningRecord(stored.record));
    expect(await store.remove(stored)).toBe('changed');
    expect((await store.find(stored.record.id))?.record.status).toBe('running');
    expect(await indexRows()).toHaveLength(1);
  });
});

describe('list', () => {
  it('gives the newest first, over days and states, page by page', async () => {
    const states = ['queued', 'succeeded', 'rejected', 'failed', 'cancelled', 'waiting', 'running'] as const;
    const names = Array.from({ length: 21 }, (_, age) => `image-${String(age).padStart(2, '0')}.png`);
    await Promise.all(
      names.map((name, age) =>
        insert(recordWith(states[age % 7] ?? 'queued', queuedRecordParts(name, NOON_MS - age * (DAY_MS / 3)))),
      ),
    );
    expect(await namesOfPages({ limit: 200 })).toEqual([names]);
    expect((await namesOfPages({ limit: 4 })).flat()).toEqual(names);
    expect((await namesOfPages({ limit: 4 })).slice(0, 5).map(({ length }) => length)).toEqual([4, 4, 4, 4, 4]);
    expect((await namesOfPages({ limit: 7 })).flat()).toEqual(names);
    expect((await namesOfPages({ limit: 1, status: 'failed' })).flat()).toEqual([3, 10, 17].map((age) => names[age]));
    expect((await namesOfPages({ limit: 2, status: 'waiting' })).flat()).toEqual([5, 12, 19].map((age) => names[age]));
  });

  it('gives more than one page of the storage itself', async () => {
    const rows = Array.from({ length: 1_200 }, (_, age) => queuedRecord(`${age}.png`, NOON_MS - age));
    await addRows(rows);
    await insert(queuedRecord('zebra.png', NOON_MS - 5_000));
    expect(await namesOfPages({ limit: 2, prefix: 'zebra' })).toEqual([['zebra.png']]);
  });

  it('gives names that begin so, and no neighbours', async () => {
    const names = ['march/1.png', 'march/é.png', 'march.png', 'marchx.png', "march/o'clock.png", 'April.png'];
    await Promise.all(names.map((name, age) => insert(queuedRecord(name, NOON_MS - age))));
    expect(await namesOfPages({ limit: 10, prefix: 'march/' })).toEqual([
      ['march/1.png', 'march/é.png', "march/o'clock.png"],
    ]);
    expect(await namesOfPages({ limit: 10, prefix: "march/o'" })).toEqual([["march/o'clock.png"]]);
    expect(await namesOfPages({ limit: 10, prefix: 'None' })).toEqual([[]]);
  });

  it('shows a record once while its row moves from one state to the next', async () => {
    const stored = await insert(queuedRecord('valley.jpg'));
    await replace(stored, succeeded(stored.record, [], NOON_MS));
    await byTime.upsertEntity(indexRowOf(stored.record));
    expect(await namesOfPages({ limit: 10 })).toEqual([['valley.jpg']]);
    expect(await namesOfPages({ limit: 10, status: 'queued' })).toEqual([[]]);
  });

  it('distinguishes analyses of the same millisecond', async () => {
    await Promise.all(Array.from({ length: 9 }, (_, place) => insert(queuedRecord(`${place}.png`, NOON_MS))));
    const pages = await namesOfPages({ limit: 2 });
    expect(pages.flat().toSorted()).toEqual(Array.from({ length: 9 }, (_, place) => `${place}.png`));
  });
});

describe('open', () => {
  it('gives what is not final, newest first', async () => {
    await insert(recordWith('waiting', queuedRecordParts('old.png', NOON_MS - DAY_MS)));
    await insert(queuedRecord('new.png'));
    await insert(recordWith('failed', queuedRecordParts('failed.png', NOON_MS)));
    expect(await openNames()).toEqual(['new.png', 'old.png']);
  });

  it('repairs the index row after a crash between two writes', async () => {
    const { record } = await insert(queuedRecord('valley.jpg'));
    const failed = endedBy(record, new AnswerFailed('answer-unusable', 'Nothing to read.'), NOON_MS + 1);
    await analyses.updateEntity(rowOf(failed), 'Replace');
    expect(await openNames()).toEqual([]);
    expect(await indexRows()).toEqual([`${Object.values(keyOf(failed)).join('/')}`]);
    expect(await namesOfPages({ limit: 10, status: 'failed' })).toEqual([['valley.jpg']]);
  });

  it.each([false, true])(
    'removes the row of a second creator who died, whether the first is done (%s)',
    async (isDone) => {
      const source = droppedFile('twice.png');
      const { record } = await insert(newAnalysis(source, REQUEST, NOON_MS));
      if (isDone) await analyses.updateEntity(rowOf(succeeded(record, [], NOON_MS + 1)), 'Replace');
      await byTime.upsertEntity(indexRowOf(newAnalysis(source, REQUEST, NOON_MS + 5)));
      await openNames();
      expect(await indexRows()).toEqual([`${Object.values(keyOf((await store.find(record.id))?.record)).join('/')}`]);
    },
  );

  it('removes the row of a record that never came to be, after a minute', async () => {
    await byTime.upsertEntity(indexRowOf(queuedRecord('lost.png')));
    nowMs = NOON_MS + 59_000;
    expect(await openNames()).toEqual([]);
    expect(await indexRows()).toHaveLength(1);
    nowMs = NOON_MS + 61_000;
    expect(await openNames()).toEqual([]);
    expect(await indexRows()).toEqual([]);
  });
});

it('has a group for each state that an analysis can end in, and one for all that is open', () => {
  expect(INDEX_GROUPS).toEqual(['open', 'succeeded', 'rejected', 'failed', 'cancelled']);
});

function keyOf(record: AnalysisRecord | undefined): { partitionKey: string; rowKey: string } {
  if (!record) throw new Error('There is no record.');
  const { partitionKey, rowKey } = indexRowOf(record);
  return { partitionKey, rowKey };
}

function queuedRecordParts(name: string, createdAtMs: number): Pick<AnalysisRecord, 'id' | 'source' | 'createdAtMs'> {
  const { id, source } = queuedRecord(name, createdAtMs);
  return { id, source, createdAtMs };
}

/** Index rows without records, a hundred a transaction. */
async function addRows(records: readonly AnalysisRecord[]): Promise<void> {
  for (let at = 0; at < records.length; at += 100) {
    await byTime.submitTransaction(records.slice(at, at + 100).map((record) => ['upsert', { ...indexRowOf(record) }]));
  }
}
