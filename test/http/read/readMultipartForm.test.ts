import { describe, expect, it } from 'vitest';
import { readAnalyzeCall } from '../../../shared/http/calls/readAnalyzeCall.ts';
import { readMultipartForm } from '../../../shared/http/read/readMultipartForm.ts';
import formsJson from '../../fixtures/multipart-forms.json' with { type: 'json' };
import { configOfTest, type Request, requestOf } from '../calls.ts';

const PICTURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 255]);

/** Bodies as clients sent them, octet by octet: each character is one. */
const FORMS = formsJson as {
  readonly image: string;
  readonly forms: readonly {
    readonly client: string;
    readonly origin: string;
    readonly contentType: string;
    readonly body: string;
    readonly fields: Readonly<Record<string, string>>;
  }[];
};

/** A body of octets, each given as a character. */
const rawCall = (body: string, contentType: string): Request =>
  requestOf({ headers: { 'content-type': contentType }, body: Buffer.from(body, 'latin1') });

/** A part of a form without the lines of its boundary. */
const part = (disposition: string, content: string, ...headers: readonly string[]): string =>
  [`Content-Disposition: ${disposition}`, ...headers, '', content].join('\r\n');

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
    [[['task', 'text']], 'The form has no part named image; it has: task.'],
    [
      [
        ['file', 'x'],
        ['task', 'text'],
      ],
      'The form has no part named image; it has: file, task.',
    ],
    [[['image', Buffer.alloc(0)]], 'The file in the part image is empty.'],
    [
      [
        ['image', PICTURE],
        ['image', PICTURE],
      ],
      'The form has 2 parts named image; a call analyses one.',
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

  it.each(FORMS.forms.map((form) => [`${form.client} (${form.origin})`, form] as const))(
    'reads what %s sends',
    async (_, { contentType, body, fields }) => {
      const read = await readMultipartForm(rawCall(body, contentType));
      expect(read.image.toString('latin1')).toBe(FORMS.image);
      expect(Object.fromEntries(read.fields)).toEqual(fields);
      expect(read.fields).toHaveLength(Object.keys(fields).length);
    },
  );

  const image = part('form-data; name="image"; filename="a.png"', 'PNG');
  const read = (body: string, contentType = 'multipart/form-data; boundary=abc') =>
    readMultipartForm(rawCall(body, contentType));

  it.each([
    ['a preamble and an epilogue', `This is MIME.\r\n--abc\r\n${image}\r\n--abc--\r\nthe end\r\n--abc\r\n`],
    ['no line break after the last boundary', `--abc\r\n${image}\r\n--abc--`],
    ['a name without quotes', `--abc\r\n${part('form-data;name=image', 'PNG')}\r\n--abc--`],
    ['names of headers in another case', `--abc\r\nCONTENT-DISPOSITION:FORM-DATA;NAME=image\r\n\r\nPNG\r\n--abc--`],
    ['a head over two lines', `--abc\r\nContent-Disposition: form-data;\r\n name="image"\r\n\r\nPNG\r\n--abc--`],
    [
      'base64 as MIME writes it',
      `--abc\r\n${part('form-data; name="image"', 'UE\r\n5H', 'Content-Transfer-Encoding: base64')}\r\n--abc--`,
    ],
    [
      'a path as file name',
      `--abc\r\n${part('form-data; name="image"; filename="C:\\scans\\a;b.png"', 'PNG')}\r\n--abc--`,
    ],
    ['an empty file name', `--abc\r\n${part('form-data; name="image"; filename=""', 'PNG')}\r\n--abc--`],
  ])('takes %s', async (_, body) => {
    expect((await read(body)).image.toString()).toBe('PNG');
  });

  it('takes the boundary in the middle of a line, and before a line, for text', async () => {
    const question = 'a --abc b\r\n-abc\r\nabc\n--abc\n';
    const body = `--abc\r\n${part('form-data; name=question', question)}\r\n--abc\r\n${image}\r\n--abc--\r\n`;
    expect((await read(body)).fields).toEqual([['question', question]]);
  });

  it.each([
    ['iso-8859-1', 'caf\xe9', 'café'],
    ['windows-1252', '\x80', '€'],
    ['UTF-8', 'caf\xc3\xa9', 'café'],
    ['utf-16le', 'a\0b\0', 'ab'],
  ])('reads a field in the charset that it names: %s', async (charset, content, text) => {
    const field = part('form-data; name=question', content, `Content-Type: text/plain; charset=${charset}`);
    expect((await read(`--abc\r\n${field}\r\n--abc\r\n${image}\r\n--abc--`)).fields).toEqual([['question', text]]);
  });

  it.each([
    ['no boundary', 'multipart/form-data', 'x', 'The content type multipart/form-data names no boundary.'],
    ['two boundaries', 'multipart/form-data; boundary=a; boundary=b', 'x', 'The content type names two boundaries.'],
    [
      'a boundary without an end',
      `multipart/form-data; boundary=${'b'.repeat(201)}`,
      'x',
      'The boundary has 201 characters',
    ],
  ])('refuses %s', async (_, contentType, body, sentence) => {
    await expect(read(body, contentType)).rejects.toThrow(sentence);
  });

  it.each([
    ['nothing', '', 'The body is empty; it must be a form with a part named image.'],
    [
      'another boundary',
      '--abd\r\n\r\n--abd--',
      'The body has no line --abc, the boundary that its content type names.',
    ],
    [
      'lines that end with LF',
      `--abc\n${image.replaceAll('\r', '')}\n--abc--\n`,
      'The lines of the form end with LF alone',
    ],
    ['a cut image', `--abc\r\n${image}`, 'The form ends before its closing line --abc--: the upload was cut.'],
    ['a cut closing line', `--abc\r\n${image}\r\n--abc-`, 'the upload was cut.'],
    ['a cut head', '--abc\r\nContent-Disposition: form-data; na', 'the upload was cut.'],
    ['no parts', '--abc--\r\n', 'The form has no part named image; it has: no parts.'],
    [
      'a head without an end',
      '--abc\r\nContent-Disposition: form-data; name=image\r\n--abc--',
      'Part 1 of the form has a head that does not end.',
    ],
    ['no head', '--abc\r\n\r\nPNG\r\n--abc--', 'Part 1 of the form has no header Content-Disposition: form-data.'],
    [
      'a part of a mail',
      `--abc\r\n${part('attachment; name=image', 'PNG')}\r\n--abc--`,
      'Part 1 of the form has no header Content-Disposition: form-data.',
    ],
    [
      'no name',
      `--abc\r\n${part('form-data; filename="a.png"', 'PNG')}\r\n--abc--`,
      'Part 1 of the form has no name in its header Content-Disposition.',
    ],
    [
      'an empty name',
      `--abc\r\n${part('form-data; name=""', 'PNG')}\r\n--abc--`,
      'Part 1 of the form has no name in its header Content-Disposition.',
    ],
    [
      'two names',
      `--abc\r\n${part('form-data; name=task; name=image', 'PNG')}\r\n--abc--`,
      'Part 1 of the form has two names, task and image.',
    ],
    [
      'parts in a part',
      `--abc\r\n${part('form-data; name=image', '--x--', 'Content-Type: multipart/mixed; boundary=x')}\r\n--abc--`,
      'Part 1 of the form holds parts itself; send each file as a part of the form.',
    ],
    [
      'quoted-printable',
      `--abc\r\n${part('form-data; name=image', '=50', 'Content-Transfer-Encoding: quoted-printable')}\r\n--abc--`,
      'Part 1 of the form has the Content-Transfer-Encoding quoted-printable; send its bytes as they are.',
    ],
    [
      'wrong base64',
      `--abc\r\n${part('form-data; name=image', 'A', 'Content-Transfer-Encoding: base64')}\r\n--abc--`,
      'The part image says that it is base64, and is cut short: its last group has one character only.',
    ],
    [
      'headers without end',
      `--abc\r\n${part('form-data; name=image', 'PNG', `X-Long: ${'x'.repeat(20_000)}`)}\r\n--abc--`,
      'Part 1 of the form has more than 16,384 bytes of headers.',
    ],
    [
      'more headers than are kept',
      `--abc\r\n${part('form-data; name=image', 'PNG', `X-Long: ${'x'.repeat(90_000)}`)}\r\n--abc--`,
      'Part 1 of the form has more than 16,384 bytes of headers.',
    ],
    [
      'a long field',
      `--abc\r\n${part('form-data; name=question', 'x'.repeat(1_048_577))}\r\n--abc\r\n${image}\r\n--abc--`,
      'The part question has 1,048,577 bytes; the limit of a field is 1,048,576.',
    ],
    [
      'many parts',
      `${`--abc\r\n${part('form-data; name=a', '')}\r\n`.repeat(101)}--abc--`,
      'The form has more than 100 parts.',
    ],
    [
      'a field that is not UTF-8',
      `--abc\r\n${part('form-data; name=question', 'caf\xe9')}\r\n--abc\r\n${image}\r\n--abc--`,
      'The part question is not UTF-8: byte 3 is 0xE9',
    ],
    [
      'a field of no charset',
      `--abc\r\n${part('form-data; name=question', 'x', 'Content-Type: text/plain; charset=klingon')}\r\n--abc\r\n${image}\r\n--abc--`,
      'The part question is not text in the charset "klingon" that it names; send utf-8.',
    ],
  ])('says what is wrong with %s', async (_, body, sentence) => {
    await expect(read(body)).rejects.toMatchObject({
      code: 'invalid-request',
      detail: expect.stringContaining(sentence),
    });
  });

  it('gives the image as a view of the body, wherever the steps of the parser end', async () => {
    const head = '--abc\r\nContent-Disposition: form-data; name=image\r\n\r\n';
    for (const pad of [-8, -5, -4, -3, -2, -1, 0, 1, 2]) {
      // Line breaks that could begin a boundary lie across the end of the first step.
      const content = `${'x'.repeat(1_048_576 - head.length + pad)}\r\n--ab${'y'.repeat(1_200_000)}`;
      const { image: bytes } = await read(`${head}${content}\r\n--abc--`);
      expect(bytes.toString('latin1') === content).toBe(true);
    }
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
