import { formatCount, shortened } from '../../errors.ts';

/** The head of one part of a form (RFC 7578, 4), as far as it matters here. */
export interface PartHead {
  readonly name: string;
  readonly isFile: boolean;
  /** In lower case, without parameters; absent if the part does not declare it. */
  readonly mediaType?: string;
  readonly charset?: string;
  /** The content is base64 text, as some MIME libraries write it. */
  readonly isBase64: boolean;
}

type ReadHead =
  | { readonly kind: 'head'; readonly head: PartHead }
  /** The rest of a message that begins with the part's name. */
  | { readonly kind: 'wrong'; readonly reason: string };

/** Headers of a part: names in lower case, values as sent, one character an octet. */
export type PartHeaders = Readonly<Record<string, readonly string[]>>;

/** The longest head; clients send shorter ones. */
export const HEAD_MAX_BYTES = 16 * 1024;

/** Encodings that leave the content unchanged (RFC 2045, 6). */
const PLAIN_ENCODINGS = new Set(['7bit', '8bit', 'binary']);

/**
 * Reads the headers of a part.
 *
 * @example readPartHead({ 'content-disposition': ['form-data; name=task'] }) // kind 'head', name 'task'
 */
export function readPartHead(headers: PartHeaders): ReadHead {
  const bytes = Object.entries(headers).reduce((sum, [name, values]) => sum + name.length + values.join('').length, 0);
  if (bytes > HEAD_MAX_BYTES) return wrong(`has more than ${formatCount(HEAD_MAX_BYTES)} bytes of headers`);
  const disposition = readHeaderParameters(headers['content-disposition']?.[0] ?? '');
  if (disposition.value !== 'form-data') return wrong('has no header Content-Disposition: form-data');
  const [name, second] = parameterValues(disposition, 'name').map(octetsAsText);
  if (name === undefined || name === '') return wrong('has no name in its header Content-Disposition');
  if (second !== undefined) return wrong(`has two names, ${shortened(name)} and ${shortened(second)}`);
  const type = readHeaderParameters(headers['content-type']?.[0] ?? '');
  if (type.value.startsWith('multipart/')) return wrong('holds parts itself; send each file as a part of the form');
  const encoding = (headers['content-transfer-encoding']?.[0] ?? 'binary').trim().toLowerCase();
  const isBase64 = encoding === 'base64';
  if (!isBase64 && !PLAIN_ENCODINGS.has(encoding)) {
    return wrong(`has the Content-Transfer-Encoding ${shortened(encoding)}; send its bytes as they are`);
  }
  const [charset] = parameterValues(type, 'charset');
  const isFile = disposition.parameters.some(([each]) => each === 'filename' || each === 'filename*');
  return {
    kind: 'head',
    head: {
      name,
      isFile,
      isBase64,
      ...(type.value === '' ? {} : { mediaType: type.value }),
      ...(charset === undefined ? {} : { charset: charset.toLowerCase() }),
    },
  };
}

/** Names are UTF-8 (RFC 7578, 5.1); other octets stay as they are and match no option. */
function octetsAsText(octets: string): string {
  const bytes = Buffer.from(octets, 'latin1');
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : octets;
}

function wrong(reason: string): ReadHead {
  return { kind: 'wrong', reason };
}

/** A header's value and its parameters, names in lower case. Values are as sent, without quotes. */
interface HeaderParameters {
  /** `form-data` of `form-data; name="image"`, in lower case. */
  readonly value: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** A parameter: unquoted, or quoted with `\` before a quote or itself. Text after a closing quote is ignored. */
const PARAMETER = /;\s*([^=;\s"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"[^;]*|([^;]*))/g;

/**
 * Reads `Content-Type` and `Content-Disposition` as clients write them: with and without quotes, with no space after `;`,
 * with quotes that are not escaped in a file name.
 *
 * @example readHeaderParameters('form-data;name=image; filename="a.png"').parameters // [['name', 'image'], ['filename', 'a.png']]
 */
export function readHeaderParameters(header: string): HeaderParameters {
  const value = (header.split(';', 1)[0] ?? '').trim().toLowerCase();
  const parameters = [...header.slice(value.length).matchAll(PARAMETER)].map(
    ([, name = '', quoted, bare = '']) =>
      [name.toLowerCase(), quoted === undefined ? bare.trim() : quoted.replace(/\\(["\\])/g, '$1')] as const,
  );
  return { value, parameters };
}

/** The values of a parameter; several if it is repeated. */
export function parameterValues({ parameters }: HeaderParameters, wanted: string): readonly string[] {
  return parameters.filter(([name]) => name === wanted).map(([, value]) => value);
}
