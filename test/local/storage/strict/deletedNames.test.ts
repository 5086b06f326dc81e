import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { refuseDeletedNames } from '../../../../local/storage/strict/deletedNames.ts';
import { endOf, useStrictStorage } from './strictStorage.ts';

const LASTS_MS = 1_500;
const storage = useStrictStorage(refuseDeletedNames({ lastsMs: LASTS_MS }));

describe('refuseDeletedNames', () => {
  // Learn, "Delete Container" (2026-11): creating it fails with 409 for at least 30 s, all other calls with 404.
  it('refuses the name of a container that is being deleted, and finds none meanwhile', async () => {
    const images = storage.blobs().getContainerClient('images');
    await images.create();
    await images.delete();
    expect(await endOf(images.create())).toBe('409 ContainerBeingDeleted');
    expect(await endOf(images.getBlockBlobClient('a').upload('x', 1))).toBe('404 ContainerNotFound');
    expect(await endOf(storage.blobs().getContainerClient('images2').create())).toBe('done');
    await sleep(LASTS_MS);
    expect(await endOf(images.create())).toBe('done');
  });

  // Learn, "Delete Queue" (2026-11): at least 30 s, 409 for every call.
  it('refuses every call to a queue that is being deleted', async () => {
    const due = storage.queues().getQueueClient('due');
    await due.create();
    await due.delete();
    expect(await endOf(due.create())).toBe('409 QueueBeingDeleted');
    expect(await endOf(due.sendMessage('x'))).toBe('409 QueueBeingDeleted');
    await sleep(LASTS_MS);
    expect(await endOf(due.create())).toBe('done');
  });

  // Learn, "Delete Table" (2026-11), quoted in microsoft/bedrock 992 (2020-02-14): at least 40 s, 409 for every call.
  it('refuses every call to a table that is being deleted, a transaction and other case included', async () => {
    const rows = storage.table('rows');
    const create = { partitionKey: 'p', rowKey: 'r' };
    await storage.tables().createTable('rows');
    await storage.tables().deleteTable('rows');
    const creating = storage.table('ROWS').createEntity(create);
    expect(await endOf(creating)).toBe('409 TableBeingDeleted');
    expect(await endOf(rows.createEntity(create))).toBe('409 TableBeingDeleted');
    expect(await endOf(rows.getEntity('p', 'r'))).toBe('409 TableBeingDeleted');
    expect(await endOf(rows.submitTransaction([['create', create]]))).toBe('409 TableBeingDeleted');
    expect(await endOf(storage.tables().createTable('rows'))).toBe('409 TableBeingDeleted');
    await sleep(LASTS_MS);
    await storage.tables().createTable('rows');
    expect(await endOf(rows.createEntity(create))).toBe('done');
  });

  it('keeps the name of what could not be deleted', async () => {
    const leased = storage.blobs().getContainerClient('leased');
    await leased.create();
    const lease = leased.getBlobLeaseClient();
    await lease.acquireLease(-1);
    expect(await endOf(leased.delete())).toBe('412 LeaseIdMissing');
    expect(await endOf(leased.create())).toBe('409 ContainerAlreadyExists');
  });
});
