import type { HostLog } from './hostLog.ts';
import type { FunctionCallback, FunctionMetadata, LogLevel, ProgrammingModel } from './workerProtocol.ts';

type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log';
type Hook = (context: object) => unknown;

export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

export interface FunctionsCore {
  /** What `require('@azure/functions-core')` gives to the app. */
  readonly coreModule: object;
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
  hooks(name: HookName): readonly Hook[];
  programmingModel(): ProgrammingModel | undefined;
  /** From now on registering a function is an error, as in the worker once the host has asked for the functions. */
  lock(): void;
}

/** The virtual module that connects the library with a worker (azure-functions-nodejs-worker, src/setupCoreModule.ts). */
export function createFunctionsCore(log: HostLog): FunctionsCore {
  const functions = new Map<string, RegisteredFunction>();
  const hooks = new Map<string, Hook[]>();
  let model: ProgrammingModel | undefined;
  let isLocked = false;

  const registerFunction = (metadata: FunctionMetadata, callback: FunctionCallback): Disposable => {
    if (isLocked) throw new Error('A function can only be registered during app startup.');
    if (functions.has(metadata.name)) {
      throw new Error(`A function with name "${metadata.name}" has already been registered.`);
    }
    functions.set(metadata.name, { metadata, callback });
    return disposable(() => functions.delete(metadata.name));
  };
  const registerHook = (name: string, hook: Hook): Disposable => {
    hooks.set(name, [...(hooks.get(name) ?? []), hook]);
    return disposable(() =>
      hooks.set(
        name,
        (hooks.get(name) ?? []).filter((other) => other !== hook),
      ),
    );
  };
  return {
    coreModule: {
      version: '3.13.0',
      hostVersion: '4.1040.0',
      registerFunction,
      registerHook,
      setProgrammingModel: (chosen: ProgrammingModel): void => {
        model = chosen;
      },
      getProgrammingModel: (): ProgrammingModel | undefined => model,
      log: (level: LogLevel, category: string, message: string): void => log(level, `Worker.${category}`, message),
    },
    functions,
    hooks: (name) => hooks.get(name) ?? [],
    programmingModel: () => model,
    lock: () => {
      isLocked = true;
    },
  };
}

interface Disposable {
  dispose(): void;
}

function disposable(dispose: () => void): Disposable {
  return { dispose };
}
