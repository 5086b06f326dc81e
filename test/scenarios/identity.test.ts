import { TableClient } from '@azure/data-tables';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckedCall } from '../../local/access/accessCheck.ts';
import { isGranted } from '../../local/access/isGranted.ts';
import { grantSentence } from '../../local/access/templateAccess.ts';
import type { StorageClients } from '../../local/cloud/cloudAccess.ts';
import { callerOf } from '../../local/identity/callers.ts';
import { NO_BICEP } from '../../local/make/bicep.ts';
import { seedRegions } from '../../local/regions/regionOptions.ts';
import { makeBlobEvent } from '../../local/storage/blobEvent.ts';
import { trusting } from '../../local/storage/createStorage.ts';
import { writeDeadLetter } from '../../local/storage/deliverEvents.ts';
import { AZURITE_ACCOUNT, AZURITE_KEY } from '../../local/storage/startAzurite.ts';
import { partitionOf } from '../../shared/records/analysisRow.ts';
import { storageErrorOf } from '../../shared/storage/storageError.ts';
import { BROKEN_WITHOUT } from '../infra/brokenWithout.ts';
import { hasCompiler } from '../infra/compile.ts';
import { builtAccess } from '../infra/grants.ts';
import { type IngestionEndpoint, startIngestionEndpoint } from '../signals/ingestionEndpoint.ts';
import { plainPng, startTestCloud, type TestAnalysis, type TestCloud } from '../support/testCloud.ts';

const isThere = await hasCompiler();
if (!isThere) console.warn(`The roles of the template are not enforced in any test. ${NO_BICEP}`);

const PNG = { 'content-type': 'image/png' };
const JSON_BODY = { method: 'POST', headers: { 'content-type': 'application/json' } };

const INGESTIONS = ['blob', 'queue'] as const;

