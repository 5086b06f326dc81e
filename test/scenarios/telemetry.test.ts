import { glob, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudOptions } from '../../local/cloud/startCloud.ts';
import { seedRegions } from '../../local/regions/regionOptions.ts';
import { type IngestionEndpoint, startIngestionEndpoint } from '../signals/ingestionEndpoint.ts';
import { makeAppFolder } from '../support/appFolder.ts';
import { plainPng, startTestCloud, type TestCloud } from '../support/testCloud.ts';

let ingestion: IngestionEndpoint;
let cloud: TestCloud | undefined;
beforeEach(async () => {
  ingestion = await startIngestionEndpoint();
});
afterEach(async () => {
  await cloud?.stop();
  cloud = undefined;
  await ingestion.close();
});

const start = (options: Partial<CloudOptions> = {}): Promise<TestCloud> =>
  startTestCloud({ regions: seedRegions().map((region) => ({ ...region, answers: 'fixed' })), ...options });

const exporting = (): Promise<TestCloud> =>
  start({ settings: { APPLICATIONINSIGHTS_CONNECTION_STRING: ingestion.connectionString } });

async function ask(at: TestCloud, image: Buffer): Promise<{ readonly id: string; readonly said: string }> {
  const query = `task=ask&question=${encodeURIComponent('Where is the treasure of the pirates?')}`;
  const answer = await at.call(`/api/analyze?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'image/png', prefer: 'wait=60' },
    body: new Uint8Array(image),
  });
  expect(answer.status).toBe(200);
  const { id, answer: said } = (await answer.json()) as { id: string; answer: { answer: string } };
  return { id, said: said.answer };
}

/** Ends the app, as the platform ends an instance, and says what came in by then. */
async function stopped(at: TestCloud): Promise<IngestionEndpoint['requests']> {
  await at.stop();
  cloud = undefined;
  return ingestion.requests;
}

describe('with APPLICATIONINSIGHTS_CONNECTION_STRING', () => {
  it('metrics and calls of the model arrive there, before the instance goes', async () => {
    cloud = await exporting();
    await ask(cloud, await plainPng(700, 20));
    await cloud.call('/admin/functions/onTimer', { method: 'POST', body: '{}' });
    const data = (await stopped(cloud)).flatMap(({ envelopes }) => envelopes.map((envelope) => envelope.data));
    const named = data.map(({ baseType, baseData }) => {
      const { name, metrics } = baseData as { name?: string; metrics?: readonly { name: string }[] };
      return `${baseType} ${name ?? metrics?.[0]?.name}`;
    });
    expect(new Set(named)).toEqual(
      new Set([
        'MetricData argus.backlog.oldest_age',
        'MetricData argus.backlog.waiting',
        'MetricData argus.cost',
        'MetricData argus.pool.utilisation',
        'MetricData gen_ai.client.operation.duration',
        'MetricData gen_ai.client.token.usage',
        'RemoteDependencyData chat gpt-4@vision-preview',
      ]),
    );
  });

  it("the app's identity speaks, with a token for Azure Monitor", async () => {
    cloud = await exporting();
    const { identity } = cloud;
    await ask(cloud, await plainPng(701, 20));
    const requests = await stopped(cloud);
    expect(identity.asked()).toContainEqual(
      expect.objectContaining({ resource: 'https://monitor.azure.com', status: 200 }),
    );
    expect(requests.length).toBeGreaterThan(0);
    for (const { authorization } of requests) {
      const claims = Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString();
      expect(JSON.parse(claims)).toMatchObject({ aud: 'https://monitor.azure.com' });
    }
  });

  it('nothing of an image, its name, a question, an answer or an id arrives', async () => {
    cloud = await exporting();
    const image = await plainPng(702, 20, '#135724');
    const { id, said } = await ask(cloud, image);
    await cloud.upload('family/holiday.png', image);
    const upload = await cloud.ended('family/holiday.png');
    expect(upload.status).toBe('succeeded');
    const text = (await stopped(cloud)).map((request) => request.text).join('\n');
    expect(text).toContain('gen_ai.client.token.usage');
    for (const secret of ['treasure', said, image.toString('base64').slice(0, 60), 'holiday', id, upload.id]) {
      expect(text).not.toContain(secret);
    }
    expect(text).not.toMatch(/eyJ[\w-]{20,}/);
  });

  it('metrics have the dimensions of the pool and of the tasks, and no others', async () => {
    cloud = await exporting();
    for (const width of [703, 704, 705]) await ask(cloud, await plainPng(width, 20));
    const dimensions = (await stopped(cloud)).flatMap(({ envelopes }) =>
      envelopes.flatMap(({ data }) => {
        const { properties } = data.baseData as { properties: Record<string, string> };
        return data.baseType === 'MetricData' ? Object.keys(properties) : [];
      }),
    );
    const allowed = ['deployment', 'error.type', 'model', 'region', 'server.address', 'task'];
    const genAi = ['operation.name', 'provider.name', 'request.model', 'token.type'].map((name) => `gen_ai.${name}`);
    expect([...new Set(dimensions)].filter((name) => ![...allowed, ...genAi].includes(name))).toEqual([]);
  });

  it('an unreachable endpoint harms no call, and the log reports it', async () => {
    await ingestion.close();
    cloud = await exporting();
    const { lines } = cloud;
    await ask(cloud, await plainPng(706, 20));
    await stopped(cloud);
    expect(lines.join('\n')).toContain('Telemetry does not reach Application Insights (ECONNREFUSED)');
  });
});

describe('without it', () => {
  it('no library of telemetry is looked for, and no token', async () => {
    const app = await makeAppFolder();
    const libraries = await Array.fromAsync(glob('dist/lazy/opentelemetry-*.cjs', { cwd: app.folder }));
    expect(libraries).toHaveLength(2);
    for (const file of libraries) await rm(join(app.folder, file));
    cloud = await start({ appFolder: app.folder });
    const { identity, lines } = cloud;
    await ask(cloud, await plainPng(707, 20));
    await stopped(cloud);
    await app.remove();
    expect(identity.asked().map(({ resource }) => resource)).not.toContain('https://monitor.azure.com');
    expect(lines.join('\n')).not.toContain('Telemetry');
  });
});
