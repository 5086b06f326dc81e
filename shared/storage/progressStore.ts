import type { TableClient } from '@azure/data-tables';
import { z } from 'zod';
import { refusalKind } from './refusalKind.ts';
import { parseStored, parseStoredJson } from './spoiltRow.ts';

/** Small facts that outlive a run of the timer: its progress, and when the installation started. */
export interface ProgressStore {
  /** @throws {SpoiltRow} */
  read<Value>(fact: ProgressFact<Value>): Promise<Value | undefined>;
  write<Value>(fact: ProgressFact<Value>, value: Value): Promise<void>;
  /** The stored value; if there is none, stores and returns this one. @throws {SpoiltRow} */
  readOrKeep<Value>(fact: ProgressFact<Value>, value: Value): Promise<Value>;
}

/** A fact by its name, which is its row's key. */
export interface ProgressFact<Value> {
  readonly name: string;
  readonly schema: z.ZodType<Value>;
}

const PARTITION = 'installation';

const rowSchema = z.object({ json: z.string() });

export function createProgressStore(dependencies: { readonly table: TableClient }): ProgressStore {
  const { table } = dependencies;

  async function read<Value>({ name, schema }: ProgressFact<Value>): Promise<Value | undefined> {
    try {
      const place = { home: table.tableName, key: `${PARTITION}/${name}` };
      const { json } = parseStored(rowSchema, await table.getEntity(PARTITION, name), place);
      return parseStoredJson(schema, json, place);
    } catch (error) {
      if (refusalKind(error) === 'missing') return undefined;
      throw error;
    }
  }

  return {
    read,
    write: async ({ name }, value) => {
      await table.upsertEntity({ partitionKey: PARTITION, rowKey: name, json: JSON.stringify(value) }, 'Replace');
    },
    readOrKeep: async (fact, value) => {
      const there = await read(fact);
      if (there !== undefined) return there;
      try {
        await table.createEntity({ partitionKey: PARTITION, rowKey: fact.name, json: JSON.stringify(value) });
        return value;
      } catch (error) {
        if (refusalKind(error) !== 'exists') throw error;
        return (await read(fact)) ?? value;
      }
    },
  };
}
