import { setTimeout as sleep } from 'node:timers/promises';
import { app, type InvocationContext } from '@azure/functions';
import * as extensionsBase from '@azure/functions-extensions-base';

// In the bundle this is the package's CommonJS file, with names; as plain ESM it has only a default.
const { ResourceFactoryResolver } =
  'ResourceFactoryResolver' in extensionsBase
    ? extensionsBase
    : (extensionsBase as { default: typeof extensionsBase }).default;

ResourceFactoryResolver.getInstance().registerResourceFactory('AzureStorageBlobs', (reference) => {
  if (Array.isArray(reference)) throw new Error('One blob was expected.');
  return { ...reference, content: JSON.parse(String(reference.content)) };
});

const report = (context: InvocationContext, input: unknown): void =>
  console.log(`seen ${JSON.stringify({ function: context.functionName, input, metadata: context.triggerMetadata })}`);

/** By name, what a function that is held waits for; a release may come before it. */
const releases = new Map<string, PromiseWithResolvers<void>>();
const releaseOf = (name: string): PromiseWithResolvers<void> => {
  const release = releases.get(name) ?? Promise.withResolvers<void>();
  releases.set(name, release);
  return release;
};

app.post('release', {
  route: 'release/{name}',
  handler: async ({ params }) => {
    releaseOf(params.name ?? '').resolve();
    return { status: 204 };
  },
});

let running = 0;
const behaveAsNamed = async (name: string): Promise<void> => {
  running += 1;
  console.log(`running ${running}`);
  if (name.startsWith('held')) await releaseOf(name).promise;
  if (name.startsWith('slow')) await sleep(500);
  running -= 1;
  if (name.startsWith('bad')) throw new Error(`cannot read ${name}`);
};

app.storageBlob('onReference', {
  path: 'references/{name}',
  connection: 'FIXTURE_STORAGE',
  source: 'EventGrid',
  sdkBinding: true,
  handler: async (reference, context) => {
    report(context, reference);
    await behaveAsNamed(String(context.triggerMetadata?.name));
  },
});

app.storageBlob('onBytes', {
  path: 'bytes/{folder}/{name}.{extension}',
  connection: 'FIXTURE_STORAGE',
  source: 'EventGrid',
  handler: (bytes, context) => report(context, (bytes as Buffer).toString()),
});

app.storageQueue('onMessage', {
  queueName: '%FIXTURE_QUEUE%',
  connection: 'FIXTURE_STORAGE',
  handler: async (message, context) => {
    report(context, message);
    await behaveAsNamed(typeof message === 'string' ? message : '');
  },
});
