import { describe, expect, it } from 'vitest';
import { mediaTypeOf, readBody } from '../../../shared/http/read/readBody.ts';
import { type Request, requestOf } from '../calls.ts';

/** A request whose body comes in parts, without a length; `taken` counts the parts that were asked for. */
function streamed(parts: readonly Uint8Array[]): {
  readonly request: Request;
  readonly taken: () => number;
  readonly isCancelled: () => boolean;
} {
  let taken = 0;
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const part = parts[taken];
        if (part === undefined) controller.close();
        else controller.enqueue(part);
        taken += 1;
      },
      cancel: () => {
        isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const request = requestOf({ body: 'x', headers: {} });
  Object.defineProperty(request, 'body', { value: body });
  return { request, taken: () => taken, isCancelled: () => isCancelled };
}

describe('readBody', () => {
  it('gives the bytes of a body', async () => {
    expect(await readBody(requestOf({ body: Buffer.from([1, 2, 3]) }))).toEqual(Buffer.from([1, 2, 3]));
  });

  it('gives a body that comes in parts and without a length', async () => {
    const { request } = streamed([Buffer.from('ab'), Buffer.from('cd'), Buffer.from('e')]);
    expect((await readBody(request, 5)).toString()).toBe('abcde');
  });

  it('gives no bytes where there is no body', async () => {
    expect(await readBody(requestOf())).toEqual(Buffer.alloc(0));
  });

  it('refuses a body as soon as it is over the limit, and drops the rest of it without cancelling', async () => {
    const { request, taken, isCancelled } = streamed(Array(1_000).fill(Buffer.alloc(10)));
    await expect(readBody(request, 25)).rejects.toMatchObject({
      code: 'too-large',
      detail:
        'The body has at least 30 bytes; the limit is 25. Upload a larger image to the images container, and name it in `image.blob`.',
    });
    await expect.poll(taken).toBe(1_001);
    expect(isCancelled()).toBe(false);
  });

  it('refuses an announced length over the limit before it reads', async () => {
    const request = requestOf({ body: 'x', headers: { 'content-length': '99614721' } });
    await expect(readBody(request)).rejects.toMatchObject({
      status: 413,
      detail:
        'The body has at least 99,614,721 bytes; the limit is 99,614,720. Upload a larger image to the images container, and name it in `image.blob`.',
    });
  });
});

describe('mediaTypeOf', () => {
  it.each([
    ['application/json; charset=utf-8', 'application/json'],
    ['IMAGE/PNG', 'image/png'],
  ])('of %s is %s', (contentType, mediaType) => {
    expect(mediaTypeOf(requestOf({ body: 'x', headers: { 'content-type': contentType } }))).toBe(mediaType);
  });

  it('of a request without any is empty', () => {
    expect(mediaTypeOf(requestOf())).toBe('');
  });
});
