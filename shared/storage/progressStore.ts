import type { TableClient } from '@azure/data-tables';
import { refusalKind } from './refusalKind.ts';

/** Small facts that outlive a run of the timer: how far it has come, when the installation began. */
export interface ProgressStore {
  read<Value>(name: string): Promise<Value | undefined>;
  write(name: string, value: unknown): Promise<void>;
  /** The stored value; where there is none, this one is stored and given. */
  readOrKeep<Value>(name: string, value: Value): Promise<Value>;
}

const PARTITION = 'installation';

export function createProgressStore(dependencies: { readonly table: TableClient }): ProgressStore {
  const { table } = dependencies;

  async function read<Value>(name: string): Promise<Value | undefined> {
    try {
      const row = await table.getEntity<{ json: string }>(PARTITION, name);
      return JSON.parse(row.json) as Value;
    } catch (error) {
      if (refusalKind(error) === 'missing') return undefined;
      throw error;
    }
  }

  return {
    read,
    write: async (name, value) => {
      await table.upsertEntity({ partitionKey: PARTITION, rowKey: name, json: JSON.stringify(value) }, 'Replace');
    },
    readOrKeep: async <Value>(name: string, value: Value) => {
      const there = await read<Value>(name);
      if (there !== undefined) return there;
      try {
        await table.createEntity({ partitionKey: PARTITION, rowKey: name, json: JSON.stringify(value) });
        return value;
      } catch (error) {
        if (refusalKind(error) !== 'exists') throw error;
        return (await read<Value>(name)) ?? value;
      }
    },
  };
}
