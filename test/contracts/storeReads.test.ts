import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { FaultTarget, StorageFault } from '../../local/storage/strict/storageFault.ts';
import { createTableBudget } from '../../shared/money/tableBudget.ts';
import { createUsageLedger } from '../../shared/money/usageLedger.ts';
import { createTableStateStore } from '../../shared/pool/tableStateStore.ts';
import { idOfRow } from '../../shared/records/analysisIndex.ts';
import { type AnalysisStore, createAnalysisStore } from '../../shared/records/analysisStore.ts';
import { createIdempotencyKeys } from '../../shared/records/idempotencyKeys.ts';
import { createAnswerIndex } from '../../shared/results/answerIndex.ts';
import { createResultStore } from '../../shared/results/resultStore.ts';
import { createDueQueue } from '../../shared/storage/dueQueue.ts';
import { createImageStore, INBOX_CONTAINER } from '../../shared/storage/imageStore.ts';
import { createProgressStore } from '../../shared/storage/progressStore.ts';
import { answeredRecord, droppedFile, NOON_MS, queuedRecord } from '../support/sampleRecords.ts';
import { type StoreClients, useMisbehavingStorage } from './misbehavingStorage.ts';

const storage = useMisbehavingStorage();

interface PreparedRead {
  readonly target: FaultTarget;
  readonly act: (clients: StoreClients) => Promise<unknown>;
  readonly result: unknown;
}

type Prepare = () => Promise<PreparedRead>;

async function all<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const seen: T[] = [];
  for await (const value of values) seen.push(value);
  return seen;
}

function ofAnalyses(
  which: 'record' | 'index',
  read: (store: AnalysisStore, id: string) => Promise<unknown>,
  result: (id: string) => unknown,
): Prepare {
  return async () => {
    const [analyses, byTime] = [await storage.makeTable(), await storage.makeTable()];
    const storeOn = ({ table }: StoreClients) =>
      createAnalysisStore({
        signal: () => undefined,
        analyses: table(analyses),
        byTime: table(byTime),
        now: () => NOON_MS,
      });
    const record = queuedRecord('a.png');
    await storeOn(storage.direct()).insert(record);
    return {
      target: which === 'record' ? { operations: ['GetEntity'], resource: analyses } : { resource: byTime },
      act: (clients) => read(storeOn(clients), record.id),
      result: result(record.id),
    };
  };
}

/** A look goes on past a record that it cannot read, and names it. */
const openIds = async (store: AnalysisStore): Promise<unknown> => {
  const ids: string[] = [];
  let continuation: string | undefined;
  do {
    const look = await store.open({ limit: 10, ...(continuation !== undefined && { continuation }) });
    if (look.failed[0]) throw look.failed[0].error;
    ids.push(...look.open.map(({ record }) => record.id));
    ({ continuation } = look);
  } while (continuation !== undefined);
  return ids;
};
const listedIds = async (store: AnalysisStore): Promise<unknown> =>
  (await store.list({ limit: 10, status: 'queued' })).records.map(({ id }) => id);

function ofResults(
  read: (store: ReturnType<typeof createResultStore>, record: ReturnType<typeof answeredRecord>) => Promise<unknown>,
  result: unknown,
  operation: 'GetBlob' | 'GetBlobProperties' = 'GetBlob',
): Prepare {
  return async () => {
    const container = await storage.makeContainer();
    const storeOn = ({ blobs }: StoreClients) => createResultStore({ blobs, resultsContainer: container });
    const record = answeredRecord({ id: 'a'.repeat(32), source: droppedFile('a.png') });
    await storeOn(storage.direct()).keep(record, { answer: { text: 'A' }, markdown: '# A' }, async () => true);
    return {
      target: { operations: [operation], resource: container },
      act: (clients) => read(storeOn(clients), record),
      result,
    };
  };
}

function ofImages(
  read: (store: ReturnType<typeof createImageStore>, place: { container: string; name: string }) => Promise<unknown>,
  result: unknown,
  target: FaultTarget,
): Prepare {
  return async () => {
    const container = await storage.makeContainer();
    await storage.makeContainer(INBOX_CONTAINER);
    const place = { container, name: 'a.png' };
    await storage.direct().blobs.getContainerClient(container).getBlockBlobClient('a.png').upload('text', 4);
    await createImageStore(storage.direct()).keepInbox('a.png', Buffer.from('bytes'));
    return { target, act: ({ blobs }) => read(createImageStore({ blobs }), place), result };
  };
}

