import { createServer, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Parameters } from '../../shared/catalog/model.ts';
import type { Deployment } from '../../shared/pool/deployment.ts';
import { requestBody } from '../../shared/vision/requestBody.ts';
import { type Asked, createVisionClient } from '../../shared/vision/visionClient.ts';
import { answering, completion, deploymentAt, json, type ScriptedRegion, startRegion } from './scriptedRegion.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

const TOKEN = 'tok-of-the-test';
const SEED: Parameters = {
  chatCompletions: true,
  outputCap: 'max_tokens',
  temperature: true,
  topP: true,
  reasoningEfforts: [],
  jsonSchema: false,
};

function bodyWith(dataUrl: string): ReturnType<typeof requestBody> {
  return requestBody({
    deployment: { deployment: 'gpt-4-vision-preview' },
    parameters: SEED,
    prompt: { system: 'You read images.', user: 'Describe.', sampling: { temperature: 0.7, topP: 0.95 } },
    images: [dataUrl],
    detail: 'high',
    maxOutputTokens: 800,
  });
}

const BODY = bodyWith('data:image/png;base64,AAAA');
const vision = createVisionClient({ getToken: async () => TOKEN, now: Date.now, keyOf: () => 'key-of-the-test' });

const stallsInBody: ScriptedRegion['script'] = (reply) => {
  reply.writeHead(200, { 'content-type': 'application/json' });
  reply.write('{"choices":[');
};

let region: ScriptedRegion;
beforeEach(async () => {
  region = await startRegion();
});
afterEach(() => region.close());

function ask(changes: Partial<Deployment> = {}): Promise<Asked> {
  return vision.ask(deploymentAt(region.endpoint, changes), BODY, { timeoutMs: 60_000 });
}

