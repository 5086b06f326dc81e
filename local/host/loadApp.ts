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

export interface LoadedApp {
  /** Where requests are proxied to, once the app has set `enableHttpStream`. */
  readonly streamingUrl: string | undefined;
}

/**
 * Loads an app as the Node worker does: the virtual module first, then every file of `main`, then what the library can
 * do, then the start hooks; after that nothing more can be registered.
 *
 * @throws Error when `main` matches no file, or what a file or a start hook throws: both stop a real start as well.
 */
export async function loadApp(
  core: FunctionsCore,
  app: { readonly folder: string; readonly main: string },
): Promise<LoadedApp> {
  answerRequire('@azure/functions-core', core.coreModule);
  const files: string[] = [];
  for await (const file of glob(app.main, { cwd: app.folder })) files.push(resolve(app.folder, file));
  if (files.length === 0) {
    throw new Error(`"main" of package.json (${app.main}) matches no file in ${app.folder}. Build the app first.`);
  }
  for (const file of files.sort()) {
    if (extname(file) === '.cjs') createRequire(file)(file);
    else await import(pathToFileURL(file).href);
  }
  const capabilities = (await core.programmingModel()?.getCapabilities({ ...WORKER_CAPABILITIES })) ?? {};
  const context = { hookData: {}, appHookData: {}, functionAppDirectory: app.folder };
  for (const hook of core.hooks('appStart')) await hook(context);
  core.lock();
  return { streamingUrl: capabilities.HttpUri };
}

/** The library asks for a module that exists on no disk; the worker answers in the same way. */
function answerRequire(id: string, exported: object): void {
  const prototype = Module.prototype as unknown as { require(id: string): unknown };
  const original = prototype.require;
  prototype.require = function require(this: unknown, asked: string): unknown {
    return asked === id ? exported : original.call(this, asked);
  };
}
