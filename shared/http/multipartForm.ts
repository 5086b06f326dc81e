import type { HttpRequest } from '@azure/functions';
import { InvalidRequest, type Problem } from '../errors.ts';
import { readBody } from './readBody.ts';

/** A form's image, and its other fields in their order. */
export interface MultipartForm {
  readonly image: Buffer;
  readonly fields: readonly (readonly [name: string, text: string])[];
}

/**
 * A body of `multipart/form-data` with one file in the part `image`. It is cut at the limit while it is read; only then
 * the platform's own parser takes it apart, which has no limit.
 *
 * @throws {InvalidRequest} when it cannot be read, has no image or more than one
 * @throws {ImageRejected} `too-large`
 */
export async function readMultipartForm(request: HttpRequest): Promise<MultipartForm> {
  const body = await readBody(request);
  const form = await parseForm(body, request.headers.get('content-type') ?? '');
  const problems: Problem[] = [];
  const images: File[] = [];
  const fields: (readonly [string, string])[] = [];
  for (const [name, value] of form) {
    if (typeof value === 'string') fields.push([name, value]);
    else if (name === 'image') images.push(value);
    else problems.push({ path: name, message: `The part ${name} is a file; only the part image is one.` });
  }
  const [image, second] = images;
  if (!image) problems.push({ path: 'image', message: 'The form has no file in a part named image.' });
  if (second) {
    const message = `The form has ${images.length} files in parts named image; a call analyses one.`;
    problems.push({ path: 'image', message });
  }
  if (image?.size === 0) problems.push({ path: 'image', message: 'The file in the part image is empty.' });
  if (!image || problems.length > 0) throw new InvalidRequest(problems);
  return { image: Buffer.from(await image.arrayBuffer()), fields };
}

async function parseForm(body: Buffer, contentType: string): Promise<FormData> {
  try {
    return await new Response(body as Uint8Array<ArrayBuffer>, { headers: { 'content-type': contentType } }).formData();
  } catch (error) {
    const message = 'The body is no multipart/form-data with the boundary that its content type names.';
    throw new InvalidRequest([{ path: 'body', message }], { cause: error });
  }
}
