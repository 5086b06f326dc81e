import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Reservation } from '../../shared/money/budget.ts';
import { createTableBudget } from '../../shared/money/tableBudget.ts';
import { createUsageLedger } from '../../shared/money/usageLedger.ts';
import { createTableStateStore } from '../../shared/pool/tableStateStore.ts';
import { createIdempotencyKeys, KEY_LIFETIME_MS, type KeyBinding } from '../../shared/records/idempotencyKeys.ts';
import { createAnswerIndex } from '../../shared/results/answerIndex.ts';
import { createDueQueue } from '../../shared/storage/dueQueue.ts';
import { createImageStore, INBOX_CONTAINER } from '../../shared/storage/imageStore.ts';
import { createProgressStore } from '../../shared/storage/progressStore.ts';
import { NOON_MS } from '../support/sampleRecords.ts';
import type { StoreClients } from './misbehavingStorage.ts';
import { rowsOf, type WriteCase } from './writeContract.ts';

const CENT = 10_000;
let names = 0;
function newName(): string {
  names += 1;
  return `name-${names}`;
}

/** A budget whose clock moves on, as clocks do. */
function budgetOn({ table }: StoreClients, name: string): ReturnType<typeof createTableBudget> {
  let nowMs = NOON_MS + names++;
  const now = (): number => nowMs++;
  return createTableBudget({
    signal: () => undefined,
    ...{ table: table(name), limits: { day: 5 * CENT }, now, random: () => 0.5 },
    sleep: (waitMs) => new Promise((settle) => setTimeout(settle, waitMs)),
  });
}

async function spentOn(clients: StoreClients, name: string): Promise<unknown> {
  const { day } = await budgetOn(clients, name).view();
  return day && { spent: day.spentMicroUsd, reserved: day.reservedMicroUsd };
}

const SWEEP = { name: 'sweep', schema: z.object({ from: z.number() }) };
const BEGAN = { name: 'began', schema: z.number() };

const bindingAt = (boundAtMs: number): KeyBinding => ({
  ...{ analysisId: 'a'.repeat(32), requestId: newName(), fingerprint: 'f', imagePrint: 'i', boundAtMs },
});

function binding(earlier: KeyBinding | undefined): WriteCase['prepare'] {
  return async (storage) => {
    await storage.makeContainer(INBOX_CONTAINER);
    const [key, wanted] = [newName(), bindingAt(NOON_MS)];
    const bind = (clients: StoreClients, to: KeyBinding): Promise<KeyBinding> =>
      createIdempotencyKeys(clients).bind(key, to);
    if (earlier) await bind(storage.direct(), earlier);
    const blobs = createImageStore(storage.direct());
    const name = `keys/${createHash('sha256').update(key).digest('hex')}`;
    return {
      target: { operations: ['PutBlob'], resource: INBOX_CONTAINER, subject: name },
      act: (clients) => bind(clients, wanted),
      result: wanted,
      look: async () => JSON.parse((await blobs.readInbox(name))?.toString() ?? 'null'),
      before: earlier ?? null,
      after: wanted,
    };
  };
}

const STATE_FAULT = {
  what: 'Its own write comes back as `changed`; the pool recognises it by the id in the state (poolState.test.ts).',
  triedAgainBy: ['client', 'application'],
} as const;

