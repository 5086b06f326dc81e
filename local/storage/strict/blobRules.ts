import type { BlobOperation, StorageCall, StorageOperation } from '../storageCall.ts';
import { refusalAnswer, type StorageAnswer, type StorageLayer, type StorageRefusal } from '../storageLayer.ts';

/** Characters of a blob's name, as UTF-16 units: 512 emoji fill it (Azure/azure-storage-cpp 291, 2019-09-18). */
const MOST_NAME_CHARACTERS = 1024;
const MOST_SEGMENTS = 254;
/** Names and values, without the prefix `x-ms-meta-`. */
const MOST_METADATA_BYTES = 8 * 1024;

const MIB = 1024 * 1024;

/** The largest body of each write, of API versions since 2022-11-02 (Learn, "Scalability and performance targets for Blob storage"). */
const MOST_BODY_BYTES: Readonly<Partial<Record<StorageOperation, number>>> = {
  PutBlob: 5_000 * MIB,
  PutBlock: 4_000 * MIB,
  AppendBlock: 100 * MIB,
  PutPage: 4 * MIB,
} satisfies Partial<Record<BlobOperation, number>>;

const META = 'x-ms-meta-';

/**
 * Refuses what Azure's blobs refuse and Azurite takes: long and impossible names, large metadata, large bodies, listings of nothing.
 *
 * Names: 1 to 1,024 characters, at most 254 segments, 400 (Microsoft Learn, "Naming and referencing containers, blobs, and
 * metadata", 2026-11; OutOfRangeInput for every call: Azure/Azurite 398, 2020-02-12, Azure/azure-powershell 16628, 2021-12-14).
 * A character that no address may hold is refused before the service sees it: 400 with a page of HTML and no code
 * (Azure/azure-storage-node 385, 2017-12-06: U+F003; Azure/azure-cli 24623, 2022-11-11: U+FFFD).
 * Metadata: C# identifiers, 8 KB in all, 400 (Learn, "Setting and retrieving properties and metadata"; "Common REST API error codes").
 */
export const blobRules: StorageLayer = {
  refuse: (call) => {
    if (call.service !== 'blob') return undefined;
    if (hasImpossibleCharacter(call.item)) return invalidUrl(call);
    const refusal = nameRefusal(call.item) ?? metadataRefusal(call) ?? sizeRefusal(call) ?? listRefusal(call);
    return refusal && refusalAnswer(call, refusal);
  },
};

/** @example nameRefusal('a'.repeat(1025))?.code // 'OutOfRangeInput' */
function nameRefusal(name: string): StorageRefusal | undefined {
  if (name.length <= MOST_NAME_CHARACTERS && name.split('/').length <= MOST_SEGMENTS) return undefined;
  return { status: 400, code: 'OutOfRangeInput', message: 'One of the request inputs is out of range.' };
}

/**
 * Whether a name holds a control character (U+0000 to U+001F, U+007F to U+009F), a code point of private use, U+FFFD, a
 * non-character, or half of a character. Of private use only U+E000 is documented and U+F003 was seen; the others are alike.
 */
export function hasImpossibleCharacter(name: string): boolean {
  return !name.isWellFormed() || /[\p{Cc}\p{Co}\p{Noncharacter_Code_Point}\uFFFD]/u.test(name);
}

function metadataRefusal({ headers }: StorageCall): StorageRefusal | undefined {
  const pairs = Object.entries(headers).filter(([name]) => name.startsWith(META));
  let bytes = 0;
  for (const [header, value] of pairs) {
    const name = header.slice(META.length);
    if (name === '')
      return {
        status: 400,
        code: 'EmptyMetadataKey',
        message: 'The key for one of the metadata key-value pairs is empty.',
      };
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      const message = 'The metadata specified is invalid. It has characters that are not permitted.';
      return { status: 400, code: 'InvalidMetadata', message };
    }
    bytes += name.length + Buffer.byteLength(String(value), 'latin1');
  }
  if (bytes <= MOST_METADATA_BYTES) return undefined;
  const message = 'The size of the specified metadata exceeds the maximum size permitted.';
  return { status: 400, code: 'MetadataTooLarge', message };
}

function sizeRefusal({ operation, headers }: StorageCall): StorageRefusal | undefined {
  const most = MOST_BODY_BYTES[operation];
  if (most === undefined || Number(headers['content-length'] ?? 0) <= most) return undefined;
  const message = 'The request body is too large and exceeds the maximum permissible limit.';
  return { status: 413, code: 'RequestBodyTooLarge', message };
}

/** 0 or less is refused; what is over 5,000 counts as 5,000 (Learn, "List Blobs"). Azurite's refusal has no code. */
function listRefusal({ operation, url }: StorageCall): StorageRefusal | undefined {
  const asked = url.searchParams.get('maxresults');
  if ((operation !== 'ListBlobs' && operation !== 'ListContainers') || asked === null || Number(asked) > 0)
    return undefined;
  const message = 'One of the query parameters specified in the request URI is outside the permissible range.';
  return { status: 400, code: 'OutOfRangeQueryParameterValue', message };
}

function invalidUrl(call: StorageCall): StorageAnswer {
  const page =
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN""http://www.w3.org/TR/html4/strict.dtd"><HTML><HEAD>' +
    '<TITLE>Bad Request</TITLE></HEAD><BODY><h2>Bad Request - Invalid URL</h2><hr>' +
    '<p>HTTP Error 400. The request URL is invalid.</p></BODY></HTML>';
  return {
    status: 400,
    headers: { 'content-type': 'text/html; charset=us-ascii', date: new Date().toUTCString(), connection: 'close' },
    body: call.method === 'HEAD' ? Buffer.alloc(0) : Buffer.from(page),
  };
}
