import { describe, expect, it } from 'vitest';
import type { AnalysisSource } from '../../shared/records/analysisSource.ts';
import { createAnalysisStore } from '../../shared/records/analysisStore.ts';
import { createRecordKeeper } from '../../shared/records/recordKeeper.ts';
import { endGone } from '../../shared/results/endGone.ts';
import { createResultStore } from '../../shared/results/resultStore.ts';
import type { Signal } from '../../shared/signals/signals.ts';
import { createImageStore } from '../../shared/storage/imageStore.ts';
import { droppedFile, NOON_MS, queuedRecord, runningRecord } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';

const storage = useStorage();

describe('endGone', () => {
  it.each<[AnalysisSource, RegExp]>([
    [droppedFile('a.png'), /^a\.png was replaced or removed before it could be read\./],
    [{ kind: 'http', requestId: 'r1' }, /^The image that came with the request is no longer kept\./],
  ])('rejects the analysis, says what to do and signals its end: %j', async (source, detail) => {
    const signals: Signal[] = [];
    const now = () => NOON_MS + 2_000;
    const signal = (one: Signal) => signals.push(one);
    const analyses = createAnalysisStore({
      ...{ signal, now },
      analyses: await storage.table(),
      byTime: await storage.table(),
    });
    const record = runningRecord(queuedRecord('a.png'), { source });
    const keeper = createRecordKeeper(analyses, record);
    await keeper.save(record);
    const results = createResultStore({ blobs: storage.blobs(), resultsContainer: await storage.container() });
    await endGone(keeper, { results, images: createImageStore({ blobs: storage.blobs() }), now, signal });
    const stored = (await analyses.find(record.id))?.record;
    expect(stored).toMatchObject({
      status: 'rejected',
      completedAtMs: NOON_MS + 2_000,
      error: { code: 'bytes-gone', detail: expect.stringMatching(detail) },
    });
    expect(signals).toMatchObject([{ event: 'analysis.rejected', facts: { code: 'bytes-gone' } }]);
  });
});