export const OTHER_WRITES: readonly WriteCase[] = [
  {
    name: 'imageStore.keepInbox',
    prepare: async (storage) => {
      await storage.makeContainer(INBOX_CONTAINER);
      const name = newName();
      return {
        target: { operations: ['PutBlob'], resource: INBOX_CONTAINER, subject: name },
        act: (clients) => createImageStore(clients).keepInbox(name, Buffer.from('bytes')),
        result: undefined,
        look: async () => (await createImageStore(storage.direct()).readInbox(name))?.toString(),
        before: undefined,
        after: 'bytes',
      };
    },
  },
  {
    name: 'imageStore.removeInbox',
    prepare: async (storage) => {
      await storage.makeContainer(INBOX_CONTAINER);
      const name = newName();
      await createImageStore(storage.direct()).keepInbox(name, Buffer.from('bytes'));
      return {
        target: { operations: ['DeleteBlob'], resource: INBOX_CONTAINER, subject: name },
        act: (clients) => createImageStore(clients).removeInbox(name),
        result: undefined,
        look: () => createImageStore(storage.direct()).isInInbox(name),
        before: true,
        after: false,
      };
    },
  },
  { name: 'idempotencyKeys.bind, a new key', prepare: binding(undefined) },
  { name: 'idempotencyKeys.bind, a key of the day before', prepare: binding(bindingAt(NOON_MS - KEY_LIFETIME_MS)) },
  {
    name: 'answerIndex.keep',
    prepare: async (storage) => {
      const name = await storage.makeTable();
      const indexOn = ({ table }: StoreClients) => createAnswerIndex({ table: table(name) });
      return {
        target: { service: 'table', access: 'write', resource: name },
        act: (clients) => indexOn(clients).keep('content', 'request', 'a1'),
        result: undefined,
        look: () => indexOn(storage.direct()).find('content', 'request'),
        before: undefined,
        after: 'a1',
      };
    },
  },
  {
    name: 'answerIndex.forget',
    prepare: async (storage) => {
      const name = await storage.makeTable();
      const indexOn = ({ table }: StoreClients) => createAnswerIndex({ table: table(name) });
      await indexOn(storage.direct()).keep('content', 'request', 'a1');
      return {
        target: { operations: ['DeleteEntity'], resource: name },
        act: (clients) => indexOn(clients).forget('content', 'request', 'a1'),
        result: undefined,
        look: () => indexOn(storage.direct()).find('content', 'request'),
        before: 'a1',
        after: undefined,
      };
    },
  },
  {
    name: 'progressStore.write',
    prepare: async (storage) => {
      const name = await storage.makeTable();
      const storeOn = ({ table }: StoreClients) => createProgressStore({ table: table(name) });
      return {
        target: { service: 'table', access: 'write', resource: name },
        act: (clients) => storeOn(clients).write(SWEEP, { from: 3 }),
        result: undefined,
        look: () => storeOn(storage.direct()).read(SWEEP),
        before: undefined,
        after: { from: 3 },
      };
    },
  },
  {
    name: 'progressStore.readOrKeep',
    prepare: async (storage) => {
      const name = await storage.makeTable();
      const storeOn = ({ table }: StoreClients) => createProgressStore({ table: table(name) });
      return {
        target: { operations: ['InsertEntity'], resource: name },
        act: (clients) => storeOn(clients).readOrKeep(BEGAN, 3),
        result: 3,
        look: () => storeOn(storage.direct()).read(BEGAN),
        before: undefined,
        after: 3,
      };
    },
  },
  {
    name: 'tableBudget.reserve',
    fault: {
      what: 'Named by its time, a reservation that is tried again is made a second time, until reconciliation frees it after ten minutes. That is the safe side: two workers must not share one.',
      triedAgainBy: ['application'],
    },
    prepare: async (storage) => {
      const [name, analysisId] = [await storage.makeTable(), newName()];
      return {
        target: { operations: ['EntityGroupTransaction'], resource: name },
        act: async (clients) =>
          (await budgetOn(clients, name).reserve({ analysisId, attempt: 0, microUsd: CENT })).kind,
        result: 'reserved',
        look: () => spentOn(storage.direct(), name),
        before: { spent: 0, reserved: 0 },
        after: { spent: 0, reserved: CENT },
      };
    },
  },
  {
    name: 'tableBudget.settle',
    prepare: async (storage) => {
      const [name, analysisId] = [await storage.makeTable(), newName()];
      const end = await budgetOn(storage.direct(), name).reserve({ analysisId, attempt: 0, microUsd: CENT });
      const { reservation } = end as { readonly reservation: Reservation };
      return {
        target: { operations: ['EntityGroupTransaction'], resource: name },
        act: (clients) => budgetOn(clients, name).settle(reservation, 4_000),
        result: undefined,
        look: () => spentOn(storage.direct(), name),
        before: { spent: 0, reserved: CENT },
        after: { spent: 4_000, reserved: 0 },
      };
    },
  },
  {
    name: 'usageLedger.add',
    prepare: async (storage) => {
      const name = await storage.makeTable();
      const entry = { analysisId: 'a1', call: 1, atMs: NOON_MS, model: 'm@1', region: 'westus', task: 'text' };
      const billed = { ...entry, promptTokens: 10, completionTokens: 2, microUsd: 7 };
      return {
        target: { service: 'table', access: 'write', resource: name },
        act: ({ table }) => createUsageLedger({ signal: () => undefined, usage: table(name) }).add(billed),
        result: undefined,
        look: async () => (await rowsOf(storage.direct().table(name))).map(({ microUsd }) => microUsd),
        before: [],
        after: [7],
      };
    },
  },
  {
    // A queue delivers at least once: a message that comes twice finds the work done, one that never came would be missed.
    name: 'dueQueue.send',
    prepare: async (storage) => {
      const name = await storage.makeQueue();
      const queueOn = ({ queue }: StoreClients) => createDueQueue({ queue: queue(name), now: () => NOON_MS });
      return {
        target: { operations: ['PutMessage'], resource: name },
        act: async (clients) => typeof (await queueOn(clients).send('a1', NOON_MS)).messageId,
        result: 'string',
        look: async () => (await queueOn(storage.direct()).length()) > 0,
        before: false,
        after: true,
      };
    },
  },
  {
    name: 'dueQueue.takeBack',
    prepare: async (storage) => {
      const name = await storage.makeQueue();
      const queueOn = ({ queue }: StoreClients) => createDueQueue({ queue: queue(name), now: () => NOON_MS });
      const message = await queueOn(storage.direct()).send('a1', NOON_MS + 60_000);
      return {
        target: { operations: ['DeleteMessage'], resource: name },
        act: (clients) => queueOn(clients).takeBack(message),
        result: undefined,
        look: () => queueOn(storage.direct()).length(),
        before: 1,
        after: 0,
      };
    },
  },
  { name: 'tableStateStore.write, the first state', prepare: writingState({ over: null }), fault: STATE_FAULT },
  { name: 'tableStateStore.write, the next state', prepare: writingState({ over: 'state 1' }), fault: STATE_FAULT },
];

function writingState({ over }: { readonly over: string | null }): WriteCase['prepare'] {
  return async (storage) => {
    const name = await storage.makeTable();
    const first = createTableStateStore(storage.direct().table(name), 'model@1');
    if (over !== null) await first.write(over, null);
    const { version } = await first.read();
    return {
      target: { service: 'table', access: 'write', resource: name },
      act: async ({ table }) => (await createTableStateStore(table(name), 'model@1').write('state 2', version)).kind,
      result: 'written',
      look: async () => (await first.read()).text,
      before: over,
      after: 'state 2',
    };
  };
}
