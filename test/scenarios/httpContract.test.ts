import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost } from '../../local/host/startHost.ts';
import { seedRegions } from '../../local/regions/regionOptions.ts';
import { resultLineSchema } from '../../shared/http/openApi/analysesCalls.ts';
import { problemSchema } from '../../shared/http/openApi/analysisSchema.ts';
import { API_CALLS } from '../../shared/http/openApi/openApiDocument.ts';
import { makeAppFolder } from '../support/appFolder.ts';
import { plainPng, startTestCloud, type TestAnalysis, type TestCloud } from '../support/testCloud.ts';

/** Every call and status of the description, each driven through the host, as one who is signed in and has no key. */

let cloud: TestCloud;
let png: Buffer;
beforeAll(async () => {
  png = await plainPng(120, 90, '#112233');
  cloud = await startTestCloud({
    keys: 'enforced',
    settings: { HTTP_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'True', INLINE_WAIT_MS: '0' },
    regions: seedRegions().map((region) => ({
      ...region,
      answers: 'fixed',
      deployments: region.deployments.flatMap((each) => [
        { ...each, tokensPerMinute: 200_000 },
        // Room for one request a minute, for those who name it.
        ...(region.name === 'australiaeast' ? [{ ...each, deployment: 'tiny', tokensPerMinute: 2_000 }] : []),
      ]),
    })),
  });
});
afterAll(() => cloud?.stop());

const signedIn = (): Record<string, string> => ({
  'x-ms-client-principal': 'eyJ9',
  'x-ms-client-principal-id': 'anna',
});

/** As somebody who may. */
const MEBIBYTE_OF_ZEROS = Buffer.alloc(1024 * 1024);

