import { Cron } from 'croner';
import type { RegisteredFunction } from './functionsCore.ts';
import { parseRoute, type Route } from './route.ts';
import { expandSettings, isDisabled, type Settings } from './settings.ts';
import type { Binding } from './workerProtocol.ts';

export interface IndexedFunction<Kind extends Trigger = Trigger> {
  readonly name: string;
  readonly bindingName: string;
  readonly trigger: Kind;
  readonly registered: RegisteredFunction;
}

export interface HttpTrigger {
  readonly kind: 'http';
  readonly route: Route;
  readonly methods: readonly string[];
  readonly authLevel: 'anonymous' | 'function' | 'admin';
}
export interface BlobTrigger {
  readonly kind: 'blob';
  readonly path: string;
  readonly connection: string;
  /** The app wants a reference (`sdkBinding: true`), not the bytes. */
  readonly isReference: boolean;
}
export interface QueueTrigger {
  readonly kind: 'queue';
  readonly queueName: string;
  readonly connection: string;
}
export interface TimerTrigger {
  readonly kind: 'timer';
  readonly schedule: string;
  readonly isRunOnStartup: boolean;
}
export type Trigger = HttpTrigger | BlobTrigger | QueueTrigger | TimerTrigger;

export interface Index {
  readonly functions: readonly IndexedFunction[];
  readonly disabled: readonly string[];
  /** Sentences about functions that cannot run; the others go on, as in the host. */
  readonly errors: readonly string[];
}

/** Reads the bindings of what an app has registered. */
export function indexFunctions(
  registered: Iterable<RegisteredFunction>,
  host: { readonly settings: Settings; readonly routePrefix: string },
): Index {
  const functions: IndexedFunction[] = [];
  const disabled: string[] = [];
  const errors: string[] = [];
  for (const one of registered) {
    const { name } = one.metadata;
    if (isDisabled(name, host.settings)) {
      disabled.push(name);
      continue;
    }
    try {
      functions.push(indexFunction(one, host));
    } catch (error) {
      errors.push(`The '${name}' function is in error: ${(error as Error).message}`);
    }
  }
  return { functions, disabled, errors };
}

function indexFunction(
  registered: RegisteredFunction,
  host: { readonly settings: Settings; readonly routePrefix: string },
): IndexedFunction {
  const bindings = Object.entries(registered.metadata.bindings);
  const [bindingName, binding] = bindings.find(([, one]) => one.type.toLowerCase().endsWith('trigger')) ?? [];
  if (bindingName === undefined || binding === undefined) throw new Error('it has no trigger.');
  const others = bindings.filter(([name, one]) => name !== bindingName && one.type.toLowerCase() !== 'http');
  if (others[0] !== undefined) throw new Error(`this host does not know the binding type '${others[0][1].type}'.`);
  const { name } = registered.metadata;
  return { name, bindingName, registered, trigger: readTrigger(binding, { ...host, name }) };
}

function readTrigger(
  binding: Binding,
  host: { readonly settings: Settings; readonly routePrefix: string; readonly name: string },
): Trigger {
  const text = (option: string): string => {
    const value = binding[option];
    if (typeof value !== 'string' || value === '') throw new Error(`its ${binding.type} names no ${option}.`);
    return expandSettings(value, host.settings);
  };
  const connection = (): string => (binding.connection === undefined ? 'AzureWebJobsStorage' : text('connection'));
  switch (binding.type.toLowerCase()) {
    case 'httptrigger': {
      const route = binding.route === undefined ? host.name : expandSettings(String(binding.route), host.settings);
      return {
        kind: 'http',
        route: parseRoute(`${host.routePrefix}/${route.replace(/^\/+/, '')}`),
        methods: (binding.methods as readonly string[]).map((method) => method.toUpperCase()),
        authLevel: String(binding.authLevel).toLowerCase() as HttpTrigger['authLevel'],
      };
    }
    case 'blobtrigger':
      // The host would poll the container; on Flex Consumption, and here, only events are known.
      if (String(binding.source).toLowerCase() !== 'eventgrid') throw new Error("its source must be 'EventGrid'.");
      return {
        kind: 'blob',
        path: text('path'),
        connection: connection(),
        isReference: binding.properties?.supportsDeferredBinding === 'true',
      };
    case 'queuetrigger':
      return { kind: 'queue', queueName: text('queueName'), connection: connection() };
    case 'timertrigger': {
      const schedule = text('schedule');
      new Cron(schedule, { paused: true });
      return { kind: 'timer', schedule, isRunOnStartup: binding.runOnStartup === true };
    }
    default:
      throw new Error(`this host does not know the trigger type '${binding.type}'.`);
  }
}
