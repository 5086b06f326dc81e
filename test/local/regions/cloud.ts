import OpenAI from 'openai';
import sharp from 'sharp';
import { expect } from 'vitest';
import { signToken } from '../../../local/identity/accessToken.ts';
import type { Charge } from '../../../local/regions/chargeLog.ts';
import type { FaultInput } from '../../../local/regions/fault.ts';
import type { RegionOptions } from '../../../local/regions/regionOptions.ts';
import { type Regions, type RunningRegion, startRegions } from '../../../local/regions/startRegions.ts';

/** What the tests of the emulated regions share: one region on a free port, a good token, small images. */
export const secret = 'a secret of the tests';

export function tokenFor(audience = 'https://cognitiveservices.azure.com', lifetimeSeconds = 3600): string {
  const issuedAtSeconds = Math.floor(Date.now() / 1000);
  const expiresAtSeconds = issuedAtSeconds + lifetimeSeconds;
  return signToken({ audience, clientId: 'tests', issuedAtSeconds, expiresAtSeconds }, secret);
}

export function regionWith(options: Partial<RegionOptions> = {}): RegionOptions {
  return {
    name: 'swedencentral',
    answers: 'fixed',
    deployments: [
      { deployment: 'vision', model: 'gpt-4o', version: '2024-11-20', tokensPerMinute: 100_000 },
      { deployment: 'seed', model: 'gpt-4', version: 'vision-preview', tokensPerMinute: 10_000 },
      { deployment: 'thinker', model: 'gpt-5.1', version: '2025-11-13', tokensPerMinute: 100_000 },
      { deployment: 'first-thinker', model: 'o1', version: '2024-12-17', tokensPerMinute: 100_000 },
      { deployment: 'words', model: 'gpt-4', version: '0613', tokensPerMinute: 100_000 },
      { deployment: 'elsewhere', model: 'gpt-5-pro', version: '2025-10-06', tokensPerMinute: 100_000 },
    ],
    ...options,
  };
}

/** Starts one region, hands it over and closes it, whatever happens in between. */
export async function withRegion(
  options: Partial<RegionOptions>,
  use: (region: RunningRegion, regions: Regions) => Promise<void>,
): Promise<void> {
  const regions = await startRegions({ secret, regions: [regionWith(options)] });
  try {
    await use(regions.get(options.name ?? 'swedencentral'), regions);
  } finally {
    await regions.close();
  }
}

export function clientOf(region: RunningRegion, timeoutMs = 60_000): OpenAI {
  return new OpenAI({
    baseURL: `${region.endpoint}/openai/v1`,
    apiKey: tokenFor(),
    maxRetries: 0,
    timeout: timeoutMs,
    organization: null,
    project: null,
    logLevel: 'off',
    fetchOptions: { redirect: 'manual' },
  });
}

export function dataUrl(bytes: Buffer, type = 'image/png'): string {
  return `data:${type};base64,${bytes.toString('base64')}`;
}

export function plainPng(width = 64, height = 64, background = '#3366cc'): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
}

/** A picture of lines of words, black on white. */
export function wordsPng(lines: readonly string[], fontPx = 40): Promise<Buffer> {
  const text = lines.map((line, row) => `<text x="30" y="${(row + 1) * fontPx * 1.8}">${line}</text>`).join('');
  return svgPng(900, Math.round((lines.length + 1) * fontPx * 1.8), `<g font-size="${fontPx}">${text}</g>`);
}

export function svgPng(width: number, height: number, content: string): Promise<Buffer> {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans">`;
  return sharp(Buffer.from(`${head}<rect width="100%" height="100%" fill="white"/>${content}</svg>`))
    .png()
    .toBuffer();
}

type Chat = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;

/** A chat about one image; further parameters replace or join. */
export function chatAbout(image: Buffer, more: Partial<Chat> = {}): Chat {
  return {
    model: 'vision',
    max_tokens: 300,
    messages: [
      { role: 'system', content: 'Task: describe.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look.' },
          { type: 'image_url', image_url: { url: dataUrl(image), detail: 'high' } },
        ],
      },
    ],
    ...more,
  };
}

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text as JSON; null where it is none. */
  readonly json: unknown;
}

/** Posts a body as it is, to see exactly what comes back. */
export async function post(
  region: RunningRegion,
  body: unknown,
  more: { readonly path?: string; readonly token?: string | null } = {},
): Promise<Received> {
  const token = more.token === undefined ? tokenFor() : more.token;
  const response = await fetch(`${region.endpoint}${more.path ?? '/openai/v1/chat/completions'}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    redirect: 'manual',
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: jsonOf(text) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What the real client makes of a fault, and what the region noted. */
export async function meet(
  fault: FaultInput,
  timeoutMs = 60_000,
): Promise<{ error: unknown; answer: unknown; charge: Charge | undefined }> {
  const image = await plainPng();
  const met: { error: unknown; answer: unknown; charge: Charge | undefined } = {
    error: null,
    answer: null,
    charge: undefined,
  };
  await withRegion({ faults: { script: [fault] } }, async (region) => {
    try {
      met.answer = await clientOf(region, timeoutMs).chat.completions.create(chatAbout(image));
    } catch (error) {
      met.error = error;
    }
    await expect.poll(() => region.charges()[0]?.endedAtMs).toBeTypeOf('number');
    met.charge = region.charges()[0];
  });
  return met;
}
