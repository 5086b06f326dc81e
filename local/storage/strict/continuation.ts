/**
 * Where a page ends, as the services write it. Clients are to treat it as opaque (Microsoft Learn, "Query timeout and
 * pagination" and "Listing Blob storage resources", read 2026-11-30).
 */

/** The date that stands in a marker for the present version of a blob, in place of a snapshot's. */
const NO_SNAPSHOT = '9999-12-31T23:59:59.9999999Z';

/**
 * A key of an entity or the name of a table in a continuation.
 *
 * @example writeToken('CabQuery') // '1!12!Q2FiUXVlcnk-' (microsoft/AzureStorageExplorer#5434, 2022-02-11)
 */
export function writeToken(key: string): string {
  const text = toBase64(key);
  return `1!${text.length}!${text}`;
}

/** @returns undefined for what {@link writeToken} does not write */
export function readToken(token: string): string | undefined {
  return readBase64(/^1!(\d+)!([\w*-]*)$/.exec(token));
}

/**
 * A blob's or container's name in a marker. The service names the next blob in it; here it is the last one that was given.
 *
 * @example writeMarker('c.txt')
 * // '2!68!MDAwMDA1IWMudHh0ITAwMDAyOCE5OTk5LTEyLTMxVDIzOjU5OjU5Ljk5OTk5OTlaIQ--' (floci-io/floci-az#85, 2026-06-25)
 */
export function writeMarker(name: string): string {
  const text = toBase64(`${sized(name)}!${sized(NO_SNAPSHOT)}!`);
  return `2!${text.length}!${text}`;
}

/** @returns undefined for what {@link writeMarker} does not write */
export function readMarker(marker: string): string | undefined {
  const text = readBase64(/^2!(\d+)!([\w*-]*)$/.exec(marker));
  const name = /^\d{6}!(.*)!\d{6}![^!]*!$/s.exec(text ?? '')?.[1];
  return name !== undefined && writeMarker(name) === marker ? name : undefined;
}

function sized(text: string): string {
  return `${String(Buffer.byteLength(text)).padStart(6, '0')}!${text}`;
}

/** Base64 whose padding may stand in an address as it is. */
function toBase64(text: string): string {
  return Buffer.from(text).toString('base64').replaceAll('=', '-').replaceAll('/', '_').replaceAll('+', '*');
}

function readBase64(match: RegExpExecArray | null): string | undefined {
  const [, length, text = ''] = match ?? [];
  if (length === undefined || Number(length) !== text.length) return undefined;
  const read = Buffer.from(text.replaceAll('-', '=').replaceAll('_', '/').replaceAll('*', '+'), 'base64').toString();
  return toBase64(read) === text ? read : undefined;
}
