import { glob } from 'node:fs/promises';
import { createRequire, Module } from 'node:module';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FunctionsCore } from './functionsCore.ts';

/** What a worker tells the library that it can do (azure-functions-nodejs-worker, WorkerInitHandler). */
const WORKER_CAPABILITIES = {
  RawHttpBodyBytes: 'true',
  RpcHttpTriggerMetadataRemoved: 'true',
  RpcHttpBodyOnly: 'true',
  IgnoreEmptyValuedRpcHttpHeaders: 'true',
  UseNullableValueDictionaryForHttp: 'true',
  WorkerStatus: 'true',
  TypedDataCollection: 'true',
  HandlesWorkerTerminateMessage: 'true',
};

interface LoadedApp {
  /** Where requests are proxied to, once the app has set `enableHttpStream`. */
  readonly streamingUrl: string | undefined;
  /** Why the app could not be loaded, in the worker's words; then it has no function. */
  readonly loadError: string | undefined;
}

/**
 * Loads an app as the Node worker does: the virtual module first, then every file of `main`, then what the library can
 * do, then the start hooks; after that nothing more can be registered. A `main` that matches no file, and what a file
 * throws, end no real start: the host goes on and serves no function (seen with Functions host 4.1037).
 *
 * @throws what a start hook throws
 */
export async function loadApp(
  core: FunctionsCore,
  app: { readonly folder: string; readonly main: string | undefined },
): Promise<LoadedApp> {
  answerRequire('@azure/functions-core', core.coreModule);
  const loadError = await loadEntryPoint(app);
  if (loadError !== undefined) return { streamingUrl: undefined, loadError };
  const capabilities = (await core.programmingModel()?.getCapabilities({ ...WORKER_CAPABILITIES })) ?? {};
  const context = { hookData: {}, appHookData: {}, functionAppDirectory: app.folder };
  for (const hook of core.hooks('appStart')) await hook(context);
  core.lock();
  return { streamingUrl: capabilities.HttpUri, loadError: undefined };
}

/** Loads what `main` names. @returns why it could not, in the worker's words (azure-functions-nodejs-worker, startApp.ts) */
async function loadEntryPoint({
  folder,
  main,
}: {
  readonly folder: string;
  readonly main: string | undefined;
}): Promise<string | undefined> {
  if (main === undefined) return undefined;
  const files: string[] = [];
  for await (const file of glob(main, { cwd: folder })) files.push(file);
  const failed = (entryPoint: string, reason: string): string =>
    `Worker was unable to load entry point "${entryPoint}": ${reason}`;
  if (files.length === 0) return failed(main, 'Found zero files matching the supplied pattern');
  for (const file of files.sort()) {
    const path = resolve(folder, file);
    try {
      if (extname(path) === '.cjs') createRequire(path)(path);
      else await import(pathToFileURL(path).href);
    } catch (error) {
      return failed(file, error instanceof Error ? error.message : String(error));
    }
  }
  return undefined;
}

/** The library asks for a module that exists on no disk; the worker answers in the same way. */
function answerRequire(id: string, exported: object): void {
  const prototype = Module.prototype as unknown as { require(id: string): unknown };
  const original = prototype.require;
  prototype.require = function require(this: unknown, asked: string): unknown {
    return asked === id ? exported : original.call(this, asked);
  };
}
