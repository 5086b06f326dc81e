import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectUploads, installationFrom, type ResourceManager } from '../../infra/connectUploads.ts';

const installation = installationFrom({
  AZURE_SUBSCRIPTION_ID: 'sub',
  AZURE_RESOURCE_GROUP: 'group',
  FUNCTION_APP_NAME: 'app',
  UPLOADS_TOPIC_NAME: 'topic',
  IMAGES_ACCOUNT_NAME: 'account',
});

interface Seen {
  readonly call: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

let server: Server | undefined;

afterEach(() => {
  server?.close();
});

/** A resource manager that gives the replies in turn and remembers what it was asked. */
async function azureWith(replies: readonly (readonly [status: number, body: unknown])[]): Promise<
  ResourceManager & {
    readonly seen: readonly Seen[];
    readonly said: readonly string[];
    readonly sleptMs: readonly number[];
  }
> {
  const seen: Seen[] = [];
  const said: string[] = [];
  const sleptMs: number[] = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const [status, body] = replies[seen.length] ?? [500, 'no reply is left'];
      seen.push({
        call: `${method} ${url}`,
        authorization: headers.authorization,
        body: Buffer.concat(chunks).toString(),
      });
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    getToken: async () => 'token',
    buildWebhook: () => ({ contentVersion: '1.0.0.0' }),
    sleep: async (waitMs) => {
      sleptMs.push(waitMs);
    },
    say: (sentence) => said.push(sentence),
    seen,
    said,
    sleptMs,
  };
}

const noKey = [200, { systemKeys: {} }] as const;
const key = [200, { systemKeys: { blobs_extension: 'secret-of-the-host' } }] as const;
const running = [201, { properties: { provisioningState: 'Running' } }] as const;
const done = [200, { properties: { provisioningState: 'Succeeded' } }] as const;
const canceled = [200, { properties: { provisioningState: 'Canceled' } }] as const;
const failed = [200, { properties: { provisioningState: 'Failed', error: { code: 'Handshake' } } }] as const;

describe('connectUploads', () => {
  it('waits for the key of the webhook, then deploys the subscription and waits for its end', async () => {
    const azure = await azureWith([[404, ''], noKey, key, running, done]);
    await connectUploads(installation, azure);
    expect(azure.seen.map(({ call }) => call.replace('/subscriptions/sub/resourceGroups/group/providers', ''))).toEqual(
      [
        'POST /Microsoft.Web/sites/app/host/default/listKeys?api-version=2025-03-01',
        'POST /Microsoft.Web/sites/app/host/default/listKeys?api-version=2025-03-01',
        'POST /Microsoft.Web/sites/app/host/default/listKeys?api-version=2025-03-01',
        'PUT /Microsoft.Resources/deployments/argus-uploads?api-version=2025-04-01',
        'GET /Microsoft.Resources/deployments/argus-uploads?api-version=2025-04-01',
      ],
    );
    expect(azure.seen.every(({ authorization }) => authorization === 'Bearer token')).toBe(true);
    expect(JSON.parse(azure.seen[3]?.body ?? '').properties).toEqual({
      mode: 'Incremental',
      template: { contentVersion: '1.0.0.0' },
      parameters: {
        functionAppName: { value: 'app' },
        topicName: { value: 'topic' },
        storageAccountName: { value: 'account' },
      },
    });
  });

  it('never says or sends the key: the template reads it in Azure', async () => {
    const azure = await azureWith([key, done]);
    await connectUploads(installation, azure);
    expect(JSON.stringify([azure.said, azure.seen])).not.toContain('secret-of-the-host');
  });

  it('can be run again: the second time changes nothing and waits for nothing', async () => {
    const azure = await azureWith([key, done, key, done]);
    await connectUploads(installation, azure);
    await connectUploads(installation, azure);
    expect(azure.sleptMs).toEqual([]);
  });

  it('tries again when the app missed the handshake of Event Grid', async () => {
    const azure = await azureWith([key, failed, failed, done]);
    await connectUploads(installation, azure);
    expect(azure.said).toEqual([
      'Attempt 1 of 3 to make the event subscription failed: {"code":"Handshake"}',
      'Attempt 2 of 3 to make the event subscription failed: {"code":"Handshake"}',
      'Uploads to account now reach app.',
    ]);
  });

  it('gives up after three attempts, with what Azure said', async () => {
    const azure = await azureWith([key, failed, [409, { error: { code: 'Conflict' } }], failed]);
    await expect(connectUploads(installation, azure)).rejects.toThrow(
      'The event subscription could not be made: {"code":"Handshake"}',
    );
  });

  it('ends with a deployment that somebody cancelled, and does not start it again', async () => {
    const azure = await azureWith([key, running, canceled, done]);
    await expect(connectUploads(installation, azure)).rejects.toThrow(
      'The deployment argus-uploads was cancelled. To connect the uploads, look why, then run `npm exec -- node infra/connectUploads.ts` again.',
    );
    expect(azure.seen).toHaveLength(3);
    expect(azure.sleptMs).toEqual([10_000]);
  });

  it('waits on when Azure does not say how the deployment stands', async () => {
    const azure = await azureWith([key, running, [503, 'busy'], [429, ''], done]);
    await connectUploads(installation, azure);
    expect(azure.seen.filter(({ call }) => call.startsWith('PUT'))).toHaveLength(1);
    expect(azure.said).toEqual(['Uploads to account now reach app.']);
  });

  it('starts a deployment once, though it has not ended after ten minutes: it may still be under way', async () => {
    const azure = await azureWith([key, ...Array.from({ length: 61 }, () => running), done]);
    await expect(connectUploads(installation, azure)).rejects.toThrow(
      'The deployment argus-uploads has not ended within ten minutes (Running). Wait for its end in the portal, under Deployments of the resource group, then run',
    );
    expect(azure.seen.filter(({ call }) => call.startsWith('PUT'))).toHaveLength(1);
    expect(azure.sleptMs.reduce((sum, sleptMs) => sum + sleptMs, 0)).toBe(600_000);
  });

  it('says which role is missing instead of waiting', async () => {
    const azure = await azureWith([[403, { error: { code: 'AuthorizationFailed' } }]]);
    await expect(connectUploads(installation, azure)).rejects.toThrow(
      "You may not read the host's keys (403): the role Contributor on the function app lets you.",
    );
    expect(azure.sleptMs).toEqual([]);
  });

  it('stops waiting after five minutes and says where to look', async () => {
    const azure = await azureWith(Array.from({ length: 30 }, () => noKey));
    await expect(connectUploads(installation, azure)).rejects.toThrow(/has not appeared within five minutes/);
    expect(azure.sleptMs.reduce((sum, sleptMs) => sum + sleptMs, 0)).toBe(290_000);
  });
});

describe('installationFrom', () => {
  it('names every variable that is missing', () => {
    expect(() => installationFrom({ AZURE_SUBSCRIPTION_ID: 'sub', FUNCTION_APP_NAME: 'app' })).toThrow(
      'AZURE_RESOURCE_GROUP, UPLOADS_TOPIC_NAME, IMAGES_ACCOUNT_NAME not set: the outputs of the deployment of main.bicep.',
    );
  });
});
