import { describe, expect, it } from 'vitest';
import { createAnalysisStore } from '../../shared/records/analysisStore.ts';
import { createRecordKeeper } from '../../shared/records/recordKeeper.ts';
import { resetTakeovers } from '../../shared/records/takeovers.ts';
import { NOON_MS, queuedRecord, runningRecord } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';

const storage = useStorage();

describe('resetTakeovers', () => {
  it.each([
    { takeovers: 2, kept: 2, why: 'costs no write after few crashes' },
    { takeovers: 3, kept: 0, why: 'resets the count after several, although the image still waits for its start' },
    { takeovers: 9, kept: 0, why: 'ends it just before the limit' },
  ])('$why ($takeovers)', async ({ takeovers, kept }) => {
    const store = createAnalysisStore({
      signal: () => undefined,
      analyses: await storage.table(),
      byTime: await storage.table(),
      now: () => NOON_MS,
    });
    const record = runningRecord(queuedRecord('a.png'), { takeovers });
    const { version } = (await store.insert(record)).stored;
    await resetTakeovers(createRecordKeeper(store, { record, version }));
    const found = await store.find(record.id);
    expect(found?.record.takeovers).toBe(kept);
  });
});
