import type { HttpRequest } from '@azure/functions';
import type { z } from 'zod';
import { inSteps, letOthersRun } from '../../concurrency/inSteps.ts';
import { formatCount, ImageRejected, InvalidRequest, type Problem } from '../../errors.ts';
import { schemaProblems } from '../../requests/schemaProblems.ts';
import { type Decoded, decodeBase64Steps } from './decodeBase64.ts';
import { jsonReason, loneSurrogateAt, utf8Problem } from './malformedText.ts';
import { mediaTypeOf, readBody, wrongMediaType } from './readBody.ts';
import { parameterValues, readHeaderParameters } from './readPartHead.ts';
import { misplacedProblems } from './readQuery.ts';
import { type LongText, scanJson } from './scanJson.ts';

/** The most JSON beside the images in it: parsing more would block the process. */
const JSON_MAX_BYTES = 4 * 1024 * 1024;

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** Names of UTF-8, and of its subset ASCII. */
const UTF8_NAMES = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);

/** An image of a JSON body whose long base64 text was decoded before parsing. It replaces the text. */
export class DecodedImage {
  readonly decoded: Decoded;

  constructor(decoded: Decoded) {
    this.decoded = decoded;
  }
}

/**
 * The request's body as JSON, in UTF-8 (RFC 8259, 8.1), with or without a byte order mark. Long base64 texts at
 * `image.base64` and `images[n].base64` become `DecodedImage`: they are decoded in steps, never at once.
 *
 * @throws {InvalidRequest} when it is not JSON, declares another type, or has a duplicate name
 * @throws {ImageRejected} `too-large`
 */
export async function readJson(request: HttpRequest): Promise<unknown> {
  if (mediaTypeOf(request) !== 'application/json') throw wrongMediaType(request, 'application/json');
  assertUtf8Charset(request);
  const sent = await readBody(request);
  await letOthersRun();
  const problem = utf8Problem(sent);
  if (problem !== undefined) throw invalidBody(`The body ${problem}. Send JSON in UTF-8.`);
  const isMarked = sent.subarray(0, BYTE_ORDER_MARK.byteLength).equals(BYTE_ORDER_MARK);
  const markBytes = isMarked ? BYTE_ORDER_MARK.byteLength : 0;
  const body = sent.subarray(markBytes);
  await letOthersRun();
  const { problems, longTexts } = scanJson(body);
  await letOthersRun();
  const text = textBeside(body, longTexts);
  const lone = loneSurrogateAt(text);
  if (lone !== undefined) {
    const byte = markBytes + placeInBody(Buffer.byteLength(text.slice(0, lone)), longTexts);
    const message = `The body has half a surrogate pair at byte ${formatCount(byte)} (${text.slice(lone, lone + 6)}), which is no character.`;
    throw new InvalidRequest([...problems, { path: 'body', message }]);
  }
  const value = parse(text, longTexts);
  if (problems.length > 0) throw new InvalidRequest(problems);
  for (const longText of longTexts) await placeImage(value, body, longText);
  return value;
}

/**
 * The body of a call that takes JSON and nothing in its query, as its schema reads it.
 *
 * @param moreProblems other problems of the body as it was sent, reported together with those of the schema
 * @throws {InvalidRequest} with every problem of body and query
 * @throws {ImageRejected} `too-large`
 */
export async function readJsonBody<Schema extends z.ZodObject>(
  request: HttpRequest,
  schema: Schema,
  moreProblems: (given: unknown) => readonly Problem[] = () => [],
): Promise<z.output<Schema>> {
  const given = await readJson(request);
  const parsed = schema.safeParse(given);
  const problems = [
    ...misplacedProblems(request),
    ...(parsed.success ? [] : schemaProblems(parsed.error, given, '', Object.keys(schema.shape))),
    ...moreProblems(given),
  ];
  if (!parsed.success || problems.length > 0) throw new InvalidRequest(problems);
  return parsed.data;
}

/** Checks the charset of the content type. */
function assertUtf8Charset(request: HttpRequest): void {
  const type = readHeaderParameters(request.headers.get('content-type') ?? '');
  const charset = parameterValues(type, 'charset')[0]?.trim().toLowerCase();
  if (charset === undefined || UTF8_NAMES.has(charset)) return;
  const message = `The content type names the charset ${JSON.stringify(charset.slice(0, 80))}; JSON is read as utf-8 only. Encode it so.`;
  throw new InvalidRequest([{ path: 'content-type', message }]);
}

/** The JSON with empty texts in place of the long ones. */
function textBeside(body: Buffer, longTexts: readonly LongText[]): string {
  const parts: string[] = [];
  let bytes = 0;
  let from = 0;
  for (const { start, end } of [...longTexts, { start: body.byteLength, end: body.byteLength }]) {
    bytes += start - from;
    if (bytes > JSON_MAX_BYTES) throw tooMuchJson(body.byteLength - from + bytes);
    parts.push(body.toString('utf8', from, start));
    from = end;
  }
  return parts.join('');
}

function tooMuchJson(atMost: number): ImageRejected {
  const [most, limit] = [atMost, JSON_MAX_BYTES].map(formatCount);
  return new ImageRejected(
    'too-large',
    `The JSON has more than ${limit} bytes beside its images (up to ${most}). Send fewer in one call; an image belongs ` +
      'in `image.base64`, or as raw bytes or a form.',
  );
}

/** Maps a position in the JSON without its long texts to the position in the body. */
function placeInBody(place: number, longTexts: readonly LongText[]): number {
  let moved = place;
  for (const { start, end } of longTexts) if (moved >= start) moved += end - start;
  return moved;
}

function parse(text: string, longTexts: readonly LongText[]): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const at = longTexts.length === 0 ? jsonReason(text) : '';
    throw invalidBody(`The body is not valid JSON${at}.`);
  }
}

async function placeImage(value: unknown, body: Buffer, { index, start, end }: LongText): Promise<void> {
  await letOthersRun();
  const decoded = await inSteps(decodeBase64Steps(body.subarray(start, end)));
  const given = value as { image?: { base64?: unknown }; images?: { base64?: unknown }[] };
  const image = index === undefined ? given.image : given.images?.[index];
  if (image) image.base64 = new DecodedImage(decoded);
}

function invalidBody(message: string): InvalidRequest {
  const problem: Problem = { path: 'body', message };
  return new InvalidRequest([problem]);
}
