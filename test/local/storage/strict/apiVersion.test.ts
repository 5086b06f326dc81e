import { describe, expect, it } from 'vitest';
import { refuseUnknownVersions } from '../../../../local/storage/strict/apiVersion.ts';
import { endOf, useStrictStorage } from './strictStorage.ts';

// Older than what the clients send: storage-blob 12.34.0 sends 2026-10-06, storage-queue 12.32.0 2026-06-06, data-tables 13.3.2 2019-02-02.
const storage = useStrictStorage(
  refuseUnknownVersions({ blob: '2026-06-06', queue: '2026-06-06', table: '2018-11-09' }),
);

/** A request without a signature, as far as the check of its version goes. */
async function askFor(version: string): Promise<{ readonly status: number; readonly body: string }> {
  const [, endpoint] = /BlobEndpoint=([^;]+)/.exec(storage.connectionString()) ?? [];
  const answer = await fetch(`${endpoint}/images?restype=container`, { headers: { 'x-ms-version': version } });
  return { status: answer.status, body: await answer.text() };
}

// Azure/azure-sdk-for-net 45302 (2024-08-01) and Azure/azure-storage-python 631 (2019-08-23): code, header and body.
describe('refuseUnknownVersions', () => {
  it('refuses every call of a client whose version is newer than the service knows', async () => {
    expect(await endOf(storage.blobs().createContainer('images'))).toBe('400 InvalidHeaderValue');
    expect(await endOf(storage.blobs().getContainerClient('images').getProperties())).toBe('400 InvalidHeaderValue');
    expect(await endOf(storage.table('rows').getEntity('p', 'r'))).toBe('400 InvalidHeaderValue');
  });

  it('lets a version pass that the service knows', async () => {
    expect(await endOf(storage.queues().createQueue('due'))).toBe('done');
    expect((await askFor('2021-08-06')).status).not.toBe(400);
  });

  it('names the header and its value in the body', async () => {
    const { status, body } = await askFor('2026-10-06');
    expect(status).toBe(400);
    expect(body).toContain('<Code>InvalidHeaderValue</Code>');
    expect(body).toContain('<HeaderName>x-ms-version</HeaderName><HeaderValue>2026-10-06</HeaderValue></Error>');
  });

  it('refuses a version that is no date', async () => {
    const { status, body } = await askFor('<newest>');
    expect(status).toBe(400);
    expect(body).toContain('<HeaderValue>&lt;newest&gt;</HeaderValue>');
  });
});
