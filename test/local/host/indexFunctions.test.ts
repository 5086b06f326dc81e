import { describe, expect, it } from 'vitest';
import { indexFunctions } from '../../../local/host/indexFunctions.ts';
import type { Binding } from '../../../local/host/workerProtocol.ts';

const index = (bindings: Record<string, Omit<Binding, 'direction'>>, settings = {}) =>
  indexFunctions(
    [
      {
        metadata: {
          name: 'one',
          bindings: Object.fromEntries(
            Object.entries(bindings).map(([name, binding]) => [name, { ...binding, direction: 'in' } as Binding]),
          ),
        },
        callback: () => undefined,
      },
    ],
    { settings, routePrefix: 'api' },
  );

describe('indexFunctions', () => {
  it.each([
    ['no trigger', { $return: { type: 'http' } }, 'it has no trigger.'],
    [
      'a trigger of another service',
      { a: { type: 'cosmosDBTrigger' } },
      "this host does not know the trigger type 'cosmosDBTrigger'.",
    ],
    [
      'an output other than HTTP',
      { a: { type: 'timerTrigger', schedule: '* * * * * *' }, b: { type: 'queue' } },
      "this host does not know the binding type 'queue'.",
    ],
    ['a blob trigger that polls', { a: { type: 'blobTrigger', path: 'a/{b}' } }, "its source must be 'EventGrid'."],
    ['a queue trigger without a queue', { a: { type: 'queueTrigger' } }, 'its queueTrigger names no queueName.'],
    ['a schedule that is none', { a: { type: 'timerTrigger', schedule: 'often' } }, 'CronPattern:'],
  ])('leaves out a function with %s, and says so', (_what, bindings, sentence) => {
    const { functions, errors } = index(bindings);
    expect(functions).toEqual([]);
    expect(errors[0]).toContain(`The 'one' function is in error: ${sentence}`);
  });

  it('takes AzureWebJobsStorage where a trigger names no connection', () => {
    const { functions } = index({ a: { type: 'queueTrigger', queueName: '%Q%' } }, { Q: 'work' });
    expect(functions[0]?.trigger).toEqual({ kind: 'queue', queueName: 'work', connection: 'AzureWebJobsStorage' });
  });

  it('takes the name of an HTTP function as its route where it names none', () => {
    const { functions } = index({ a: { type: 'httpTrigger', methods: ['get'], authLevel: 'function' } });
    expect(functions[0]?.trigger).toMatchObject({
      route: { template: 'api/one' },
      methods: ['GET'],
      authLevel: 'function',
    });
  });

  it.each(['AzureWebJobs.one.Disabled', 'AzureWebJobs_one_Disabled'])(
    'leaves out a function that %s disables',
    (setting) => {
      const bindings = { a: { type: 'queueTrigger', queueName: 'work' } };
      expect(index(bindings, { [setting]: 'True' })).toEqual({ functions: [], disabled: ['one'], errors: [] });
      expect(index(bindings, { [setting]: 'false' }).disabled).toEqual([]);
    },
  );
});
