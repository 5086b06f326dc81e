import { setTimeout as sleep } from 'node:timers/promises';
import { app, type HttpResponseInit } from '@azure/functions';

app.http('echo', {
  methods: ['POST', 'PUT'],
  handler: async (request) => ({
    jsonBody: {
      method: request.method,
      url: request.url,
      header: request.headers.get('x-test'),
      query: [...request.query.entries()],
      bodyBytes: (await request.arrayBuffer()).byteLength,
    },
  }),
});

// Answers without having read the body.
app.http('early', { methods: ['POST'], handler: async () => ({ status: 413, body: 'enough' }) });

app.http('text', { methods: ['POST'], handler: async (request) => ({ body: await request.text() }) });

for (const [name, route] of Object.entries({
  item: 'items/{id}',
  newest: 'items/newest',
  page: 'pages/{page:int}',
  optional: 'optional/{id?}',
  rest: 'files/{*path}',
  pair: 'pair/{name}.{extension}',
  setting: '%FIXTURE_ROUTE%',
})) {
  app.get(name, {
    route,
    handler: async (request) => ({ jsonBody: { function: name, params: request.params } }),
  });
}

app.deleteRequest('removeItem', { route: 'items/{id}', handler: async () => ({ status: 204 }) });

app.get('cookies', {
  handler: async () => ({
    status: 201,
    headers: { 'x-answer': 'yes' },
    cookies: [{ name: 'seen', value: 'a b', path: '/', httpOnly: true, sameSite: 'Strict' as const, maxAge: 60 }],
    body: 'made',
  }),
});

// Plain JavaScript apps may return nothing, though the types ask for an answer.
app.get('nothing', { handler: async () => undefined as unknown as HttpResponseInit });

app.get('throws', {
  handler: async () => {
    throw new Error('secret of the app');
  },
});

app.get('slowly', {
  handler: async (_request, context) => {
    context.log('slowly begins');
    await sleep(300);
    return { body: 'done' };
  },
});

app.get('parts', {
  handler: async () => ({
    body: (async function* parts(): AsyncGenerator<Uint8Array> {
      for (const part of ['one,', 'two,', 'three']) yield Buffer.from(part);
    })(),
  }),
});

app.get('breaks', {
  handler: async () => ({
    body: (async function* parts(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('one,');
      await sleep(50);
      throw new Error('broken');
    })(),
  }),
});

app.get('forFunction', { authLevel: 'function', handler: async () => ({ body: 'function' }) });
app.get('forAdmin', { authLevel: 'admin', handler: async () => ({ body: 'admin' }) });

// What a promise or a callback throws behind the function's back ends the process.
app.get('crashes', {
  handler: () =>
    new Promise<HttpResponseInit>(() => {
      setImmediate(() => {
        throw new Error('the app crashes');
      });
    }),
});
