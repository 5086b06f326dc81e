import type { StorageCall, StorageOperation, StorageService } from '../storageCall.ts';
import { refusalAnswer, type StorageAnswer, type StorageRefusal } from '../storageLayer.ts';

/**
 * A way in which a healthy client's request goes wrong. `isDone`: the storage does what it was asked, and the client sees
 * the fault nevertheless (Azure/azure-storage-net 730, 2018-07-02: a write may have succeeded where its client saw an error).
 */
export type StorageFault =
  /** 503; nothing is done. */
  | { readonly kind: 'busy'; readonly retryAfterSeconds?: number }
  /** 500. */
  | { readonly kind: 'timed-out'; readonly isDone: boolean }
  /** The connection breaks. */
  | { readonly kind: 'reset'; readonly isDone: boolean }
  /** A success that comes late: done at once, or done as late as it is answered. Up to 30 s on Azure. */
  | { readonly kind: 'slow'; readonly waitMs: number; readonly isDone: boolean };

/** Which calls meet a fault; what is absent fits every call. */
export interface FaultTarget {
  readonly service?: StorageService;
  readonly operations?: readonly StorageOperation[];
  readonly access?: 'read' | 'write';
  /** The container, queue or table. */
  readonly resource?: string;
  /** Is part of what `subjectOf` gives: `'a.png'`, a row key. */
  readonly subject?: string;
}

/** A call as it stands in the log. No key, value or content of the request is kept. */
export interface FaultedCall {
  readonly service: StorageService;
  readonly operation: StorageOperation;
  readonly access: 'read' | 'write';
  readonly resource: string;
  readonly subject: string;
}

const READS = /^(?:Get(?!Messages)|List|Query|Peek|Find)/;

/**
 * What a call is about: of a batch the table of its entities, and of an insert or a batch the row keys in its body.
 *
 * @example
 * describeCall(putBlob, Buffer.alloc(0)) // { service: 'blob', operation: 'PutBlob', access: 'write', resource: 'results', subject: 'a.png.text.md' }
 */
export function describeCall(call: StorageCall, body: Buffer): FaultedCall {
  const { service, operation, item } = call;
  const access = READS.test(operation) ? 'read' : 'write';
  if (operation !== 'EntityGroupTransaction' && operation !== 'InsertEntity')
    return { service, operation, access, resource: call.resource, subject: item };
  const text = body.toString('utf8');
  const table = new RegExp(`/${call.account}/([A-Za-z0-9]+)[(?\\s]`).exec(text)?.[1] ?? '';
  const rowKeys = [...text.matchAll(/RowKey(?:"\s*:\s*"|=')([^"']*)/g)].map(([, key]) => key);
  return { service, operation, access, resource: call.resource || table, subject: rowKeys.join(' ') };
}

/** Whether a call is one of those that a fault was meant for. */
export function isTarget(call: FaultedCall, target: FaultTarget): boolean {
  return (
    (target.service ?? call.service) === call.service &&
    (target.operations?.includes(call.operation) ?? true) &&
    (target.access ?? call.access) === call.access &&
    (target.resource ?? call.resource) === call.resource &&
    call.subject.includes(target.subject ?? '')
  );
}

const BUSY: StorageRefusal = { status: 503, code: 'ServerBusy', message: 'The server is busy.' };

const TIMED_OUT: StorageRefusal = {
  status: 500,
  code: 'OperationTimedOut',
  message: 'Operation could not be completed within the specified time.',
};

/**
 * What a client sees in place of an answer: 503 ServerBusy, 500 OperationTimedOut, or a broken connection (Microsoft Learn,
 * "Common REST API error codes", 2026-11; texts as in Azure/azure-storage-azcopy 701, 2020-07-23).
 *
 * @returns undefined for what is only late
 */
export function faultAnswer(call: StorageCall, fault: StorageFault): StorageAnswer | 'reset' | undefined {
  if (fault.kind === 'slow') return undefined;
  if (fault.kind === 'reset') return 'reset';
  const answer = refusalAnswer(call, fault.kind === 'busy' ? BUSY : TIMED_OUT);
  if (fault.kind !== 'busy' || fault.retryAfterSeconds === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(fault.retryAfterSeconds) } };
}

/** Whether the storage does what it was asked although its client sees the fault. */
export function isDoneAt(fault: StorageFault): boolean {
  return fault.kind !== 'busy' && fault.isDone;
}
