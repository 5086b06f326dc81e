import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BlobServiceClient } from '@azure/storage-blob';
import { expect, it, onTestFinished } from 'vitest';

const program = fileURLToPath(new URL('../../../local/storage/main.ts', import.meta.url));

async function connectionStringOf(...words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [program, '--port', '0', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((settle) => child.once('close', settle));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await expect.poll(() => said).toMatch(/\n.*AccountKey.*\n/);
  return said.split('\n')[1] ?? '';
}

it('npm run storage serves the strict storage to the real client', async () => {
  const blobs = BlobServiceClient.fromConnectionString(await connectionStringOf());
  await blobs.createContainer('images');
  await blobs.deleteContainer('images');
  await expect(blobs.createContainer('images')).rejects.toMatchObject({ code: 'ContainerBeingDeleted' });
});

it('npm run storage -- --newest-version refuses a client that is too new', async () => {
  const blobs = BlobServiceClient.fromConnectionString(await connectionStringOf('--newest-version', '2020-01-01'));
  await expect(blobs.createContainer('images')).rejects.toMatchObject({ code: 'InvalidHeaderValue' });
});
