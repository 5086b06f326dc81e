import { describe, expect, it } from 'vitest';
import { readAnalyzeCall } from '../../shared/http/analyzeCall.ts';
import { readMultipartForm } from '../../shared/http/multipartForm.ts';
import { configOfTest, type Request, requestOf } from './calls.ts';

const PICTURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 255]);

/** A form as clients send it. */
async function formCall(parts: readonly (readonly [name: string, value: string | Buffer])[]): Promise<Request> {
  const form = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, new Blob([new Uint8Array(value)]), 'picture.png');
  }
  const sent = new Response(form);
  const body = new Uint8Array(await sent.arrayBuffer());
  return requestOf({ headers: { 'content-type': sent.headers.get('content-type') ?? '' }, body });
}

describe('readMultipartForm', () => {
  it('gives the file of the part image, and the other fields', async () => {
    const request = await formCall([
      ['task', 'ask'],
      ['image', PICTURE],
      ['question', 'Wie viele Möwen?'],
    ]);
    expect(await readMultipartForm(request)).toEqual({
      image: PICTURE,
      fields: [
        ['task', 'ask'],
        ['question', 'Wie viele Möwen?'],
      ],
    });
  });

  it.each([
    [[['task', 'text']], 'The form has no file in a part named image.'],
    [[['image', 'AAAA']], 'The form has no file in a part named image.'],
    [[['image', Buffer.alloc(0)]], 'The file in the part image is empty.'],
    [
      [
        ['image', PICTURE],
        ['image', PICTURE],
      ],
      'The form has 2 files in parts named image; a call analyses one.',
    ],
    [
      [
        ['image', PICTURE],
        ['second', PICTURE],
      ],
      'The part second is a file; only the part image is one.',
    ],
  ] as const)('says what is wrong with a form (%#)', async (parts, sentence) => {
    await expect(formCall(parts).then(readMultipartForm)).rejects.toThrow(sentence);
  });

  it.each([
    ['multipart/form-data', 'x'],
    ['multipart/form-data; boundary=abc', ''],
    ['multipart/form-data; boundary=abc', '--abd\r\n\r\n--abd--'],
    [
      'multipart/form-data; boundary=abc',
      '--abc\r\ncontent-disposition: form-data; name="image"; filename="a"\r\n\r\nx',
    ],
  ])('refuses %s whose body is none', async (contentType, body) => {
    const request = requestOf({ headers: { 'content-type': contentType }, body });
    await expect(readMultipartForm(request)).rejects.toThrow('The body is no multipart/form-data');
  });
});

describe('readAnalyzeCall', () => {
  it('reads a form with the same names as in JSON', async () => {
    const request = await formCall([
      ['image', PICTURE],
      ['task', 'ask'],
      ['question', 'How many?'],
      ['maxOutputTokens', '64'],
    ]);
    expect(await readAnalyzeCall(request, configOfTest())).toMatchObject({
      image: { kind: 'bytes', bytes: PICTURE },
      request: { task: 'ask', question: 'How many?', maxOutputTokens: 64 },
    });
  });

  it('says which names are given twice, wrong or unknown', async () => {
    const request = await formCall([
      ['image', PICTURE],
      ['task', 'text'],
      ['task', 'describe'],
      ['detail', 'fine'],
      ['colour', 'red'],
    ]);
    await expect(readAnalyzeCall(request, configOfTest())).rejects.toMatchObject({
      problems: [{ path: 'task', message: 'task is given more than once.' }, { path: 'detail' }, { path: 'colour' }],
    });
  });
});