describe.runIf(isThere).each(INGESTIONS)('roles of the template, with ingestion %s', async (ingestion) => {
  const access = isThere ? await builtAccess(ingestion) : undefined;
  const grants = access?.grants ?? [];
  let cloud: TestCloud;
  let telemetry: IngestionEndpoint;
  let operator: StorageClients;
  let checked: readonly CheckedCall[] = [];
  beforeAll(async () => {
    telemetry = await startIngestionEndpoint();
    cloud = await startTestCloud({
      ...(access && { access }),
      ingestion,
      settings: {
        APPLICATIONINSIGHTS_CONNECTION_STRING: telemetry.connectionString,
        DAILY_BUDGET_USD: '50',
        INLINE_WAIT_MS: '0',
        // A message that fails is seen again at once, so that the test need not wait for its five deliveries.
        AzureFunctionsJobHost__extensions__queues__visibilityTimeout: '00:00:00',
      },
      regions: seedRegions().map((region) => ({
        ...region,
        answers: 'fixed',
        deployments: region.deployments.flatMap((each) => [
          { ...each, tokensPerMinute: 200_000 },
          ...(region.name === 'westus' ? [{ ...each, deployment: 'tiny', tokensPerMinute: 1_700 }] : []),
        ]),
      })),
    });
    operator = cloud.storageAs('operator');
  });
  afterAll(async () => {
    await cloud?.stop();
    await telemetry?.close();
  });
  const runTimer = async (): Promise<void> => {
    const rows = tableOf('progress');
    for await (const { partitionKey = '', rowKey = '' } of rows.listEntities()) {
      await rows.deleteEntity(partitionKey, rowKey);
    }
    await cloud.call('/admin/functions/onTimer', { method: 'POST', body: '{}' });
  };
  const tableOf = (name: string): TableClient =>
    TableClient.fromConnectionString(cloud.connectionString, name, trusting(cloud.certificate));
  const get = async (path: string): Promise<TestAnalysis> => (await (await cloud.call(path)).json()) as TestAnalysis;

  it('start the application with addresses over HTTPS and no connection string', () => {
    expect(JSON.stringify(cloud.settings)).not.toContain('AccountKey');
    expect(cloud.settings.IMAGES_STORAGE__blobServiceUri).toMatch(/^https:/);
    expect(cloud.settings.AzureWebJobsStorage__queueServiceUri).toMatch(/^https:/);
    expect(cloud.settings.AzureWebJobsStorage).toBeUndefined();
    expect(cloud.settings.IMAGES_STORAGE).toBeUndefined();
  });

  it("take an operator's uploads to their results, in every region", async () => {
    for (const [place, { name }] of seedRegions().entries()) {
      await cloud.upload(`regions/${name}.png`, await plainPng(400 + place, 20), {
        model: `gpt-4-vision-preview-${name}`,
      });
    }
    for (const { name } of seedRegions()) {
      expect(await cloud.ended(`regions/${name}.png`)).toMatchObject({
        status: 'succeeded',
        deployment: { region: name },
      });
    }
    const result = operator.blobs.getContainerClient('results').getBlobClient('regions/westus.png.analyze.json');
    expect(JSON.parse((await result.downloadToBuffer()).toString())).toMatchObject({ status: 'succeeded' });
  });

  it('let HTTP callers send images, wait, return with a key, list, and read results', async () => {
    const image = await plainPng(410, 20);
    const ask = (headers: Record<string, string>): Promise<Response> =>
      cloud.call('/api/analyze?task=describe', { method: 'POST', headers: { ...PNG, ...headers }, body: image });
    const answered = await ask({ 'idempotency-key': 'a key' });
    expect(answered.status).toBe(200);
    const { id } = (await answered.json()) as { id: string };
    expect(await (await ask({ 'idempotency-key': 'a key' })).json()).toMatchObject({ id });
    const later = await cloud.call('/api/analyze?task=text', {
      ...{ method: 'POST', headers: { ...PNG, prefer: 'respond-async' } },
      body: await plainPng(411, 20),
    });
    expect(later.status).toBe(202);
    const location = later.headers.get('location') ?? '';
    await expect.poll(async () => (await get(location)).status).toBe('succeeded');
    for (const path of [
      'analyses?limit=3',
      'analyses?status=succeeded',
      'results',
      'backlog',
      'usage',
      'deployments',
    ]) {
      expect((await cloud.call(`/api/${path}`)).status, path).toBe(200);
    }
    const kept = operator.blobs.getContainerClient('results-http').getBlobClient(`${id}.json`);
    const names = [];
    for await (const { name } of operator.blobs.getContainerClient('results-http').listBlobsFlat()) names.push(name);
    expect(names.join()).toContain(id);
    const [first = ''] = names;
    await operator.blobs.getContainerClient('results-http').getBlobClient(first).downloadToBuffer();
    expect(kept.name).toContain(id);
  });

  it('let callers cancel what waits, and retry it', async () => {
    const options = { model: 'tiny-westus' };
    await cloud.upload('tiny/first.png', await plainPng(420, 20), options);
    await cloud.ended('tiny/first.png');
    await cloud.upload('tiny/second.png', await plainPng(421, 20), options);
    await expect.poll(async () => (await cloud.analysisOf('tiny/second.png'))?.status).toBe('waiting');
    const { id = '' } = (await cloud.analysisOf('tiny/second.png')) ?? {};
    const cancel = { ...JSON_BODY, body: JSON.stringify({ ids: [id] }) };
    expect((await cloud.call('/api/analyses/cancel', cancel)).status).toBe(200);
    expect((await get(`/api/analyses/${id}`)).status).toBe('cancelled');
    expect((await cloud.call(`/api/analyses/${id}/retry`, { method: 'POST' })).status).toBe(202);
    expect((await cloud.call('/api/analyses/cancel', cancel)).status).toBe(200);
    const retry = { ...JSON_BODY, body: JSON.stringify({ status: 'cancelled', prefix: 'tiny/' }) };
    expect((await cloud.call('/api/analyses/retry', retry)).status).toBe(200);
    expect((await cloud.call('/api/analyses/cancel', cancel)).status).toBe(200);
  });

  it('let Event Grid keep an event that it could not deliver, from which the timer finds the upload', async () => {
    // Past the front: no event is raised, as if none had come through.
    const blob = cloud.container('images').getBlockBlobClient('undelivered.png');
    const { etag = '' } = await blob.uploadData(await plainPng(430, 20));
    const event = makeBlobEvent(
      { api: 'PutBlob', account: AZURITE_ACCOUNT, container: 'images', blobName: 'undelivered.png' },
      {
        ...{ id: 'undelivered', atMs: Date.now(), sequence: 1, url: blob.url, requestId: 'a', clientRequestId: 'b' },
        ...{ eTag: etag, contentType: 'image/png', contentLength: 100, blobType: 'BlockBlob' },
      },
    );
    const letters = cloud.storageAs('events').blobs.getContainerClient('deadletters');
    const letter = await writeDeadLetter(letters, event, 503);
    await runTimer();
    expect(await cloud.ended('undelivered.png')).toMatchObject({ status: 'succeeded' });
    const seen = [];
    for await (const { name } of operator.blobs.getContainerClient('deadletters').listBlobsFlat()) seen.push(name);
    expect(seen).toEqual([letter]);
    const text = await operator.blobs.getContainerClient('deadletters').getBlobClient(letter).downloadToBuffer();
    expect(JSON.parse(text.toString())).toMatchObject([{ deadLetterReason: 'MaxDeliveryAttemptsExceeded' }]);
  });

  it('let the timer remove what is too old', async () => {
    const usage = tableOf('usage');
    const old = { partitionKey: '2020-01', rowKey: `${Date.UTC(2020, 0, 2)}-old` };
    await usage.createEntity({ ...old, usd: 1 });
    await runTimer();
    await expect.poll(() => usage.getEntity(old.partitionKey, old.rowKey).catch(() => 'gone')).toBe('gone');
  });

  it('let the host make a poison queue, and the operator look into it', async () => {
    await cloud.queue('analyses-due-poison').deleteIfExists();
    // A record that nobody can read: each delivery of its message fails.
    const [id, analyses] = ['f'.repeat(32), tableOf('analyses')];
    await analyses.createEntity({ partitionKey: partitionOf(id), rowKey: id, status: 'waiting', record0: '{"cut' });
    await cloud.queue('analyses-due').sendMessage(JSON.stringify({ analysisId: id }));
    const poison = operator.queues.getQueueClient('analyses-due-poison');
    await expect.poll(() => cloud.queue('analyses-due-poison').exists()).toBe(true);
    await analyses.deleteEntity(partitionOf(id), id);
    await poison.getProperties();
    await poison.peekMessages();
  });

  it('refuse the operator everything else', async () => {
    const { blobs, queues, tables } = operator;
    const refused = {
      'write a result': () => blobs.getContainerClient('results').getBlockBlobClient('a.json').upload('{}', 2),
      'read the inbox': () => blobs.getContainerClient('inbox').getBlobClient('a').downloadToBuffer(),
      'list the inbox': () => blobs.getContainerClient('inbox').listBlobsFlat().next(),
      'list containers': () => blobs.listContainers().next(),
      'take a message': () => queues.getQueueClient('analyses-due').receiveMessages(),
      'send a message': () => queues.getQueueClient('analyses-due').sendMessage('a'),
      'make a queue': () => queues.createQueue('more'),
      'list tables': () => tables.listTables().next(),
    };
    for (const [what, call] of Object.entries(refused)) {
      expect(storageErrorOf(await call().catch((error: unknown) => error)), what).toEqual({
        status: 403,
        code: 'AuthorizationPermissionMismatch',
      });
    }
  });

  it('refuse the keys of the account', async () => {
    const address = String(cloud.settings.IMAGES_STORAGE__blobServiceUri);
    const key = new StorageSharedKeyCredential(AZURITE_ACCOUNT, AZURITE_KEY);
    const byKey = new BlobServiceClient(address, key, trusting(cloud.certificate));
    const refusal = await byKey.getContainerClient('images').getProperties().catch(storageErrorOf);
    expect(refusal).toEqual({ status: 403, code: 'KeyBasedAuthenticationNotPermitted' });
  });

  it('are tokens of the managed identity for storage, models and telemetry', async () => {
    expect(new Set(cloud.identity.asked().map(({ resource, status }) => `${resource} ${status}`))).toEqual(
      new Set(
        ['https://storage.azure.com', 'https://cognitiveservices.azure.com', 'https://monitor.azure.com'].map(
          (resource) => `${resource} 200`,
        ),
      ),
    );
  });

  it('lack nothing that the application or Event Grid called', { timeout: 90_000 }, async () => {
    // The host locks its timer each minute.
    const hasLocked = (): boolean =>
      cloud.access?.checked().some(({ call }) => call.startsWith('LeaseBlob host')) ?? false;
    await expect.poll(hasLocked, { timeout: 80_000, interval: 500 }).toBe(true);
    await cloud.stop();
    for (const { authorization } of telemetry.requests) {
      const { appid } = JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString());
      const needs = [{ scope: 'insights', anyOf: [['Microsoft.Insights/Telemetry/Write']] }];
      cloud.access?.check({ caller: callerOf(appid), call: 'Track insights', needs });
    }
    checked = cloud.access?.checked() ?? [];
    const missing = checked.filter((one) => !one.isGranted && one.caller !== 'operator');
    expect(missing.map(({ caller, call }) => `${caller}: ${call}`)).toEqual([]);
  });

  it.each(grants.map((grant) => [grantSentence(grant), BROKEN_WITHOUT[grantSentence(grant)]?.[0], grant] as const))(
    'without %s: %s',
    (sentence, _breaks, removed) => {
      const others = grants.filter((grant) => grant !== removed);
      const refused = checked
        .filter(({ caller, needs, ...one }) => one.isGranted && needs && !isGranted(needs, caller, others))
        .map(({ call }) => call);
      expect(refused).toContainEqual(expect.stringContaining(BROKEN_WITHOUT[sentence]?.[1] ?? 'nothing'));
    },
  );
});

