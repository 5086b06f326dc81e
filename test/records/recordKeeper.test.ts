import { describe, expect, it } from 'vitest';
import type { RunningRecord } from '../../shared/records/analysisRecord.ts';
import { factsOf, succeeded } from '../../shared/records/analysisSteps.ts';
import { createAnalysisStore } from '../../shared/records/analysisStore.ts';
import { createRecordKeeper, RecordTaken } from '../../shared/records/recordKeeper.ts';
import type { StoredAnalysis } from '../../shared/records/storedAnalysis.ts';
import { NOON_MS, queuedRecord, recordWith, runningRecord, waitingRecord } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';

const storage = useStorage();

async function openStore(): Promise<ReturnType<typeof createAnalysisStore>> {
  return createAnalysisStore({
    signal: () => undefined,
    analyses: await storage.table(),
    byTime: await storage.table(),
    now: () => NOON_MS,
  });
}

/** A record that is kept, and held by a worker. */
async function held(
  store: ReturnType<typeof createAnalysisStore>,
  overrides: Partial<RunningRecord> = {},
): Promise<StoredAnalysis<RunningRecord>> {
  const record = runningRecord(queuedRecord('a.png'), overrides);
  const { version } = (await store.insert(record)).stored;
  return { record, version };
}

describe('createRecordKeeper', () => {
  it('keeps a new record when it is saved first, and its later steps after it', async () => {
    const store = await openStore();
    const record = runningRecord(queuedRecord('a.png'));
    const keeper = createRecordKeeper(store, record);
    expect(keeper.isKept()).toBe(false);
    await keeper.save(record);
    await keeper.end(succeeded(keeper.current(), [], NOON_MS));
    expect(keeper.isKept()).toBe(true);
    expect((await store.find(record.id))?.record.status).toBe('succeeded');
  });

  it('writes no note before the next step', async () => {
    const store = await openStore();
    const stored = await held(store);
    const keeper = createRecordKeeper(store, stored);
    const noted = { ...stored.record, costMicroUsd: 5 };
    keeper.note(noted);
    expect(keeper.current()).toBe(noted);
    expect((await store.find(stored.record.id))?.record.costMicroUsd).toBeNull();
    await keeper.save(keeper.current());
    expect((await store.find(stored.record.id))?.record).toMatchObject({ status: 'running', costMicroUsd: 5 });
  });

  it('deletes its record, can store it again, and leaves the record of another worker', async () => {
    const store = await openStore();
    const stored = await held(store);
    const [keeper, other] = [createRecordKeeper(store, stored), createRecordKeeper(store, stored)];
    await keeper.remove();
    expect(keeper.isKept()).toBe(false);
    expect(await store.find(stored.record.id)).toBeUndefined();
    await keeper.end(waitingRecord(stored.record));
    await expect(other.remove()).rejects.toThrow(RecordTaken);
    expect((await store.find(stored.record.id))?.record.status).toBe('waiting');
  });

  it('renews the lease between two steps, which then do not shorten it', async () => {
    const store = await openStore();
    const stored = await held(store, { lease: { holder: 'one', untilMs: NOON_MS + 1_000 } });
    const keeper = createRecordKeeper(store, stored);
    const step = { ...keeper.current(), costMicroUsd: 5 };
    await Promise.all([keeper.renew(NOON_MS + 9_000), keeper.save(step)]);
    expect((await store.find(stored.record.id))?.record).toMatchObject({
      costMicroUsd: 5,
      lease: { holder: 'one', untilMs: NOON_MS + 9_000 },
    });
    expect(keeper.current().lease.untilMs).toBe(NOON_MS + 9_000);
    const ended = succeeded(keeper.current(), [], NOON_MS);
    await keeper.end(ended);
    await keeper.renew(NOON_MS + 20_000);
    expect((await store.find(stored.record.id))?.record).toEqual(ended);
  });

  it('throws when another worker has the record, and leaves it unchanged', async () => {
    const store = await openStore();
    const stored = await held(store);
    const theirs = runningRecord(stored.record, { lease: { holder: 'another', untilMs: NOON_MS } });
    await store.replace(stored, theirs);
    const late = createRecordKeeper(store, stored);
    await expect(late.end(recordWith('failed', factsOf(stored.record)))).rejects.toThrow(RecordTaken);
    await expect(createRecordKeeper(store, stored.record).save(stored.record)).rejects.toThrow(RecordTaken);
    expect((await store.find(stored.record.id))?.record).toEqual(theirs);
  });
});
