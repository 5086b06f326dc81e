import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { ManagedIdentityCredential } from '@azure/identity';
import { OpenAI } from 'openai';
import sharp from 'sharp';
import { buildApp } from '../local/build.ts';
import { type LocalCloud, startCloud } from '../local/cloud.ts';
import { planAnalysis } from '../shared/analyses/planAnalysis.ts';
import { resolveRequest } from '../shared/analyses/resolveRequest.ts';
import { analyzeNow, type NowParts } from '../shared/analyzeNow.ts';
import { readConfig } from '../shared/config.ts';
import { toDataUrl } from '../shared/image/dataUrl.ts';
import { buildServices } from '../shared/services.ts';
import { requestBody } from '../shared/vision/requestBody.ts';
import { percentile, printFigure } from './figure.ts';
import { ROOMY_REGION } from './roomyRegion.ts';

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
  const cloud = await startCloud({ appFolder: PROJECT_FOLDER, port: 0, regions: [ROOMY_REGION] });
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

/** The stages of one call in this process: the model call, the storage, and what is left: our own work. */
async function benchStages(cloud: LocalCloud, jpeg: Buffer): Promise<void> {
  // The credential reads these two by itself; nothing else of this process's environment is touched.
  process.env.IDENTITY_ENDPOINT = cloud.identity.url;
  process.env.IDENTITY_HEADER = cloud.identity.header;
  const config = readConfig(cloud.settings);
  const services = await buildServices(config);
  const spent = { vision: 0, storage: 0, ledger: 0 };
  const parts: NowParts = {
    ...services,
    signal: () => undefined,
    vision: timed(services.vision, (ms) => (spent.vision += ms)),
    analyses: timed(services.analyses, (ms) => (spent.storage += ms)),
    results: timed(services.results, (ms) => (spent.storage += ms)),
    ledger: timed(services.ledger, (ms) => (spent.ledger += ms)),
  };
  const request = resolveRequest({ task: 'describe' }, services.defaults);
  const stages: Record<'own' | 'vision' | 'storage' | 'ledger', number[]> = {
    own: [],
    vision: [],
    storage: [],
    ledger: [],
  };
  for (let call = 0; call < WARM_UP + CALLS; call++) {
    Object.assign(spent, { vision: 0, storage: 0, ledger: 0 });
    const startedAt = performance.now();
    await analyzeNow({ image: { kind: 'bytes', bytes: jpeg }, request, waitMs: 30_000, isAsync: false }, parts);
    const totalMs = performance.now() - startedAt;
    if (call < WARM_UP) continue;
    stages.own.push(totalMs - spent.vision - spent.storage);
    for (const name of ['vision', 'storage', 'ledger'] as const) stages[name].push(spent[name]);
  }
  for (const [name, samples] of Object.entries(stages)) {
    printFigure({ figure: `overhead.stage.${name}.p50`, value: percentile(samples, 0.5), unit: 'ms' });
    printFigure({ figure: `overhead.stage.${name}.p99`, value: percentile(samples, 0.99), unit: 'ms' });
  }
}

/** The same object, whose asynchronous methods tell how long they took. */
function timed<T extends object>(parts: T, took: (ms: number) => void): T {
  return new Proxy(parts, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...given: unknown[]) => {
        const startedAt = performance.now();
        try {
          return await method.apply(target, given);
        } finally {
          took(performance.now() - startedAt);
        }
      };
    },
  });
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
        image: { dataUrl: toDataUrl(jpeg, 'image/jpeg'), detail: 'high' },
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