describe('createVisionClient, what it sends', () => {
  it('asks on the dated path with a bearer token and the body as it was made', async () => {
    region.script = answering('A red square.', {
      'apim-request-id': 'a-1',
      'x-ratelimit-remaining-tokens': '8035',
      'x-ratelimit-limit-tokens': '10000',
    });
    const beforeMs = Date.now();
    const asked = await ask();
    expect(asked.outcome).toEqual({
      kind: 'answered',
      text: 'A red square.',
      finish: 'stop',
      usage: {
        promptTokens: 1156,
        imageTokens: null,
        cachedTokens: 0,
        completionTokens: 80,
        reasoningTokens: 0,
        totalTokens: 1236,
      },
      hints: { remainingTokens: 8035, limitTokens: 10_000 },
    });
    expect(asked.requestId).toBe('a-1');
    expect(asked.sentAtMs).toBeGreaterThanOrEqual(beforeMs);
    expect(asked.tookMs).toBeGreaterThanOrEqual(0);
    const [request] = region.seen;
    expect(request?.method).toBe('POST');
    expect(request?.path).toBe(
      '/openai/deployments/gpt-4-vision-preview/chat/completions?api-version=2023-12-01-preview',
    );
    expect(request?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(JSON.parse(request?.body ?? '')).toEqual(BODY);
  });

  it('asks on /openai/v1 without an API version', async () => {
    const { apiVersion: _, ...deployment } = deploymentAt(region.endpoint);
    await vision.ask(deployment, BODY, { timeoutMs: 60_000 });
    expect(region.seen[0]?.path).toBe('/openai/v1/chat/completions');
  });

  it('asks an endpoint that ends in /v1 there, and without any header of authority when it wants none', async () => {
    const { apiVersion: _, ...deployment } = deploymentAt(`${region.endpoint}/v1`, { auth: { kind: 'none' } });
    const asked = await vision.ask(deployment, BODY, { timeoutMs: 60_000 });
    expect(asked.outcome.kind).toBe('answered');
    expect(region.seen[0]?.path).toBe('/v1/chat/completions');
    expect(region.seen[0]?.headers).not.toHaveProperty('authorization');
    expect(region.seen[0]?.headers).not.toHaveProperty('api-key');
  });

  it('sends a key as api-key on the dated path and as a bearer elsewhere', async () => {
    const auth = { kind: 'key', keySetting: 'EYES_KEY' } as const;
    await ask({ auth });
    const { apiVersion: _, ...undated } = deploymentAt(region.endpoint, { auth });
    await vision.ask(undated, BODY, { timeoutMs: 60_000 });
    expect(region.seen.map(({ headers }) => [headers['api-key'], headers.authorization])).toEqual([
      ['key-of-the-test', undefined],
      [undefined, 'Bearer key-of-the-test'],
    ]);
  });

  it('sends only the headers that it needs', async () => {
    await ask();
    expect(Object.keys(region.seen[0]?.headers ?? {}).sort()).toEqual([
      'accept',
      'accept-encoding',
      'accept-language',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'sec-fetch-mode',
      'user-agent',
    ]);
  });

  it('is changed by no variable of the environment', async () => {
    const names = {
      OPENAI_API_KEY: 'sk-environment',
      AZURE_OPENAI_API_KEY: 'azure-environment',
      OPENAI_ADMIN_KEY: 'admin-environment',
      OPENAI_ORG_ID: 'org-environment',
      OPENAI_PROJECT_ID: 'project-environment',
      OPENAI_BASE_URL: 'http://127.0.0.1:9',
      OPENAI_WEBHOOK_SECRET: 'hook-environment',
      OPENAI_LOG: 'debug',
      OPENAI_CUSTOM_HEADERS:
        'authorization: Bearer environment\napi-key: environment\nx-extra: environment\nuser-agent: environment\naccept: text/environment',
    };
    Object.assign(process.env, names);
    try {
      const fresh = createVisionClient({ getToken: async () => TOKEN, now: Date.now });
      const asked = await fresh.ask(deploymentAt(region.endpoint), BODY, { timeoutMs: 60_000 });
      expect(asked.outcome.kind).toBe('answered');
      expect(region.seen[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
      expect(JSON.stringify(region.seen[0])).not.toContain('environment');
    } finally {
      for (const name of Object.keys(names)) delete process.env[name];
    }
  });

  it('sends a body of more than 20 MB whole', async () => {
    const dataUrl = `data:image/png;base64,${'A'.repeat(27_000_000)}`;
    const asked = await vision.ask(deploymentAt(region.endpoint), bodyWith(dataUrl), { timeoutMs: 60_000 });
    expect(asked.outcome.kind).toBe('answered');
    expect(region.seen[0]?.body.length).toBeGreaterThan(27_000_000);
    expect(region.seen[0]?.body).toContain('"detail":"high"');
  });
});

describe('createVisionClient, how it ends', () => {
  it('asks once, whatever the answer says about trying again', async () => {
    region.script = json(503, { error: { message: 'Try later.' } }, { 'x-should-retry': 'true', 'retry-after': '0' });
    expect((await ask()).outcome).toEqual({
      kind: 'ambiguous',
      reason: 'server-error',
      status: 503,
      detail: 'Try later.',
    });
    expect(region.seen).toHaveLength(1);
  });

  it('reads the inner error that stands beside the error', async () => {
    region.script = json(
      400,
      {
        error: { code: 'invalid_request_error', message: 'The response was filtered.' },
        innererror: {
          code: 'ResponsibleAIPolicyViolation',
          content_filter_result: { 'self-harm': { filtered: true, severity: 'high' } },
        },
      },
      { 'x-ms-request-id': 'm-1' },
    );
    const asked = await ask();
    expect(asked.outcome).toMatchObject({ kind: 'filtered', on: 'image', category: 'self_harm' });
    expect(asked.requestId).toBe('m-1');
  });

  it('reads the sentence of a gateway that sends no error member', async () => {
    region.script = json(
      429,
      { statusCode: 429, message: 'Rate limit is exceeded. Try again in 5 seconds.' },
      { 'x-ratelimit-remaining-requests': '0' },
    );
    expect((await ask()).outcome).toEqual({
      kind: 'throttled',
      waitMs: 5000,
      over: 'quota',
      hints: { remainingRequests: 0 },
    });
  });

  it('follows no redirect', async () => {
    const elsewhere = await startRegion();
    region.script = (reply) => {
      reply.writeHead(307, { location: `${elsewhere.endpoint}/openai/v1/chat/completions` });
      reply.end();
    };
    expect((await ask()).outcome).toEqual({
      kind: 'refused',
      reason: 'redirected',
      status: 307,
      detail: 'The service answered 307 without a sentence.',
    });
    expect(elsewhere.seen).toHaveLength(0);
    await elsewhere.close();
  });

  it('takes a closed port as refused, for nothing was sent', async () => {
    const closed = await startRegion();
    await closed.close();
    expect((await vision.ask(deploymentAt(closed.endpoint), BODY, { timeoutMs: 60_000 })).outcome).toEqual({
      kind: 'refused',
      reason: 'unreachable',
      status: null,
      detail: 'No connection to the endpoint (ECONNREFUSED).',
    });
  });

  it('takes a name that does not resolve as refused', async () => {
    const asked = await vision.ask(deploymentAt('http://nowhere.invalid'), BODY, { timeoutMs: 60_000 });
    expect(asked.outcome).toMatchObject({ kind: 'refused', reason: 'unreachable', status: null });
  });

  it('takes TLS to a server without it as refused', async () => {
    const endpoint = region.endpoint.replace('http:', 'https:');
    const asked = await vision.ask(deploymentAt(endpoint), BODY, { timeoutMs: 60_000 });
    expect(asked.outcome).toMatchObject({ kind: 'refused', reason: 'unreachable' });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['reset', (socket) => socket.resetAndDestroy()],
    ['closed', (socket) => socket.end()],
  ])('takes a connection that is %s after sending as ambiguous', async (_, breakOff) => {
    region.script = (reply) => {
      if (reply.socket) breakOff(reply.socket);
    };
    expect((await ask()).outcome).toMatchObject({ kind: 'ambiguous', reason: 'reset', status: null });
  });

  it('takes a connection that is reset while it sends as ambiguous', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const body = bodyWith(`data:image/png;base64,${'A'.repeat(5_000_000)}`);
    const asked = await vision.ask(deploymentAt(`http://127.0.0.1:${port}`), body, { timeoutMs: 60_000 });
    expect(asked.outcome).toMatchObject({ kind: 'ambiguous', reason: 'reset' });
    server.close();
  });

  it('takes an answer that breaks off as ambiguous', async () => {
    region.script = (reply) => {
      reply.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      reply.write('{"choices":[');
      setTimeout(() => reply.destroy(), 20);
    };
    expect((await ask()).outcome).toMatchObject({ kind: 'ambiguous', reason: 'cut-body' });
  });

  it('takes broken JSON and HTML as ambiguous', async () => {
    region.script = (reply) => {
      reply.writeHead(200, { 'content-type': 'application/json' });
      reply.end('{"choices":[');
    };
    expect((await ask()).outcome).toMatchObject({ kind: 'ambiguous', reason: 'not-json' });
    region.script = (reply) => {
      reply.writeHead(200, { 'content-type': 'text/html' });
      reply.end('<h1>Sign in</h1>');
    };
    expect((await ask()).outcome).toMatchObject({ kind: 'ambiguous', reason: 'not-json', status: 200 });
  });

  it.each<[string, ScriptedRegion['script']]>([
    ['that never comes', () => {}],
    ['that stalls within its body', stallsInBody],
  ])('ends an answer %s at the timeout', async (_, script) => {
    region.script = script;
    const asked = await vision.ask(deploymentAt(region.endpoint), BODY, { timeoutMs: 1500 });
    expect(asked.outcome).toMatchObject({ kind: 'ambiguous', reason: 'timeout', status: null });
  });

  it('goes by the status when the body of a refusal stalls', async () => {
    region.script = (reply) => {
      reply.writeHead(429, { 'content-type': 'application/json', 'retry-after-ms': '1500' });
      reply.write('{"error":');
    };
    const asked = await vision.ask(deploymentAt(region.endpoint), BODY, { timeoutMs: 3000 });
    expect(asked.outcome).toMatchObject({ kind: 'throttled', waitMs: 1500 });
  });

  it('reads no more of a refusal than its beginning, however long it is', async () => {
    let isClosed = false;
    region.script = (reply) => {
      reply.on('close', () => {
        isClosed = true;
      });
      reply.writeHead(400, { 'content-type': 'text/plain' });
      reply.write(`The image is broken. ${'x '.repeat(40_000)}`);
    };
    const asked = await vision.ask(deploymentAt(region.endpoint), BODY, { timeoutMs: 3_600_000 });
    expect(asked.outcome).toMatchObject({ kind: 'refused', status: 400 });
    await expect.poll(() => isClosed).toBe(true);
  });

  it('distinguishes a call that is ended after sending from one that is ended before', async () => {
    const ending = new AbortController();
    region.script = () => ending.abort();
    const limits = { timeoutMs: 60_000, signal: ending.signal };
    const after = await vision.ask(deploymentAt(region.endpoint), BODY, limits);
    const before = await vision.ask(deploymentAt(region.endpoint), BODY, limits);
    expect(after.outcome).toMatchObject({ kind: 'ambiguous', reason: 'aborted' });
    expect(before.outcome).toMatchObject({ kind: 'refused', reason: 'aborted' });
    expect(region.seen).toHaveLength(1);
  });

  it('sends nothing when no time is left', async () => {
    const asked = await vision.ask(deploymentAt(region.endpoint), BODY, { timeoutMs: 0 });
    expect(asked.outcome).toEqual({
      kind: 'refused',
      reason: 'aborted',
      status: null,
      detail: 'The 0 ms were over before anything was sent.',
    });
    expect(region.seen).toHaveLength(0);
  });

  it('ends a call within its body when we say so', async () => {
    const ending = new AbortController();
    region.script = (reply, request) => {
      stallsInBody(reply, request);
      setTimeout(() => ending.abort(), 20);
    };
    const limits = { timeoutMs: 60_000, signal: ending.signal };
    const asked = await vision.ask(deploymentAt(region.endpoint), BODY, limits);
    expect(asked.outcome).toMatchObject({ kind: 'ambiguous', reason: 'aborted' });
  });
});

describe('createVisionClient, a call that is ended', () => {
  it.each<[string, ScriptedRegion['script']]>([
    ['before an answer came', () => {}],
    ['while its answer comes', stallsInBody],
  ])('%s lets go of its connection, even when garbage was collected meanwhile', async (_, script) => {
    const collectGarbage = setInterval(gc, 50);
    const ending = new AbortController();
    let isClosed = false;
    region.script = (reply, request) => {
      reply.once('close', () => {
        isClosed = true;
      });
      script(reply, request);
      setTimeout(() => ending.abort(), 500);
    };
    const asked = await vision.ask(deploymentAt(region.endpoint), BODY, { timeoutMs: 60_000, signal: ending.signal });
    clearInterval(collectGarbage);
    expect(asked.outcome).toMatchObject({ kind: 'ambiguous', reason: 'aborted' });
    await expect.poll(() => isClosed).toBe(true);
  });
});

describe('createVisionClient, tokens and keys', () => {
  it('sends nothing without a token, and says why', async () => {
    const tokenless = createVisionClient({
      getToken: async () => {
        throw new Error('ManagedIdentityCredential: no identity found');
      },
      now: Date.now,
    });
    const asked = await tokenless.ask(deploymentAt(region.endpoint), BODY, { timeoutMs: 60_000 });
    expect(asked.outcome).toEqual({
      kind: 'refused',
      reason: 'no-token',
      status: null,
      detail: 'No token could be had. ManagedIdentityCredential: no identity found',
    });
    expect(region.seen).toHaveLength(0);
  });

  it('waits for a token no longer than the call may take, or until we end it', async () => {
    const waiting = createVisionClient({ getToken: () => new Promise(() => {}), now: Date.now });
    const asked = await waiting.ask(deploymentAt(region.endpoint), BODY, { timeoutMs: 30 });
    expect(asked.outcome).toMatchObject({ kind: 'refused', reason: 'no-token', detail: 'No token came within 30 ms.' });
    const limits = { timeoutMs: 60_000, signal: AbortSignal.timeout(20) };
    const ended = await waiting.ask(deploymentAt(region.endpoint), BODY, limits);
    expect(ended.outcome).toMatchObject({ kind: 'refused', reason: 'aborted' });
  });

  it.each([
    ['', 'The key in setting EYES_KEY is empty.'],
    ['two\nlines', 'The key in setting EYES_KEY is nothing that a header can carry.'],
  ])('sends nothing with the key %j', async (key, detail) => {
    const keyed = createVisionClient({ getToken: async () => TOKEN, now: Date.now, keyOf: () => key });
    const deployment = deploymentAt(region.endpoint, { auth: { kind: 'key', keySetting: 'EYES_KEY' } });
    const asked = await keyed.ask(deployment, BODY, { timeoutMs: 60_000 });
    expect(asked.outcome).toEqual({ kind: 'refused', reason: 'no-token', status: null, detail });
    expect(region.seen).toHaveLength(0);
  });

  it('sends nothing when the key cannot be read', async () => {
    const keyed = createVisionClient({
      getToken: async () => TOKEN,
      now: Date.now,
      keyOf: (keySetting) => {
        throw new Error(`${keySetting} is not set`);
      },
    });
    const deployment = deploymentAt(region.endpoint, { auth: { kind: 'key', keySetting: 'EYES_KEY' } });
    const asked = await keyed.ask(deployment, BODY, { timeoutMs: 60_000 });
    expect(asked.outcome).toMatchObject({
      reason: 'no-token',
      detail: 'The key in setting EYES_KEY could not be read.',
    });
    expect(region.seen).toHaveLength(0);
  });

  it.each([400, 401, 403, 404, 422, 429, 500, 503])('repeats no token or key that a %s echoes', async (status) => {
    region.script = (reply, request) => {
      const { authorization, 'api-key': key } = request.headers;
      json(status, { error: { message: `Bad: ${authorization} ${key}` } })(reply, request);
    };
    const byToken = await ask();
    const byKey = await ask({ auth: { kind: 'key', keySetting: 'EYES_KEY' } });
    expect(JSON.stringify([byToken, byKey])).not.toContain('of-the-test');
  });

  it('reads the usage of a model that thinks, and its image tokens if reported', async () => {
    region.script = json(200, {
      ...completion({ message: { content: 'x' }, finish_reason: 'length' }),
      usage: {
        prompt_tokens: 900,
        completion_tokens: 64,
        total_tokens: 964,
        prompt_tokens_details: { cached_tokens: 128, image_tokens: 765 },
        completion_tokens_details: { reasoning_tokens: 32 },
      },
    });
    expect((await ask()).outcome).toMatchObject({
      finish: 'length',
      usage: { promptTokens: 900, imageTokens: 765, cachedTokens: 128, completionTokens: 64, reasoningTokens: 32 },
    });
  });
});

describe('a client that could not be loaded', () => {
  it('is an outcome by which nothing was sent, and is loaded by the next call', async () => {
    let loads = 0;
    const failing = createVisionClient({
      getToken: async () => TOKEN,
      now: Date.now,
      openClient: () => Promise.reject(Object.assign(new Error(`load ${++loads}`), { code: 'EMFILE' })),
    });
    for (const load of [1, 2]) {
      const { outcome } = await failing.ask(deploymentAt('http://127.0.0.1:1'), BODY, { timeoutMs: 1_000 });
      expect(outcome).toMatchObject({ kind: 'refused', reason: 'aborted', status: null });
      expect(loads).toBe(load);
    }
  });
});
