import type { HttpRequest } from '@azure/functions';
import { inSteps } from '../../concurrency/inSteps.ts';
import { formatCount, InvalidRequest, type Problem, shortened } from '../../errors.ts';
import { decodeBase64Steps } from './decodeBase64.ts';
import { utf8Problem } from './malformedText.ts';
import { readBody } from './readBody.ts';
import { type PartHead, parameterValues, readHeaderParameters, readPartHead } from './readPartHead.ts';
import type { NamedText } from './readQuery.ts';
import { splitParts } from './splitParts.ts';

/** A form's image, and its other fields in their order. */
interface MultipartForm {
  readonly image: Buffer;
  readonly fields: readonly NamedText[];
}

/** The most parts: far more than there are options. */
const MOST_PARTS = 100;

/** The longest field: a schema or a question is much shorter. */
const FIELD_MAX_BYTES = 1024 * 1024;

/** RFC 2046, 5.1.1, allows 70; some clients use more. */
const LONGEST_BOUNDARY = 200;

/**
 * A body of `multipart/form-data` with one image in the part `image`, with or without a file name, and one part for
 * each option.
 *
 * @throws {InvalidRequest} when it cannot be read, has no image or more than one; with every problem
 * @throws {ImageRejected} `too-large`
 */
export async function readMultipartForm(request: HttpRequest): Promise<MultipartForm> {
  const boundary = boundaryOf(request.headers.get('content-type') ?? '');
  const body = await readBody(request);
  const { parts, isComplete, hasMore } = await splitParts(body, { boundary, maxParts: MOST_PARTS });
  if (hasMore) throw wrongForm(`The form has more than ${MOST_PARTS} parts.`);
  if (!isComplete) throw wrongForm(incompleteSentence(body, boundary, parts.length));
  const problems: Problem[] = [];
  const images: Buffer[] = [];
  const fields: NamedText[] = [];
  const names: string[] = [];
  for (const [place, part] of parts.entries()) {
    const read = part.headers && readPartHead(part.headers);
    if (read?.kind !== 'head') {
      const message = `Part ${place + 1} of the form ${read?.reason ?? 'has a head that does not end'}.`;
      problems.push({ path: 'body', message });
      continue;
    }
    names.push(shortened(read.head.name));
    const content = read.head.isBase64 ? await decodedPart(part.content, read.head, problems) : part.content;
    if (content === undefined) continue;
    if (read.head.name === 'image') images.push(content);
    else fields.push(...textOf(read.head, content, problems));
  }
  problems.push(...imageProblems(images, names));
  const [image] = images;
  if (!image || problems.length > 0) throw new InvalidRequest(problems);
  return { image, fields };
}

/** @throws {InvalidRequest} if the content type has no boundary, several, or an impossible one */
function boundaryOf(contentType: string): string {
  const [boundary, second] = parameterValues(readHeaderParameters(contentType), 'boundary');
  if (boundary === undefined || boundary === '') {
    throw wrongForm(
      'The content type multipart/form-data names no boundary. Let the HTTP client set this header, which knows it.',
    );
  }
  if (second !== undefined) throw wrongForm('The content type names two boundaries.');
  if (boundary.length > LONGEST_BOUNDARY) {
    throw wrongForm(`The boundary has ${boundary.length} characters; at most ${LONGEST_BOUNDARY} are taken.`);
  }
  return boundary;
}

function incompleteSentence(body: Buffer, boundary: string, parts: number): string {
  if (body.byteLength === 0) return 'The body is empty; it must be a form with a part named image.';
  const named = `--${shortened(boundary)}`;
  if (body.includes(`--${boundary}\n`) && !body.includes(`--${boundary}\r\n`)) {
    return 'The lines of the form end with LF alone; multipart/form-data needs CR and LF.';
  }
  if (parts > 0) return `The form ends before its closing line ${named}--: the upload was cut. Send it again.`;
  return `The body has no line ${named}, the boundary that its content type names.`;
}

async function decodedPart(content: Buffer, { name }: PartHead, problems: Problem[]): Promise<Buffer | undefined> {
  // Line breaks are allowed in such a part; in JSON they would be escapes.
  const text = Buffer.from(content.toString('latin1').replace(/\r?\n/g, ''), 'latin1');
  const decoded = await inSteps(decodeBase64Steps(text));
  if (decoded.kind === 'bytes') return decoded.bytes;
  const path = shortened(name);
  problems.push({ path, message: `The part ${path} says that it is base64, and ${decoded.reason}.` });
  return undefined;
}

/** A field with its text, or a problem if it is a file, too long, or not in its declared encoding. */
function textOf(head: PartHead, content: Buffer, problems: Problem[]): readonly NamedText[] {
  const path = shortened(head.name);
  const refuse = (reason: string): readonly NamedText[] => {
    problems.push({ path, message: `The part ${path} ${reason}.` });
    return [];
  };
  if (head.isFile) return refuse('is a file; only the part image is one. Send other parts without a file name');
  if (content.byteLength > FIELD_MAX_BYTES) {
    const [has, limit] = [content.byteLength, FIELD_MAX_BYTES].map(formatCount);
    return refuse(`has ${has} bytes; the limit of a field is ${limit}`);
  }
  const text = decodedText(content, head.charset ?? 'utf-8');
  if (text.kind === 'wrong') return refuse(text.reason);
  if (head.mediaType !== 'application/json' || head.name === 'schema') return [[head.name, text.text]];
  return [[head.name, textOfJson(text.text)]];
}

type ReadText = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'wrong'; readonly reason: string };

function decodedText(content: Buffer, charset: string): ReadText {
  if (charset === 'utf-8' || charset === 'utf8') {
    const reason = content.includes(0) ? undefined : utf8Problem(content);
    if (reason !== undefined) return { kind: 'wrong', reason };
  }
  try {
    return { kind: 'text', text: new TextDecoder(charset, { fatal: true }).decode(content) };
  } catch {
    return {
      kind: 'wrong',
      reason: `is not text in the charset ${JSON.stringify(charset.slice(0, 80))} that it names; send utf-8`,
    };
  }
}

/** Unquotes a JSON string, because some clients write each part as JSON. Other text stays as it is. */
function textOfJson(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}

function imageProblems(images: readonly Buffer[], names: readonly string[]): readonly Problem[] {
  const has = names.length === 0 ? 'no parts' : names.slice(0, 10).join(', ');
  if (images.length === 0 && !names.includes('image')) {
    return [{ path: 'image', message: `The form has no part named image; it has: ${has}.` }];
  }
  if (images.length > 1) {
    const message = `The form has ${images.length} parts named image; a call analyses one.`;
    return [{ path: 'image', message }];
  }
  return images[0]?.byteLength === 0 ? [{ path: 'image', message: 'The file in the part image is empty.' }] : [];
}

function wrongForm(message: string): InvalidRequest {
  return new InvalidRequest([{ path: 'body', message }]);
}