function ask(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> {
  const headers = { ...signedIn(), ...init.headers };
  return cloud.call(`/api${path}`, { ...init, headers });
}

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

function postBytes(path: string, bytes: Buffer, headers: Record<string, string> = {}): Promise<Response> {
  return ask(path, {
    method: 'POST',
    headers: { 'content-type': 'image/png', ...headers },
    body: new Uint8Array(bytes),
  });
}

/** A body of 96 MiB, where 95 are allowed: the host passes on no answer before it has sent the whole of it. */
async function postHuge(path: string, contentType = 'image/png'): Promise<Response> {
  const answer = await new Promise<IncomingMessage>((settle, fail) => {
    const headers = {
      ...signedIn(),
      ...{ 'content-type': contentType, 'content-length': 96 * 1024 * 1024 },
    };
    const sending = request(`${cloud.host.url}/api${path}`, { method: 'POST', headers }, settle);
    sending.on('error', fail);
    Readable.from(Array.from({ length: 96 }, () => MEBIBYTE_OF_ZEROS)).pipe(sending);
  });
  const text = (await answer.toArray()).join('');
  answer.destroy();
  return new Response(text, {
    status: answer.statusCode ?? 0,
    headers: { 'content-type': answer.headers['content-type'] ?? '' },
  });
}

const faults = (
  standing: Parameters<NonNullable<TestCloud['regions']>['all'][number]['setFaults']>[0]['standing'],
): void => {
  for (const region of cloud.regions?.all ?? []) region.setFaults({ standing: standing ?? null });
};

async function whileFaulty(fault: Parameters<typeof faults>[0], step: () => Promise<Response>): Promise<Response> {
  faults(fault);
  try {
    return await step();
  } finally {
    faults(null);
  }
}

/** An analysis that was cancelled while it waited for quota. The pool stays closed for as long as the hint says. */
async function cancelledAnalysis(name: string): Promise<string> {
  faults({ kind: 'throttle', retryAfterMs: 60_000 });
  await cloud.upload(name, await plainPng(60 + name.length, 50));
  let found: TestAnalysis | undefined;
  await expect
    .poll(async () => {
      const list = await ask(`/analyses?prefix=${encodeURIComponent(name)}`);
      found = ((await list.json()) as { analyses: TestAnalysis[] }).analyses[0];
      return found?.status;
    })
    .toBe('waiting');
  const id = found?.id ?? '';
  await post('/analyses/cancel', { ids: [id] });
  faults(null);
  return id;
}

const NOBODY = '0'.repeat(32);
let done: string;
const doneId = async (): Promise<string> => {
  done ??= ((await (await postBytes('/analyze?task=describe', png)).json()) as TestAnalysis).id;
  return done;
};

/** How each call comes to each status; 401 and 403 are the same for all. */
const DRIVERS: Readonly<Record<string, Readonly<Record<number, () => Promise<Response>>>>> = {
  'post /analyze': {
    200: () => postBytes('/analyze?task=describe', png),
    202: () => postBytes('/analyze?task=describe', png, { prefer: 'respond-async' }),
    400: () => post('/analyze', { image: {} }),
    404: () => post('/analyze', { image: { blob: 'nothing.png' } }),
    409: async () => {
      const key = { 'idempotency-key': 'contract' };
      await postBytes('/analyze?task=describe', png, key);
      return postBytes('/analyze?task=text', png, key);
    },
    413: () => postHuge('/analyze'),
    415: () => postBytes('/analyze', Buffer.from('These are words.')),
    422: () => post('/analyze', { image: { url: 'https://169.254.169.254/metadata' } }),
    429: async () => {
      const tiny = '/analyze?task=describe&model=tiny-australiaeast';
      await postBytes(tiny, png);
      return postBytes(tiny, png, { prefer: 'wait=1' });
    },
    502: () => whileFaulty({ kind: 'answer', text: 'no JSON' }, () => postBytes('/analyze?task=describe', png)),
    503: () =>
      whileFaulty({ kind: 'refuse', as: 'unauthorized' }, () =>
        postBytes('/analyze?task=describe&model=gpt-4-vision-preview-westus', png),
      ),
  },
  'post /estimate': {
    200: () => post('/estimate', { images: [{ width: 513, height: 513 }, { base64: 'AAAA' }] }),
    400: () => post('/estimate', { images: [] }),
    413: () => postHuge('/estimate'),
  },
  'post /analyses': {
    200: () => post('/analyses', { dryRun: true }),
    400: () => post('/analyses', { folder: 'a' }),
    413: () => postHuge('/analyses', 'application/json'),
  },
  'get /analyses': {
    200: () => ask('/analyses'),
    400: () => ask('/analyses?limit=0'),
  },
  'get /analyses/{id}': {
    200: async () => ask(`/analyses/${await doneId()}`),
    400: async () => ask(`/analyses/${await doneId()}?colour=red`),
    404: () => ask(`/analyses/${NOBODY}`),
  },
  'post /analyses/{id}/retry': {
    202: async () => ask(`/analyses/${await cancelledAnalysis('describe/again.png')}/retry`, { method: 'POST' }),
    400: () => ask(`/analyses/${NOBODY}/retry?force=true`, { method: 'POST' }),
    404: () => ask(`/analyses/${NOBODY}/retry`, { method: 'POST' }),
    409: async () => ask(`/analyses/${await doneId()}/retry`, { method: 'POST' }),
    410: async () => {
      const id = await cancelledAnalysis('describe/removed.png');
      await cloud.container('images').deleteBlob('describe/removed.png');
      return ask(`/analyses/${id}/retry`, { method: 'POST' });
    },
  },
  'post /analyses/retry': {
    200: () => post('/analyses/retry', { code: 'answer-unusable' }),
    400: () => post('/analyses/retry', { code: 'bad-luck' }),
    413: () => postHuge('/analyses/retry', 'application/json'),
  },
  'post /analyses/cancel': {
    200: () => post('/analyses/cancel', { prefix: 'nothing/' }),
    400: () => post('/analyses/cancel', {}),
    413: () => postHuge('/analyses/cancel', 'application/json'),
  },
  'get /results': { 200: () => ask('/results'), 400: () => ask('/results?format=xml') },
  'get /backlog': { 200: () => ask('/backlog'), 400: () => ask('/backlog?a=1') },
  'get /deployments': { 200: () => ask('/deployments'), 400: () => ask('/deployments?a=1') },
  'get /models': { 200: () => ask('/models'), 400: () => ask('/models?a=1') },
  'get /usage': { 200: () => ask('/usage?by=model'), 400: () => ask('/usage?by=colour') },
  'get /health': {
    200: () => cloud.call('/api/health'),
    400: () => cloud.call('/api/health?a=1'),
    503: healthOfWrongSettings,
  },
  'get /health/details': { 200: () => ask('/health/details'), 400: () => ask('/health/details?a=1') },
  'get /openapi.json': { 200: () => ask('/openapi.json'), 400: () => ask('/openapi.json?a=1') },
};

/** Starts the same app again with a wrong setting. */
async function healthOfWrongSettings(): Promise<Response> {
  const { folder, remove } = await makeAppFolder();
  const settings = { ...cloud.settings, HTTP_SHARE: '7' };
  const host = await startHost({ folder, settings, graceSeconds: 0 });
  try {
    const answer = await fetch(`${host.url}/api/health`);
    // Read while the host is there.
    return new Response(await answer.text(), { status: answer.status, headers: answer.headers });
  } finally {
    await host.kill();
    await remove();
  }
}

/** Those that leave the pool out of order come last. */
const rank = (name: string, status: number): number =>
  name.endsWith('{id}/retry') && status !== 404 ? 3 : [502, 503].indexOf(status) + 1;

const CASES = API_CALLS.flatMap((call) => {
  const name = `${call.method} ${call.path}`;
  // 402 needs a budget, and 504 a public host that does not answer.
  const {
    402: _budget,
    504: _timeout,
    ...statuses
  } = Object.fromEntries([...Object.keys(call.answers), ...call.problems].map((status) => [status, Number(status)]));
  return Object.values(statuses).map((status) => ({ name, call, status }));
}).toSorted((left, right) => rank(left.name, left.status) - rank(right.name, right.status));

/** Method and address of every call that is not open to everybody. */
const CLOSED = API_CALLS.filter(({ isOpen }) => !isOpen).map(
  ({ method, path }) => [method.toUpperCase(), `/api${path.replace('{id}', NOBODY)}`] as const,
);

describe('the description of the HTTP interface', () => {
  it('has every function that HTTP reaches, and no other', async () => {
    const described = API_CALLS.map(({ operationId }) => operationId);
    const others = cloud.host.functions.filter((name) => !described.includes(name));
    expect(others.every((name) => name.startsWith('on'))).toBe(true);
    expect(described.filter((name) => !cloud.host.functions.includes(name))).toEqual([]);
  });

  it.each(CASES)('is right: $name answers $status', async ({ name, call, status }) => {
    const answer = await DRIVERS[name]?.[status]?.();
    expect(answer?.status).toBe(status);
    const mediaType = answer?.headers.get('content-type')?.split(';')[0] ?? '';
    const text = (await answer?.text()) ?? '';
    const described = call.answers[status];
    if (!described) {
      expect(mediaType).toBe('application/problem+json');
      const problem = JSON.parse(text);
      expect(problemSchema.parse(problem)).toEqual(problem);
      expect(problem.status).toBe(status);
      return;
    }
    expect(Object.keys(described.content)).toContain(mediaType);
    const schema = described.content[mediaType]?.schema;
    if (schema) expect(schema.parse(JSON.parse(text))).toEqual(JSON.parse(text));
    for (const header of Object.keys(described.headers ?? {})) expect(answer?.headers.get(header)).toBeTruthy();
  });

  it.each(CLOSED)('is right: %s %s is closed to those who did not sign in, even with a key', async (method, path) => {
    for (const key of ['', cloud.host.keys?.hostKey ?? '']) {
      const closed = await cloud.call(path, { method, headers: { 'x-functions-key': key } });
      expect(closed.status).toBe(403);
      expect(problemSchema.parse(await closed.json())).toMatchObject({ code: 'signed-out' });
    }
  });

  it('serves the same description', async () => {
    const { paths } = (await (await ask('/openapi.json')).json()) as { paths: Record<string, object> };
    const told = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(told.toSorted()).toEqual(Object.keys(DRIVERS).toSorted());
  });

  it('returns results with an analysis and its answer on each line', async () => {
    await doneId();
    const lines = (await (await ask('/results')).text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(resultLineSchema.parse(line)).toEqual(line);
    const csv = await (await ask('/results?format=csv&prefix=http-')).text();
    expect(csv).toMatch(/^id,source,task,/);
    expect(csv).toContain(done);
    const forExcel = Buffer.from(await (await ask('/results?format=csv&prefix=http-&bom=true')).arrayBuffer());
    expect(forExcel.subarray(0, 6).toString('latin1')).toBe('\u00ef\u00bb\u00bfid,');
  });
});

describe('every call but that of the health', () => {
  let keyed: TestCloud;
  beforeAll(async () => {
    keyed = await startTestCloud({ keys: 'enforced' });
  });
  afterAll(() => keyed?.stop());

  it.each(CLOSED)('is closed without a key when sign-in is off: %s %s', async (method, path) => {
    for (const key of [undefined, 'wrong']) {
      const headers = { ...signedIn(), ...(key === undefined ? {} : { 'x-functions-key': key }) };
      const locked = await keyed.call(path, { method, headers });
      expect([locked.status, await locked.text()]).toEqual([401, '']);
    }
  });

  it('opens with a key, and with nothing else', async () => {
    const headers = { 'x-functions-key': keyed.host.keys?.hostKey ?? '' };
    expect((await keyed.call('/api/models', { headers })).status).toBe(200);
  });
});

describe('a call when the budget is used up', () => {
  it('answers 402, and says when it is renewed', async () => {
    const poor = await startTestCloud({
      settings: { DAILY_BUDGET_USD: '0.04' },
      regions: seedRegions().map((region) => ({ ...region, answers: 'fixed' })),
    });
    try {
      const image = { method: 'POST', headers: { 'content-type': 'image/png' }, body: new Uint8Array(png) };
      let answer = await poor.call('/api/analyze?task=describe', image);
      expect(answer.status).toBe(200);
      while (answer.status === 200) answer = await poor.call('/api/analyze?task=describe', image);
      expect(answer.status).toBe(402);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(problemSchema.parse(await answer.json())).toMatchObject({ code: 'budget-reached' });
    } finally {
      await poor.stop();
    }
  });
});