const HEAD: FaultTarget = { operations: ['GetBlobProperties'] };

function ofTable(
  fill: (clients: StoreClients, name: string) => Promise<unknown>,
  read: (clients: StoreClients, name: string) => Promise<unknown>,
  result: unknown,
): Prepare {
  return async () => {
    const name = await storage.makeTable();
    await fill(storage.direct(), name);
    return { target: { access: 'read', resource: name }, act: (clients) => read(clients, name), result };
  };
}

const answersOn = ({ table }: StoreClients, name: string) => createAnswerIndex({ table: table(name) });
const progressOn = ({ table }: StoreClients, name: string) => createProgressStore({ table: table(name) });
const usageOn = ({ table }: StoreClients, name: string) =>
  createUsageLedger({ signal: () => undefined, usage: table(name) });
const stateOn = ({ table }: StoreClients, name: string) => createTableStateStore(table(name), 'model@1');
const budgetOn = ({ table }: StoreClients, name: string, nowMs = NOON_MS) =>
  createTableBudget({
    signal: () => undefined,
    ...{ table: table(name), limits: { day: 30_000 }, now: () => nowMs, random: () => 0, sleep: async () => undefined },
  });
const reserveOn = (clients: StoreClients, name: string) =>
  budgetOn(clients, name).reserve({ analysisId: 'a1', attempt: 0, microUsd: 20_000 });
const ENTRY = {
  ...{ analysisId: 'a1', call: 1, atMs: NOON_MS, model: 'm@1', region: 'westus', task: 'text' },
  ...{ promptTokens: 1, completionTokens: 1, microUsd: 7 },
};
const SWEEP = { name: 'sweep', schema: z.number() };
const BINDING = { imagePrint: 'i', analysisId: 'a', requestId: 'first', fingerprint: 'f', boundAtMs: NOON_MS };

