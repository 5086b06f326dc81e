import { randomBytes } from 'node:crypto';
import type { StorageCall, StorageOperation } from '../storageCall.ts';
import { escapeXml, refusalAnswer, type StorageAnswer, type StorageLayer } from '../storageLayer.ts';

interface PendingCopy {
  readonly untilMs: number;
  readonly etag: string;
  /** The headers of its answers while it is pending. */
  readonly headers: StorageAnswer['headers'];
}

const CHANGES: readonly StorageOperation[] = [
  ...(['PutBlob', 'PutBlock', 'PutBlockList', 'AppendBlock', 'CopyBlob', 'DeleteBlob', 'SnapshotBlob'] as const),
  ...(['SetBlobMetadata', 'SetBlobProperties', 'SetBlobTier'] as const),
];

/**
 * Copies that take a while. Until a copy has ended, its target is a committed blob of zero length; its ETag changes when the
 * copy begins and when it ends; a change of it is 409; the content shows only afterwards (Microsoft Learn, "Copy Blob", Remarks,
 * 2026-11). A reader that does not look at `x-ms-copy-status` takes it for an empty file. Azurite ends a copy at once.
 *
 * @param pendingForMs how long each copy takes; a copy with `x-ms-requires-sync` takes none
 */
export function delayCopies(pendingForMs: number): StorageLayer {
  const copies = new Map<string, PendingCopy>();
  const keyOf = ({ resource, item }: Pick<StorageCall, 'resource' | 'item'>): string => `${resource}/${item}`;

  function pendingOf(call: Pick<StorageCall, 'resource' | 'item'>): PendingCopy | undefined {
    const copy = copies.get(keyOf(call));
    if (copy !== undefined && copy.untilMs <= Date.now()) copies.delete(keyOf(call));
    return copies.get(keyOf(call));
  }

  function begin(call: StorageCall, answer: StorageAnswer): StorageAnswer {
    const etag = `"0x8D${randomBytes(7).toString('hex').toUpperCase()}"`;
    const headers = {
      ...answer.headers,
      ...{
        etag,
        'x-ms-copy-status': 'pending',
        'x-ms-copy-progress': '0/1',
        'content-type': 'application/octet-stream',
      },
      ...{ 'content-length': '0', 'x-ms-blob-type': 'BlockBlob' },
    };
    copies.set(keyOf(call), { untilMs: Date.now() + pendingForMs, etag, headers });
    return { ...answer, headers: { ...answer.headers, etag, 'x-ms-copy-status': 'pending' } };
  }

  return {
    refuse: (call) => {
      const copy = call.service === 'blob' ? pendingOf(call) : undefined;
      if (copy === undefined) return undefined;
      if (CHANGES.includes(call.operation)) {
        const message = 'There is currently a pending copy operation.';
        return refusalAnswer(call, { status: 409, code: 'PendingCopyOperation', message });
      }
      return call.operation === 'GetBlob' || call.operation === 'GetBlobProperties'
        ? emptyAnswer(call, copy)
        : undefined;
    },
    answer: (call) => {
      if (call.operation === 'CopyBlob' && call.headers['x-ms-requires-sync'] !== 'true')
        return (answer) => (answer.status === 202 ? begin(call, answer) : answer);
      if (call.operation !== 'ListBlobs') return undefined;
      return (answer) => ({ ...answer, body: Buffer.from(withEmptyTargets(answer.body.toString(), call)) });
    },
  };

  function withEmptyTargets(xml: string, { resource }: StorageCall): string {
    return xml.replaceAll(/<Blob>.*?<\/Blob>/gs, (blob) => {
      const target = [...copies.keys()].find(
        (key) =>
          key.startsWith(`${resource}/`) && blob.includes(`<Name>${escapeXml(key.slice(resource.length + 1))}</Name>`),
      );
      const copy = target === undefined ? undefined : pendingOf({ resource, item: target.slice(resource.length + 1) });
      if (copy === undefined) return blob;
      return blob
        .replace(/<Content-Length>\d+</, '<Content-Length>0<')
        .replace(/<Etag>[^<]*</, `<Etag>${copy.etag.slice(1, -1)}<`)
        .replace(/<CopyStatus>[^<]*</, '<CopyStatus>pending<');
    });
  }
}

function emptyAnswer(call: StorageCall, { etag, headers }: PendingCopy): StorageAnswer {
  const wanted = call.headers['if-match'];
  if (wanted !== undefined && wanted !== '*' && wanted !== etag) {
    const message = 'The condition specified using HTTP conditional header(s) is not met.';
    return refusalAnswer(call, { status: 412, code: 'ConditionNotMet', message });
  }
  if (call.headers['x-ms-range'] !== undefined || call.headers.range !== undefined) {
    const message = 'The range specified is invalid for the current size of the resource.';
    return refusalAnswer(call, { status: 416, code: 'InvalidRange', message });
  }
  return { status: 200, headers, body: Buffer.alloc(0) };
}
