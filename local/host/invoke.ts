import { randomUUID } from 'node:crypto';
import type { FunctionsCore, RegisteredFunction } from './functionsCore.ts';
import type { HostLog } from './hostLog.ts';
import type { CoreInvocationContext, InvocationRequest, InvocationResponse, LogLevel } from './workerProtocol.ts';

export interface Invoker {
  /** @throws what the function, a hook or the library threw; it is logged already. */
  invoke(
    registered: RegisteredFunction,
    request: Omit<InvocationRequest, 'invocationId'> & { readonly invocationId?: string },
  ): Promise<InvocationResponse>;
  /** Settles when nothing runs any more. */
  idle(): Promise<void>;
}

/** Runs functions in the order of the worker's InvocationHandler (azure-functions-nodejs-worker, src/eventHandlers). */
export function createInvoker(
  core: FunctionsCore,
  host: { readonly log: HostLog; readonly functionTimeoutMs: number | undefined },
): Invoker {
  const running = new Set<Promise<unknown>>();
  const appHookData = {};

  const run = async (registered: RegisteredFunction, request: InvocationRequest): Promise<InvocationResponse> => {
    const model = core.programmingModel();
    if (model === undefined) throw new Error('The app has set no programming model.');
    const { metadata, callback } = registered;
    const category = `Function.${metadata.name}`;
    let context: object | undefined;
    const log = (level: LogLevel, source: string, message: string): void => {
      const line = { hookData: {}, appHookData, level, category: source, message, invocationContext: context };
      for (const hook of core.hooks('log')) hook(line);
      host.log(line.level, `${category}.${source === 'user' ? 'User' : 'System'}`, line.message);
    };
    const coreContext: CoreInvocationContext = { invocationId: request.invocationId, request, metadata, log };
    const invocation = model.getInvocationModel(coreContext);
    const { context: invocationContext, inputs } = await invocation.getArguments();
    context = invocationContext;

    const hookData = {};
    const before = { hookData, appHookData, invocationContext, inputs, functionCallback: callback };
    coreContext.state = 'preInvocationHooks';
    for (const hook of core.hooks('preInvocation')) await hook(before);

    const after: { result: unknown; error: unknown } & Record<string, unknown> = {
      ...{ hookData, appHookData, invocationContext },
      ...{ inputs: before.inputs, result: null, error: null },
    };
    coreContext.state = 'invocation';
    try {
      after.result = await invocation.invokeFunction(invocationContext, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error;
    }
    coreContext.state = 'postInvocationHooks';
    for (const hook of core.hooks('postInvocation')) await hook(after);
    if (after.error !== null && after.error !== undefined) throw after.error;
    return invocation.getResponse(invocationContext, after.result);
  };

  return {
    invoke: async (registered, asked) => {
      const request = { invocationId: randomUUID(), ...asked };
      const { name } = registered.metadata;
      const startedAtMs = performance.now();
      const end = (): string =>
        `(Id=${request.invocationId}, Duration=${Math.round(performance.now() - startedAtMs)}ms)`;
      host.log('information', `Function.${name}`, `Executing 'Functions.${name}' (Id=${request.invocationId})`);
      const work = run(registered, request);
      running.add(work);
      void work.catch(() => undefined).then(() => running.delete(work));
      try {
        const response = await withinTime(work, { name, timeoutMs: host.functionTimeoutMs });
        host.log('information', `Function.${name}`, `Executed 'Functions.${name}' (Succeeded) ${end()}`);
        return response;
      } catch (error) {
        host.log('error', `Function.${name}`, `Executed 'Functions.${name}' (Failed) ${end()} ${describe(error)}`);
        throw error;
      }
    },
    idle: async () => {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

/** The host ends its worker when a function takes too long; here the invocation fails and the function runs on unseen. */
async function withinTime<Value>(
  work: Promise<Value>,
  limit: { readonly name: string; readonly timeoutMs: number | undefined },
): Promise<Value> {
  const { timeoutMs } = limit;
  if (timeoutMs === undefined) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_succeed, fail) => {
    timer = setTimeout(
      () => fail(new Error(`Timeout value of ${timeoutMs / 1000} s was exceeded by function: Functions.${limit.name}`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
