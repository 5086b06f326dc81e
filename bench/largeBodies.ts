import { readFileSync } from 'node:fs';
import { Agent, request as sendRequest } from 'node:http';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildApp } from '../local/build.ts';
import { startCloud } from '../local/cloud.ts';
import { printFigure } from './figure.ts';
import { ROOMY_REGION } from './roomyRegion.ts';

const PROJECT_FOLDER = resolve(import.meta.dirname, '..');

/** As much as fits in a body in base64. */
const IMAGE_BYTES = 70_500_000;
const AT_ONCE = 4;
const ASKED_EVERY_MS = 10;

/** The form in which an image comes, and the path that takes it. */
const FORMS = ['base64', 'form', 'bytes'] as const;
type Form = (typeof FORMS)[number];

interface Sent {
  readonly contentType: string;
  readonly body: Buffer;
}

/**
 * How long `GET /health` takes beside four bodies of 94 MB (70 MB as a form or as bytes), and the most memory that host and
 * app held. No model is asked: the images are estimated, or refused as no image, after they were read.
 */
export async function benchLargeBodies(): Promise<void> {
  await buildApp();
  for (const form of FORMS) {
    const cloud = await startCloud({ appFolder: PROJECT_FOLDER, port: 0, regions: [ROOMY_REGION] });
    const agent = new Agent({ keepAlive: true });
    try {
      const sent = bodyOf(form);
      const url = `${cloud.host.url}/api/${form === 'base64' ? 'estimate' : 'analyze'}`;
      for (let round = 0; round < 50; round++) await healthMs(cloud.host.url, agent);
      const idleMs = await longestMs(sleep(1_000), () => healthMs(cloud.host.url, agent));
      const idleMiB = peakMiB(cloud.host.processId);
      const calls = Promise.all(Array.from({ length: AT_ONCE }, () => post(url, sent)));
      const besideMs = await longestMs(calls, () => healthMs(cloud.host.url, agent));
      printFigure({
        figure: `largeBodies.${form}.health.longest`,
        value: besideMs,
        unit: 'ms',
        baseline: { name: 'without them', value: idleMs },
      });
      printFigure({
        figure: `largeBodies.${form}.peak`,
        value: peakMiB(cloud.host.processId),
        unit: 'MiB',
        baseline: { name: 'before them', value: idleMiB },
      });
    } finally {
      agent.destroy();
      await cloud.stop();
    }
  }
}

function bodyOf(form: Form): Sent {
  const image = Buffer.alloc(IMAGE_BYTES);
  for (let place = 0; place < image.length; place++) image[place] = (place * 2_654_435_761) >>> 13;
  if (form === 'bytes') return { contentType: 'application/octet-stream', body: image };
  if (form === 'base64') {
    const body = Buffer.from(`{"images":[{"base64":"${image.toString('base64')}"}]}`, 'latin1');
    return { contentType: 'application/json', body };
  }
  const head =
    '--7MA4YWxkTrZu0gW\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n';
  const body = Buffer.concat([Buffer.from(head), image, Buffer.from('\r\n--7MA4YWxkTrZu0gW--\r\n')]);
  return { contentType: 'multipart/form-data; boundary=7MA4YWxkTrZu0gW', body };
}

/** Asks again and again until something has ended. */
async function longestMs(until: Promise<unknown>, ask: () => Promise<number>): Promise<number> {
  let isOver = false;
  const over = until.finally(() => {
    isOver = true;
  });
  let longest = 0;
  while (!isOver) {
    longest = Math.max(longest, await ask());
    await sleep(ASKED_EVERY_MS);
  }
  await over;
  return longest;
}

function healthMs(url: string, agent: Agent): Promise<number> {
  const startedAt = performance.now();
  return new Promise((succeed, fail) => {
    const sent = sendRequest(`${url}/api/health`, { agent });
    sent.once('error', fail);
    sent.once('response', (answer) => {
      answer.resume();
      answer.once('end', () => succeed(performance.now() - startedAt));
    });
    sent.end();
  });
}

/** Sends a body piece by piece, so that this process is not what the figures show. */
function post(url: string, { contentType, body }: Sent): Promise<void> {
  return new Promise((succeed, fail) => {
    const headers = { 'content-type': contentType, 'content-length': body.byteLength };
    const sent = sendRequest(url, { method: 'POST', headers });
    sent.once('error', fail);
    sent.once('response', (answer) => {
      answer.resume();
      answer.once('end', () => {
        // 200 with the image among the rejected; 415 where it was to be analysed.
        if (answer.statusCode === 200 || answer.statusCode === 415) succeed();
        else fail(new Error(`${url} answered ${answer.statusCode}.`));
      });
    });
    const pieces = function* (): Generator<Buffer> {
      for (let from = 0; from < body.byteLength; from += 64 * 1024) yield body.subarray(from, from + 64 * 1024);
    };
    void (async () => {
      for (const piece of pieces()) if (!sent.write(piece)) await new Promise((drained) => sent.once('drain', drained));
      sent.end();
    })().catch(fail);
  });
}

/** High-water mark of a process's resident memory, as the kernel counts it. */
function peakMiB(processId: number): number {
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${processId}/status`, 'utf8'));
  return Number(peak?.[1] ?? Number.NaN) / 1024;
}
