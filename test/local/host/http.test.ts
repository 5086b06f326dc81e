import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployFixture, eventually, type FixtureHost, startFixture, WITHOUT_STORAGE } from './fixtureHost.ts';

let app: Awaited<ReturnType<typeof deployFixture>>;
const hosts = new Map<string, FixtureHost>();

beforeAll(async () => {
  app = await deployFixture();
  for (const mode of ['buffered', 'streamed']) {
    const settings = { ...WITHOUT_STORAGE, FIXTURE_STREAMING: String(mode === 'streamed') };
    const bodyLimit = { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1000000' };
    hosts.set(mode, await startFixture({ folder: app.folder, settings: { ...settings, ...bodyLimit } }));
  }
});

afterAll(async () => {
  await Promise.all([...hosts.values()].map((host) => host.kill()));
  await app.remove();
});

describe.each(['buffered', 'streamed'])('HTTP functions, %s', (mode) => {
  const host = (): FixtureHost => hosts.get(mode) ?? expect.unreachable();
  const call = (path: string, init?: RequestInit): Promise<Response> => fetch(`${host().url}${path}`, init);

  it('gives a function the method, the URL as the caller wrote it, headers, query and body', async () => {
    const answer = await call('/api/echo?a=1&b=two%20words', {
      method: 'POST',
      headers: { 'x-test': 'yes' },
      body: 'hello',
    });
    expect(await answer.json()).toEqual({
      method: 'POST',
      url: `${host().url}/api/echo?a=1&b=two%20words`,
      header: 'yes',
      query: [
        ['a', '1'],
        ['b', 'two words'],
      ],
      bodyBytes: 5,
    });
  });

  it.each([
    ['/api/items/7', { function: 'item', params: { id: '7' } }, 'a parameter'],
    ['/api/items/a%20b%2Fc', { function: 'item', params: { id: 'a b/c' } }, 'a parameter, decoded'],
    ['/api/items/newest', { function: 'newest', params: {} }, 'a literal segment before a parameter'],
    ['/api/ITEMS/Newest/', { function: 'newest', params: {} }, 'any case, and a slash at the end'],
    ['/api/pages/3', { function: 'page', params: { page: '3' } }, 'a parameter that must be a whole number'],
    ['/api/optional', { function: 'optional', params: {} }, 'an optional parameter left out'],
    ['/api/optional/x', { function: 'optional', params: { id: 'x' } }, 'an optional parameter'],
    ['/api/files/a/b%20c', { function: 'rest', params: { path: 'a/b c' } }, 'the rest of the path'],
    [
      '/api/pair/a.b.png',
      { function: 'pair', params: { name: 'a.b', extension: 'png' } },
      'two parameters in a segment',
    ],
    ['/api/set/here', { function: 'setting', params: {} }, 'a route from a setting'],
  ])('routes %s: %o (%s)', async (path, expected, _what) => {
    expect(await (await call(path)).json()).toEqual(expected);
  });

  it.each([
    ['GET', '/api/none', 'a path that no function has'],
    ['GET', '/items/7', 'a path outside the prefix'],
    ['GET', '/api/pages/three', 'a parameter of the wrong kind'],
    ['PATCH', '/api/items/7', 'a method that the function does not take: 404, not 405'],
    ['HEAD', '/api/items/7', 'HEAD, unless the function names it'],
    ['GET', '/api/items/%ff', 'a path that is no UTF-8'],
  ])('answers %s %s with 404 and nothing else (%s)', async (method, path) => {
    const answer = await call(path, { method });
    expect([answer.status, await answer.text()]).toEqual([404, '']);
  });

  it('passes on status, headers, cookies and body', async () => {
    const answer = await call('/api/cookies');
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-answer')).toBe('yes');
    expect(answer.headers.getSetCookie()).toEqual(['seen=a%20b; Max-Age=60; Path=/; HttpOnly; SameSite=Strict']);
    expect(await answer.text()).toBe('made');
  });

  it('sends a 204 without a body', async () => {
    const answer = await call('/api/items/7', { method: 'DELETE' });
    expect([answer.status, await answer.text()]).toEqual([204, '']);
  });

  it('sends what an async generator yields', async () => {
    expect(await (await call('/api/parts')).text()).toBe('one,two,three');
  });

  it('runs the hooks around a function: they may wrap it and replace its result', async () => {
    expect(await (await call('/api/hooked')).text()).toBe('pre, handler, wrapped, post');
  });

  it('lets a log hook change a message before it is written', async () => {
    await call('/api/hooked');
    await eventually(() => expect(host().lines.join('\n')).toContain('warning Function.hooked.User: this is ***'));
    expect(host().lines.join('\n')).not.toContain('classified');
  });

  it('refuses a body over FUNCTIONS_REQUEST_BODY_SIZE_LIMIT with 500', async () => {
    const answer = await call('/api/echo', { method: 'POST', body: Buffer.alloc(1_000_001) });
    expect([answer.status, await answer.text()]).toEqual([500, '']);
  });

  it('takes a body of just that size', async () => {
    const answer = await call('/api/echo', { method: 'POST', body: Buffer.alloc(1_000_000) });
    expect(await answer.json()).toMatchObject({ bodyBytes: 1_000_000 });
  });

  it('passes on an answer that comes before the body was read, and goes on', async () => {
    // As much as the connection's buffers hold: Node's server takes no more of a body that nobody reads.
    const answer = await call('/api/early', { method: 'POST', body: Buffer.alloc(9_000) });
    expect([answer.status, await answer.text()]).toEqual([413, 'enough']);
    expect((await call('/api/items/7')).status).toBe(200);
  });

  it('goes on when a caller leaves in the middle of its upload', async () => {
    await new Promise<void>((settle) => {
      const leaving = request(`${host().url}/api/echo`, { method: 'POST', headers: { 'content-length': 900_000 } });
      leaving.on('error', () => settle());
      leaving.write(Buffer.alloc(100_000), () => leaving.destroy(new Error('gone')));
    });
    expect((await call('/api/items/7')).status).toBe(200);
  });

  it('answers 400 to a request line that is no path', async () => {
    const status = await new Promise((settle) => {
      const odd = request(host().url, { method: 'GET', path: '//' }, (answer) => settle(answer.statusCode));
      odd.end();
    });
    expect(status).toBe(400);
  });
});

describe('HTTP functions, where the modes differ', () => {
  const buffered = (): FixtureHost => hosts.get('buffered') ?? expect.unreachable();
  const streamed = (): FixtureHost => hosts.get('streamed') ?? expect.unreachable();
  const chunked = (host: FixtureHost, bytes: number): Promise<Response> => {
    const body = new ReadableStream({
      start: (controller) => {
        for (let sent = 0; sent < bytes; sent += 1000) controller.enqueue(new Uint8Array(1000));
        controller.close();
      },
    });
    return fetch(`${host.url}/api/echo`, { method: 'POST', body, duplex: 'half' });
  };

  it('loses a body without Content-Length when buffered', async () => {
    expect(await (await chunked(buffered(), 3000)).json()).toMatchObject({ bodyBytes: 0 });
  });

  it('passes a body without Content-Length when streamed', async () => {
    expect(await (await chunked(streamed(), 3000)).json()).toMatchObject({ bodyBytes: 3000 });
  });

  it('ends a streamed body without Content-Length with 500 once it is over the limit', async () => {
    const answer = await chunked(streamed(), 1_001_000);
    expect([answer.status, await answer.text()]).toEqual([500, '']);
  });

  it('passes on an answer when the caller has sent the whole body, and not before, when streamed', async () => {
    let isSent = false;
    const status = await new Promise((settle, fail) => {
      const headers = { 'content-length': 9_000 };
      const sending = request(`${streamed().url}/api/early`, { method: 'POST', headers }, (answer) => {
        settle([answer.statusCode, isSent]);
        answer.resume();
      });
      sending.on('error', fail).write('the beginning');
      // Whatever came before the answer of this call would have come by then.
      void fetch(`${streamed().url}/api/items/7`).then(() => {
        isSent = true;
        sending.end(Buffer.alloc(9_000 - 'the beginning'.length));
      });
    });
    expect(status).toEqual([413, true]);
    expect((await fetch(`${streamed().url}/api/items/7`)).status).toBe(200);
  });

  it.each(['buffered', 'streamed'])('leaves calls with an empty 500 when the app crashes, %s', async (mode) => {
    const settings = { ...WITHOUT_STORAGE, FIXTURE_STREAMING: String(mode === 'streamed') };
    const host = await startFixture({ folder: app.folder, settings });
    const answer = await fetch(`${host.url}/api/crashes`);
    expect([answer.status, await answer.text()]).toEqual([500, '']);
    expect(await host.ended).toBe(1);
    expect(host.lines.join('\n')).toContain('the app crashes');
  });

  it('joins repeated query keys by commas when buffered, keeps them when streamed', async () => {
    const ask = async (host: FixtureHost): Promise<unknown> =>
      (await fetch(`${host.url}/api/echo?a=1&a=2`, { method: 'PUT' })).json();
    expect(await ask(buffered())).toMatchObject({ query: [['a', '1,2']] });
    expect(await ask(streamed())).toMatchObject({
      query: [
        ['a', '1'],
        ['a', '2'],
      ],
    });
  });

  it('answers 204 for a function that returns nothing when buffered', async () => {
    expect((await fetch(`${buffered().url}/api/nothing`)).status).toBe(204);
  });

  it('answers 500 with an empty body for a function that throws when buffered', async () => {
    const answer = await fetch(`${buffered().url}/api/throws`);
    expect([answer.status, await answer.text()]).toEqual([500, '']);
  });

  it('cuts a streamed answer off when the function fails in the middle of it; a buffered one is 500', async () => {
    const answer = await fetch(`${streamed().url}/api/breaks`);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow('terminated');
    expect((await fetch(`${buffered().url}/api/breaks`)).status).toBe(500);
  });

  it.each(['throws', 'nothing'])(
    'leaves the caller of a streamed function without an answer when it %s',
    async (name) => {
      const host = streamed();
      const given = new AbortController();
      let isAnswered = false;
      const answer = fetch(`${host.url}/api/${name}`, { signal: given.signal }).then(() => {
        isAnswered = true;
      });
      await eventually(() => expect(host.lines.join('\n')).toContain(`Executed 'Functions.${name}'`));
      // Whatever was sent before this call would have come by the end of it.
      await fetch(`${host.url}/api/items/7`);
      expect(isAnswered).toBe(false);
      given.abort();
      await expect(answer).rejects.toThrow();
    },
  );
});

describe('an app that is not bundled', () => {
  it('is loaded by the glob in "main", as ES modules in TypeScript', async () => {
    const { FIXTURE_APP } = await import('./fixtureHost.ts');
    const host = await startFixture({ folder: FIXTURE_APP, settings: WITHOUT_STORAGE });
    const answer = await fetch(`${host.url}/api/items/7`);
    await host.kill();
    expect(await answer.json()).toEqual({ function: 'item', params: { id: '7' } });
  });
});
