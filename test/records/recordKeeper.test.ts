import { describe, expect, it } from 'vitest';
import { createAnalysisStore } from '../../shared/records/analysisStore.ts';
import { createRecordKeeper, RecordTaken } from '../../shared/records/recordKeeper.ts';
import type { StoredAnalysis } from '../../shared/records/storedAnalysis.ts';
import { NOON_MS, queuedRecord } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';

const storage = useStorage();

async function openStore(): Promise<ReturnType<typeof createAnalysisStore>> {
  return createAnalysisStore({ analyses: await storage.table(), byTime: await storage.table(), now: () => NOON_MS });
}

describe('createRecordKeeper', () => {
  it('keeps a new record when it is saved first, and its later steps after it', async () => {
    const store = await openStore();
    const record = queuedRecord('a.png');
    const keeper = createRecordKeeper(store, record);
    expect(keeper.isKept()).toBe(false);
    await keeper.save({ ...record, status: 'running' });
    await keeper.save({ ...keeper.current(), status: 'succeeded' });
    expect(keeper.isKept()).toBe(true);
    expect((await store.find(record.id))?.record.status).toBe('succeeded');
  });

  it('writes no note before the next step', async () => {
    const store = await openStore();
    const { stored } = await store.insert(queuedRecord('a.png'));
    const keeper = createRecordKeeper(store, stored);
    const noted = { ...stored.record, costMicroUsd: 5 };
    keeper.note(noted);
    expect(keeper.current()).toBe(noted);
    expect((await store.find(stored.record.id))?.record.costMicroUsd).toBeNull();
    await keeper.save({ ...keeper.current(), status: 'running' });
    expect((await store.find(stored.record.id))?.record).toMatchObject({ status: 'running', costMicroUsd: 5 });
  });

  it('takes back what was kept, may keep it anew, and leaves what somebody else has', async () => {
    const store = await openStore();
    const { stored } = await store.insert(queuedRecord('a.png'));
    const [keeper, other] = [createRecordKeeper(store, stored), createRecordKeeper(store, stored)];
    await keeper.remove();
    expect(keeper.isKept()).toBe(false);
    expect(await store.find(stored.record.id)).toBeUndefined();
    await keeper.save({ ...stored.record, status: 'waiting' });
    await expect(other.remove()).rejects.toThrow(RecordTaken);
    expect((await store.find(stored.record.id))?.record.status).toBe('waiting');
  });

  it('renews the claim between two steps, which then do not shorten it', async () => {
    const store = await openStore();
    const lease = { holder: 'one', untilMs: NOON_MS + 1_000 };
    const { stored } = await store.insert({ ...queuedRecord('a.png'), status: 'running', lease });
    const keeper = createRecordKeeper(store, stored);
    const step = { ...keeper.current(), costMicroUsd: 5 };
    await Promise.all([keeper.renew(NOON_MS + 9_000), keeper.save(step)]);
    expect((await store.find(stored.record.id))?.record).toMatchObject({
      costMicroUsd: 5,
      lease: { holder: 'one', untilMs: NOON_MS + 9_000 },
    });
    await keeper.save({ ...keeper.current(), status: 'succeeded', lease: null });
    await keeper.renew(NOON_MS + 20_000);
    expect((await store.find(stored.record.id))?.record.lease).toBeNull();
  });

  it('says when somebody else has the record, and leaves theirs', async () => {
    const store = await openStore();
    const { stored } = await store.insert(queuedRecord('a.png'));
    const theirs: StoredAnalysis['record'] = { ...stored.record, status: 'running' };
    await store.replace(stored, theirs);
    const late = createRecordKeeper(store, stored);
    await expect(late.save({ ...stored.record, status: 'failed' })).rejects.toThrow(RecordTaken);
    await expect(createRecordKeeper(store, stored.record).save(stored.record)).rejects.toThrow(RecordTaken);
    expect((await store.find(stored.record.id))?.record).toEqual(theirs);
  });
});