describe.runIf(isThere)('roles of the template', () => {
  it('are those, and no others, of which these tests show what fails without them', async () => {
    const built = await Promise.all(INGESTIONS.map(builtAccess));
    const assigned = built.flatMap(({ grants }) => grants.map(grantSentence));
    expect([...new Set(assigned)].toSorted()).toEqual(Object.keys(BROKEN_WITHOUT).toSorted());
  });
});

describe.runIf(isThere)('the log of the app', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startTestCloud({
      access: await builtAccess('blob'),
      regions: seedRegions().map((region) => ({ ...region, answers: 'fixed' })),
    });
  });
  afterAll(() => cloud?.stop());

  it('holds no image, question, answer or token, also when calls fail and files are refused', async () => {
    const [region] = cloud.regions?.all ?? [];
    region?.setFaults({ standing: { kind: 'server-error' } });
    const image = await plainPng(602, 20, '#135724');
    const query = `task=ask&question=${encodeURIComponent('Where is the treasure of the pirates?')}`;
    const answer = await cloud.call(`/api/analyze?${query}`, {
      method: 'POST',
      headers: { 'content-type': 'image/png', prefer: 'wait=60' },
      body: image,
    });
    expect(answer.status).toBe(200);
    const { answer: said } = (await answer.json()) as { answer: { answer: string } };
    region?.setFaults({});
    await cloud.upload('asked.png', image, { task: 'ask', question: 'Where%20is%20the%20treasure%3F' });
    await cloud.upload('wrong.png', image, { task: 'guess', question: 'Where%20is%20the%20treasure%3F' });
    expect((await cloud.ended('asked.png')).status).toBe('succeeded');
    expect((await cloud.ended('wrong.png')).status).toBe('rejected');
    const log = cloud.lines.join('\n');
    for (const event of ['analysis.completed', 'analysis.rejected']) expect(log).toContain(event);
    for (const secret of ['treasure', said.answer, image.toString('base64').slice(0, 60)]) {
      expect(log).not.toContain(secret);
    }
    // Tokens of access begin so, for they are JSON in base64.
    expect(log).not.toMatch(/eyJ[\w-]{20,}\.[\w-]{20,}/);
  });
});
