import { beforeEach, describe, expect, it } from 'vitest';
import type { AnalysisRecord } from '../../shared/analyses/analysisRecord.ts';
import { analysisIdOf } from '../../shared/analyses/analysisSource.ts';
import { createResultStore, type ResultStore } from '../../shared/analyses/resultStore.ts';
import { answeredRecord, droppedFile, NOON_MS } from './sampleRecords.ts';
import { useStorage } from './storage.ts';

const storage = useStorage();
let container: string;
let results: ResultStore;

beforeEach(async () => {
  container = await storage.container();
  await storage.container(`${container}-http`);
  results = createResultStore({ blobs: storage.blobs(), resultsContainer: container });
});

/** A version of a file that was written so many milliseconds after noon. */
function versionOf(name: string, afterNoonMs = 0): AnalysisRecord {
  const source = droppedFile(name, NOON_MS + afterNoonMs);
  return answeredRecord({ id: analysisIdOf(source, 'request'), source });
}

const present = async (): Promise<boolean> => true;
const replaced = async (): Promise<boolean> => false;

function resultSaying(text: string): { readonly answer: unknown; readonly markdown: string } {
  return { answer: { text }, markdown: `# ${text}\n` };
}

async function contentOf(name: string, within = container): Promise<string> {
  const bytes = await storage.blobs().getContainerClient(within).getBlobClient(name).downloadToBuffer();
  return bytes.toString('utf8');
}

describe('keep', () => {
  it('writes the analysis as JSON and its Markdown beside it', async () => {
    const record = versionOf('valley.jpg');
    expect(await results.keep(record, resultSaying('A valley'), present)).toBe('kept');
    expect(results.placeOf(record)).toEqual({ container, name: 'valley.jpg.text.json' });
    expect(JSON.parse(await contentOf('valley.jpg.text.json'))).toMatchObject({
      id: record.id,
      status: 'succeeded',
      answer: { text: 'A valley' },
    });
    expect(await contentOf('valley.jpg.text.md')).toBe('# A valley\n');
  });

  it.each(['march 2026/o\'Neill "x".png', 'Zürich/高い/🏔 #1?&.png', 'a%20b.png'])('takes the name %s', async (name) => {
    const record = versionOf(name);
    await results.keep(record, resultSaying(name), present);
    expect(await results.find(record)).toEqual(resultSaying(name));
  });

  it('keeps the results of HTTP calls by their id, apart', async () => {
    const record = answeredRecord({ id: 'f'.repeat(32), source: { kind: 'http', requestId: 'r1' } });
    await results.keep(record, resultSaying('x'), present);
    expect(results.placeOf(record)).toEqual({ container: `${container}-http`, name: `${'f'.repeat(32)}.json` });
    expect(await contentOf(`${'f'.repeat(32)}.md`, `${container}-http`)).toBe('# x\n');
  });

  it('lets the result of a newer version take the place of an older one', async () => {
    const [older, newer] = [versionOf('a.png'), versionOf('a.png', 1_000)];
    await results.keep(older, resultSaying('old'), present);
    expect(await results.keep(newer, resultSaying('new'), present)).toBe('kept');
    expect(await contentOf('a.png.text.md')).toBe('# new\n');
    expect(await results.find(older)).toBeUndefined();
  });

  it('never lets an older version take the place of a newer one', async () => {
    const [older, newer] = [versionOf('a.png'), versionOf('a.png', 1_000)];
    await results.keep(newer, resultSaying('new'), present);
    expect(await results.keep(older, resultSaying('old'), present)).toBe('superseded');
    expect(await contentOf('a.png.text.md')).toBe('# new\n');
    expect(await results.find(newer)).toEqual(resultSaying('new'));
  });

  it('asks the storage which of two versions of one second is the present one', async () => {
    const [first, second] = [versionOf('a.png'), versionOf('a.png')];
    await results.keep(second, resultSaying('second'), present);
    expect(await results.keep(first, resultSaying('first'), replaced)).toBe('superseded');
    expect(await contentOf('a.png.text.md')).toBe('# second\n');
    expect(await results.keep(first, resultSaying('first'), present)).toBe('kept');
    expect(await contentOf('a.png.text.md')).toBe('# first\n');
  });

  it('keeps the result of a name that leaves no room for the endings', async () => {
    const records = ['a', 'b'].map((end) => versionOf(`${'long/'.repeat(204)}${end}.p`));
    for (const record of records) await results.keep(record, resultSaying(record.id), present);
    for (const record of records) expect(await results.find(record)).toEqual(resultSaying(record.id));
    expect(records.map((record) => results.placeOf(record).name.length)).toEqual([1024, 1024]);
  });

  it('ends with the newest when several versions are kept at once', async () => {
    const versions = [0, 1_000, 2_000, 3_000].map((afterNoonMs) => versionOf('a.png', afterNoonMs));
    await Promise.all(versions.map((record, place) => results.keep(record, resultSaying(`version ${place}`), present)));
    expect(await contentOf('a.png.text.md')).toBe('# version 3\n');
  });

  it('may be done again by whoever takes the same analysis up', async () => {
    const record = versionOf('a.png');
    await results.keep(record, resultSaying('once'), present);
    expect(await results.keep(record, resultSaying('again'), present)).toBe('kept');
    expect(await results.find(record)).toEqual(resultSaying('again'));
  });
});

describe('find and findKept', () => {
  it('know nothing of what was never kept', async () => {
    expect(await results.find(versionOf('a.png'))).toBeUndefined();
    expect(await results.findKept(versionOf('a.png'))).toBeUndefined();
  });

  it('give the record as its holder left it', async () => {
    const record = versionOf('a.png');
    await results.keep(record, resultSaying('kept'), present);
    const lost = { ...record, status: 'running' as const, usage: null, lease: { holder: 'gone', untilMs: 1 } };
    expect(await results.findKept(lost)).toEqual({ record, result: resultSaying('kept') });
  });
});
