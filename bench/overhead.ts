import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { ManagedIdentityCredential } from '@azure/identity';
import { OpenAI } from 'openai';
import sharp from 'sharp';
import { type LocalCloud, startCloud } from '../local/cloud/startCloud.ts';
import { buildApp } from '../local/make/build.ts';
import { toDataUrl } from '../shared/image/pixels/cutIntoParts.ts';
import { planAnalysis } from '../shared/modelCalls/planAnalysis.ts';
import { resolveRequest } from '../shared/requests/resolveRequest.ts';
import { readConfig } from '../shared/settings/config.ts';
import { requestBody } from '../shared/vision/requestBody.ts';
import { percentile, printFigure } from './figure.ts';
import { ROOMY_REGION } from './roomyRegion.ts';
import { benchStages } from './stages.ts';
import { STRICTNESS } from './strictness.ts';

const PROJECT_FOLDER = resolve(import.meta.dirname, '..');
const WARM_UP = 30;
const CALLS = 300;

/**
 * What Argus adds to a model call: POST /analyze through the host against the openai client talking to the same region,
 * with the same image and prompt; and, within the process, its own work apart from the call and the storage.
 */
export async function benchOverhead(): Promise<void> {
  await buildApp();
  const jpeg = await noisyJpeg(200_000);
  const cloud = await startCloud({
    appFolder: PROJECT_FOLDER,
    port: 0,
    regions: [ROOMY_REGION],
    strictness: STRICTNESS,
  });
  try {
    const direct = await directCaller(cloud, jpeg);
    const through = async (): Promise<void> => {
      const answer = await fetch(`${cloud.host.url}/api/analyze?task=describe`, {
        method: 'POST',
        headers: { 'content-type': 'image/jpeg' },
        body: jpeg,
      });
      if (answer.status !== 200) throw new Error(`POST /analyze answered ${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer();
    };
    for (const callers of [1, 16]) {
      const directMs = await timesOf(direct, callers);
      const throughMs = await timesOf(through, callers);
      for (const [name, part] of [
        ['p50', 0.5],
        ['p99', 0.99],
      ] as const) {
        const baseline = { name: 'openai client, same region', value: percentile(directMs, part) };
        printFigure({
          figure: `overhead.analyze.${callers}callers.${name}`,
          value: percentile(throughMs, part),
          unit: 'ms',
          baseline,
        });
      }
    }
    await benchStages(cloud, jpeg);
  } finally {
    await cloud.stop();
  }
}

async function directCaller(cloud: LocalCloud, jpeg: Buffer): Promise<() => Promise<void>> {
  process.env.IDENTITY_ENDPOINT = cloud.identity.url;
  process.env.IDENTITY_HEADER = cloud.identity.header;
  const config = readConfig(cloud.settings);
  const [deployment] = config.deployments;
  if (!deployment) throw new Error('The pool is empty.');
  const request = resolveRequest(
    { task: 'describe' },
    { task: 'describe', model: config.defaultModel, language: undefined, deployments: config.deployments },
  );
  const plan = await planAnalysis(request, { width: 768, height: 512 }, { deployment, nowMs: Date.now() });
  const token = await new ManagedIdentityCredential().getToken(config.tokenScope);
  const client = new OpenAI({ baseURL: `${deployment.endpoint}/openai/v1`, apiKey: token.token, maxRetries: 0 });
  return async () => {
    await client.chat.completions.create(
      requestBody({
        deployment,
        parameters: plan.model.parameters,
        prompt: plan.prompt,
        images: [toDataUrl(jpeg, 'image/jpeg')],
        detail: 'high',
        maxOutputTokens: plan.maxOutputTokens,
      }),
    );
  };
}

async function timesOf(call: () => Promise<void>, callers: number): Promise<readonly number[]> {
  for (let round = 0; round < WARM_UP; round++) await call();
  const times: number[] = [];
  let left = CALLS;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left--;
      const startedAt = performance.now();
      await call();
      times.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return times;
}

/** A JPEG of 768 x 512 pixels and about this many bytes: no model would have it smaller. */
async function noisyJpeg(bytes: number): Promise<Buffer> {
  const noise = { width: 768, height: 512, channels: 3 } as const;
  const pixels = randomBytes(noise.width * noise.height * noise.channels);
  for (let quality = 95; quality > 10; quality -= 5) {
    const jpeg = await sharp(pixels, { raw: noise }).jpeg({ quality }).toBuffer();
    if (jpeg.byteLength <= bytes * 1.1) return jpeg;
  }
  throw new Error(`No quality makes a JPEG of ${bytes} bytes.`);
}
