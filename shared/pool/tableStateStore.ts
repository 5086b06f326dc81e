import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { TableClient, TableEntityResult } from '@azure/data-tables';
import { storageErrorOf, versionIn } from '../storage/storageError.ts';
import type { StateStore, StoredState, WriteEnd } from './stateStore.ts';

/** The row of a state. Each has its own partition, so that the service can serve states from different servers. */
const STATE = 'state';
/** A copy of the newest state that could not be read. */
const ASIDE = 'state-unreadable';

/** `partitionOf('gpt-4o@2024-11-20')` is the same text; a key may not contain `/`, `\`, `#` and `?`. */
function partitionOf(group: string): string {
  return group.replace(/[^\w@.-]/gu, (character) => `=${character.codePointAt(0)?.toString(16)}=`);
}

/** A binary property holds 64 KiB, a row 1 MiB (Microsoft Learn, "Understanding the Table service data model", 2026-09). */
const PART_BYTES = 60_000;
const PARTS = 16;
/** A state of 28 deployments of a million each is some 2 MB of text. */
const MOST_TEXT_BYTES = 64 * 1024 * 1024;

/**
 * How the client of the pool's table retries. Its default waits (1, 2 and 4 s) are longer than a step waits for the store, so that
 * a 503 would look like no answer.
 */
export const STATE_RETRIES = { maxRetries: 3, retryDelayInMs: 100, maxRetryDelayInMs: 250 } as const;

/** What the service says when a row or a property is too large (Microsoft Learn, "Table service error codes"). */
const TOO_LARGE = ['EntityTooLarge', 'PropertyValueTooLarge', 'RequestBodyTooLarge'];

/**
 * The state of a model's deployments in a row of a table, compressed: 5 KB for the seed's four deployments in full use, 23 KB
 * for a million tokens a minute, 160 KB for 28 deployments of a million each, and 35 KB for a thousand queue positions. A write
 * names the version that it follows.
 *
 * @param table with `STATE_RETRIES`
 * @param group the deployments of the state (`groupOf`)
 *
 * @throws whatever the storage answers otherwise: a missing table, a missing role, 5xx, a broken connection
 */
export function createTableStateStore(table: TableClient, group: string): StateStore {
  const partitionKey = partitionOf(group);
  return {
    read: async (stop) => {
      const answer = dated(stop);
      try {
        const row = await table.getEntity<Record<string, unknown>>(partitionKey, STATE, answer.options);
        return { ...textOf(row), version: row.etag, serverMs: answer.serverMs() };
      } catch (error) {
        if (isRowMissing(error)) return { text: null, version: null, serverMs: answer.serverMs() };
        throw error;
      }
    },
    write: async (text, version, stop) => {
      const bytes = deflateRawSync(text, { level: 1 });
      const tooLarge: WriteEnd = {
        kind: 'too-large',
        bytes: bytes.length,
        mostBytes: PART_BYTES * PARTS,
        serverMs: null,
      };
      if (bytes.length > PART_BYTES * PARTS) return tooLarge;
      const answer = dated(stop);
      const row = { partitionKey, rowKey: STATE, ...partsOf(bytes) };
      try {
        const written =
          version === null
            ? await table.createEntity(row, answer.options)
            : await table.updateEntity(row, 'Replace', { etag: version, ...answer.options });
        return { kind: 'written', version: versionIn(written), serverMs: answer.serverMs() };
      } catch (error) {
        if (isChanged(error, version)) return { kind: 'changed', serverMs: answer.serverMs() };
        if (TOO_LARGE.includes(storageErrorOf(error)?.code ?? '')) return tooLarge;
        throw error;
      }
    },
    setAside: async (stop) => {
      const options = dated(stop).options;
      const row = await table.getEntity<Record<string, unknown>>(partitionKey, STATE, options);
      await table.upsertEntity({ ...ownProperties(row), partitionKey, rowKey: ASIDE }, 'Replace', options);
    },
  };
}

function isRowMissing(error: unknown): boolean {
  const refusal = storageErrorOf(error);
  return refusal?.status === 404 && refusal.code !== 'TableNotFound';
}

/** Another process wrote first: the row exists already, has another version, or is gone. A missing table is an error. */
function isChanged(error: unknown, version: string | null): boolean {
  const refusal = storageErrorOf(error);
  if (refusal?.status === 409) return refusal.code === undefined || refusal.code === 'EntityAlreadyExists';
  return refusal?.status === 412 || (version !== null && isRowMissing(error));
}

/** The options of a call, and the storage's clock as its answer names it. */
function dated(stop: AbortSignal | undefined) {
  let serverMs: number | null = null;
  const onResponse = ({ headers }: { readonly headers: { get(name: string): string | undefined } }): void => {
    const ms = Date.parse(headers.get('date') ?? '');
    serverMs = Number.isNaN(ms) ? null : ms;
  };
  return { options: { onResponse, ...(stop && { abortSignal: stop }) }, serverMs: () => serverMs };
}

function partsOf(bytes: Buffer): Record<string, Uint8Array> {
  const parts: Record<string, Uint8Array> = {};
  for (let at = 0; at < bytes.length; at += PART_BYTES)
    parts[`part${at / PART_BYTES}`] = bytes.subarray(at, at + PART_BYTES);
  return parts;
}

function textOf(row: Record<string, unknown>): Pick<StoredState, 'text' | 'unreadable'> {
  const parts: Uint8Array[] = [];
  for (let part = row.part0, number = 0; part instanceof Uint8Array; number += 1, part = row[`part${number}`])
    parts.push(part);
  if (parts.length === 0) return { text: null, unreadable: 'the row has no property `part0` with bytes' };
  try {
    return { text: inflateRawSync(Buffer.concat(parts), { maxOutputLength: MOST_TEXT_BYTES }).toString() };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    return { text: null, unreadable: `its ${parts.length} parts cannot be decompressed${code}` };
  }
}

/** The row's properties without those that the service sets. */
function ownProperties(row: TableEntityResult<Record<string, unknown>>): Record<string, unknown> {
  const { etag: _etag, timestamp: _timestamp, ...properties } = row;
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith('odata.')));
}
