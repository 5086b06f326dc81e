import { Agent, request as sendRequest } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { startCloud } from '../../local/cloud/startCloud.ts';
import { buildApp } from '../../local/make/build.ts';
import { startChild } from '../../local/process/startChild.ts';
import { printFigure } from '../figure.ts';
import { peakMiB } from '../memory.ts';
import { ROOMY_REGION } from '../roomyRegion.ts';
import type { Form, SenderTerms } from './sender.ts';

const PROJECT_FOLDER = resolve(import.meta.dirname, '../..');

const AT_ONCE = 4;
const ASKED_EVERY_MS = 10;

const FORMS: readonly Form[] = ['base64', 'form', 'bytes', 'photo'];

/**
 * How long `GET /health` takes beside four bodies of 94 MB (70 MB as a form or as bytes), and the most memory that host and
 * app held. No model is asked but for the photos: the rest are estimated, or refused as no image, after they were read. Each
 * call has an `Idempotency-Key`, so that the bytes are hashed.
 */
export async function benchLargeBodies(): Promise<void> {
  await buildApp();
  for (const form of FORMS) {
    const cloud = await startCloud({ appFolder: PROJECT_FOLDER, port: 0, regions: [ROOMY_REGION] });
    const agent = new Agent({ keepAlive: true });
    try {
      const url = `${cloud.host.url}/api/${form === 'base64' ? 'estimate' : 'analyze'}`;
      await warmUp(`${cloud.host.url}/api/analyze`);
      for (let round = 0; round < 50; round++) await healthMs(cloud.host.url, agent);
      const idleMs = await longestMs(sleep(1_000), () => healthMs(cloud.host.url, agent));
      const idleMiB = peakMiB(cloud.host.processId);
      const sender = await startSender({ url, form, bodies: AT_ONCE });
      const besideMs = await longestMs(sender.answered, () => healthMs(cloud.host.url, agent));
      await sender.stop();
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

/** Sends the bodies from a process of their own, whose work is not what the figures show. */
async function startSender(terms: SenderTerms): Promise<{ readonly answered: Promise<void>; stop(): Promise<void> }> {
  const answered = Promise.withResolvers<void>();
  const sender = await startChild({
    name: 'The sender of large bodies',
    script: join(import.meta.dirname, 'sender.ts'),
    arguments: [JSON.stringify(terms)],
    readReady: (line) => (line === 'built' ? line : undefined),
    onLine: (line) => (line === 'answered' ? answered.resolve() : console.error(line)),
    readyWithinMs: 60_000,
    endWithinMs: 5_000,
  });
  void sender.ended.then((code) => answered.reject(new Error(`The sender of large bodies ended (${code}).`)));
  return { answered: answered.promise, stop: sender.stop };
}

/** Once, so that what is loaded with the first image is not what the figures show. */
async function warmUp(url: string): Promise<void> {
  const image = await sharp({ create: { width: 2_000, height: 1_000, channels: 3, background: '#336699' } })
    .jpeg()
    .toBuffer();
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'image/jpeg' }, body: image });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}.`);
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