const READS: Readonly<Record<string, Prepare>> = {
  'analysisStore.find': ofAnalyses(
    'record',
    async (store, id) => (await store.find(id))?.record.id,
    (id) => id,
  ),
  'analysisStore.open, its index': ofAnalyses('index', openIds, (id) => [id]),
  'analysisStore.open, its records': ofAnalyses('record', openIds, (id) => [id]),
  'analysisStore.openKeys': ofAnalyses(
    'index',
    async (store) => (await store.openKeys({ most: 10 })).rowKeys.map(idOfRow),
    (id) => [id],
  ),
  'analysisStore.list, its index': ofAnalyses('index', listedIds, (id) => [id]),
  'analysisStore.list, its records': ofAnalyses('record', listedIds, (id) => [id]),
  'resultStore.find': ofResults((store, record) => store.find(record), { answer: { text: 'A' }, markdown: '# A' }),
  'resultStore.findKept': ofResults(async (store, record) => (await store.findKept(record))?.record.id, 'a'.repeat(32)),
  'resultStore.viewOf': ofResults(async (store, record) => (await store.viewOf(record, record.id))?.id, 'a'.repeat(32)),
  'resultStore.markOf': ofResults(
    async (store, record) => (await store.markOf(record))?.analysisid,
    'a'.repeat(32),
    'GetBlobProperties',
  ),
  'imageStore.head': ofImages(async (store, place) => (await store.head(place))?.bytes, 4, HEAD),
  'imageStore.read': ofImages(
    async (store, place) => {
      const version = await createImageStore(storage.direct()).head(place);
      return version && String(await store.read(version));
    },
    'text',
    { operations: ['GetBlob'] },
  ),
  'imageStore.isPresent': ofImages(
    (store, place) => store.isPresent({ kind: 'blob', ...place, etag: '"other"', modifiedMs: 0 }),
    false,
    HEAD,
  ),
  'imageStore.list': ofImages(
    async (store, { container }) => {
      const names: string[] = [];
      let continuation: string | undefined;
      do {
        const page = await store.list({ container, limit: 5, ...(continuation !== undefined && { continuation }) });
        names.push(...page.versions.map(({ name }) => name));
        ({ continuation } = page);
      } while (continuation !== undefined);
      return names;
    },
    ['a.png'],
    { operations: ['ListBlobs'] },
  ),
  'imageStore.readInbox': ofImages(async (store) => String(await store.readInbox('a.png')), 'bytes', {
    operations: ['GetBlob'],
  }),
  'imageStore.isInInbox': ofImages((store) => store.isInInbox('a.png'), true, HEAD),
  'idempotencyKeys.bind, which reads what holds': async () => {
    await storage.makeContainer(INBOX_CONTAINER);
    await createIdempotencyKeys(storage.direct()).bind('key of reads', BINDING);
    return {
      target: { access: 'read', resource: INBOX_CONTAINER, subject: 'keys/' },
      act: async (clients) =>
        (await createIdempotencyKeys(clients).bind('key of reads', { ...BINDING, requestId: 'second' })).requestId,
      result: 'first',
    };
  },
  'answerIndex.find': ofTable(
    (clients, name) => answersOn(clients, name).keep('content', 'request', 'a1'),
    (clients, name) => answersOn(clients, name).find('content', 'request'),
    'a1',
  ),
  'answerIndex.forget, which reads whose it is': ofTable(
    (clients, name) => answersOn(clients, name).keep('content', 'request', 'a1'),
    (clients, name) => answersOn(clients, name).forget('content', 'request', 'a2'),
    undefined,
  ),
  'progressStore.read': ofTable(
    (clients, name) => progressOn(clients, name).write(SWEEP, 3),
    (clients, name) => progressOn(clients, name).read(SWEEP),
    3,
  ),
  'progressStore.readOrKeep': ofTable(
    (clients, name) => progressOn(clients, name).write(SWEEP, 3),
    (clients, name) => progressOn(clients, name).readOrKeep(SWEEP, 4),
    3,
  ),
  'tableBudget.view': ofTable(
    reserveOn,
    async (clients, name) => (await budgetOn(clients, name).view()).day?.reservedMicroUsd,
    20_000,
  ),
  'tableBudget.olderThan': ofTable(
    reserveOn,
    async (clients, name) => (await budgetOn(clients, name).olderThan(NOON_MS + 1)).length,
    1,
  ),
  'tableBudget.reserve, which reads what is left': ofTable(
    reserveOn,
    async (clients, name) =>
      (await budgetOn(clients, name, NOON_MS + 1).reserve({ analysisId: 'a2', attempt: 0, microUsd: 20_000 })).kind,
    'reached',
  ),
  'usageLedger.between': ofTable(
    (clients, name) => usageOn(clients, name).add(ENTRY),
    async (clients, name) => (await all(usageOn(clients, name).between(NOON_MS, NOON_MS + 1))).length,
    1,
  ),
  'dueQueue.length': async () => {
    const name = await storage.makeQueue();
    const queueOn = ({ queue }: StoreClients) => createDueQueue({ queue: queue(name), now: () => NOON_MS });
    await queueOn(storage.direct()).send('a1', NOON_MS);
    return { target: { access: 'read', resource: name }, act: (clients) => queueOn(clients).length(), result: 1 };
  },
  'tableStateStore.read': ofTable(
    (clients, name) => stateOn(clients, name).write('state', null),
    async (clients, name) => (await stateOn(clients, name).read()).text,
    'state',
  ),
};

const FAULTS: readonly (readonly [string, StorageFault])[] = [
  ['refused with 503', { kind: 'busy' }],
  ['answered 500', { kind: 'timed-out', isDone: false }],
  ['cut off', { kind: 'reset', isDone: true }],
];

// Learn, "Common REST API error codes" (2026-11): ServerBusy and OperationTimedOut are to be tried again; they say nothing of
// what is there. A store that answers "not there" instead makes its caller do paid work again.
describe.each(Object.keys(READS))('%s', (name) => {
  it.each(FAULTS)('that is %s throws, and says nothing of what is there', async (_what, fault) => {
    const { target, act, result } = await (READS[name] as Prepare)();
    storage.faults.next(target, fault);
    await expect(act(storage.once())).rejects.toThrow();
    expect(storage.faults.unmet()).toBe(0);
    expect(await act(storage.once())).toEqual(result);
  });

  it.each(FAULTS)('that is %s gives what is there when the client tries again', async (_what, fault) => {
    const { target, act, result } = await (READS[name] as Prepare)();
    storage.faults.next(target, fault);
    expect(await act(storage.patient())).toEqual(result);
    expect(storage.faults.unmet()).toBe(0);
  });
});
