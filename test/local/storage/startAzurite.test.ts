import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { describe, expect, it, vi } from 'vitest';
import { startAzurite } from '../../../local/storage/startAzurite.ts';

const MODULE = join(import.meta.dirname, '../../../local/storage/startAzurite.ts');

describe('startAzurite', () => {
  it('serves blobs, queues and tables on free ports, says which port is in use, and keeps a folder over restarts', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'azurite-'));
    const first = await startAzurite({ directory });
    await BlobServiceClient.fromConnectionString(first.connectionString).createContainer('images');
    await QueueServiceClient.fromConnectionString(first.connectionString).createQueue('work');
    await TableClient.fromConnectionString(first.connectionString, 'rows', {
      allowInsecureConnection: true,
    }).createTable();
    await expect(startAzurite({ queuePort: first.queuePort })).rejects.toThrow(
      `Azurite cannot listen on port ${first.queuePort}: another program is using it.`,
    );
    await first.stop();

    const second = await startAzurite({ directory });
    const storage = BlobServiceClient.fromConnectionString(second.connectionString);
    expect(await storage.getContainerClient('images').exists()).toBe(true);
    await second.stop();
    await rm(directory, { recursive: true });
  });

  it('ends with the process that started it, even when that is killed', async () => {
    const code = `import(${JSON.stringify(MODULE)}).then(async ({ startAzurite }) => {
      console.log((await startAzurite()).processId);
    })`;
    const parent = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    const processId = await new Promise<number>((settle) => parent.stdout.once('data', (line) => settle(Number(line))));
    expect(process.kill(processId, 0)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(() => process.kill(processId, 0)).toThrow('ESRCH'), { timeout: 90_000 });
  });
});
