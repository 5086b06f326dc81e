import { Agent, request as sendRequest } from 'node:http';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import sharp from 'sharp';
import { type LocalCloud, startCloud } from '../local/cloud/startCloud.ts';
import { buildApp } from '../local/make/build.ts';
import { percentile, printFigure } from './figure.ts';
import { ROOMY_REGION } from './roomyRegion.ts';

const PROJECT_FOLDER = resolve(import.meta.dirname, '..');
const WARM_UP = 200;
const CALLS = 2_000;
const CALLERS = 16;
const DROPS = 10;
const LONGEST_WAIT_MS = 30_000;

const SIZES = JSON.stringify({
  images: [
    { width: 1920, height: 1080, count: 100 },
    { width: 513, height: 513 },
  ],
});

/**
 * What the small host serves: requests a second and the 99th percentile of calls that need no model, against its own
 * answer to an unknown path; and the time from a blob's upload to its request at the model, one at a time.
 */
export async function benchHttp(): Promise<void> {
  await buildApp();
  const cloud = await startCloud({ appFolder: PROJECT_FOLDER, port: 0, regions: [ROOMY_REGION] });
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  try {
    const caller = (path: string, status: number, body?: string) => (): Promise<void> =>
      call(`${cloud.host.url}${path}`, { agent, status, body });
    const baseline = await load(caller('/api/nothing', 404));
    for (const [name, step] of [
      ['health', caller('/api/health', 200)],
      ['estimate', caller('/api/estimate', 200, SIZES)],
    ] as const) {
      const measured = await load(step);
      const host = 'the host alone (404)';
      printFigure({
        figure: `http.${name}.perSecond`,
        value: measured.perSecond,
        unit: '1/s',
        baseline: { name: host, value: baseline.perSecond },
      });
      printFigure({
        figure: `http.${name}.p99`,
        value: measured.p99Ms,
        unit: 'ms',
        baseline: { name: host, value: baseline.p99Ms },
      });
    }
    await benchDrops(cloud);
  } finally {
    agent.destroy();
    await cloud.stop();
  }
}

async function load(step: () => Promise<void>): Promise<{ readonly perSecond: number; readonly p99Ms: number }> {
  for (let round = 0; round < WARM_UP; round++) await step();
  const times: number[] = [];
  let left = CALLS;
  const caller = async (): Promise<void> => {
    while (left-- > 0) {
      const startedAt = performance.now();
      await step();
      times.push(performance.now() - startedAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return { perSecond: (CALLS / (performance.now() - startedAt)) * 1000, p99Ms: percentile(times, 0.99) };
}

function call(
  url: string,
  { agent, status, body }: { readonly agent: Agent; readonly status: number; readonly body: string | undefined },
): Promise<void> {
  return new Promise((succeed, fail) => {
    const sent = sendRequest(url, {
      agent,
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length },
    });
    sent.once('error', fail);
    sent.once('response', (answer) => {
      answer.resume();
      answer.once('end', () =>
        answer.statusCode === status ? succeed() : fail(new Error(`${url} answered ${answer.statusCode}.`)),
      );
    });
    sent.end(body);
  });
}

/** From the moment in which the storage has a blob to that in which the region has the request for it. */
async function benchDrops(cloud: LocalCloud): Promise<void> {
  const images = BlobServiceClient.fromConnectionString(cloud.connectionString).getContainerClient('images');
  const waits: number[] = [];
  for (let drop = 0; drop < DROPS; drop++) {
    const size = { width: 200 + drop, height: 100, channels: 3 } as const;
    const png = await sharp({ create: { ...size, background: '#336699' } })
      .png()
      .toBuffer();
    const before = cloud.regions?.charges().length ?? 0;
    await images.getBlockBlobClient(`describe/bench-${drop}.png`).uploadData(png);
    const uploadedAtMs = Date.now();
    while ((cloud.regions?.charges().length ?? 0) === before) {
      if (Date.now() - uploadedAtMs > LONGEST_WAIT_MS) throw new Error(`Drop ${drop} reached no region within 30 s.`);
      await sleep(5);
    }
    waits.push((cloud.regions?.charges().at(-1)?.receivedAtMs ?? 0) - uploadedAtMs);
  }
  printFigure({ figure: 'http.blobEventToWire.p50', value: percentile(waits, 0.5), unit: 'ms' });
  printFigure({ figure: 'http.blobEventToWire.p99', value: percentile(waits, 0.99), unit: 'ms' });
}
