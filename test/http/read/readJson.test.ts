import { describe, expect, it } from 'vitest';
import { InvalidRequest } from '../../../shared/errors.ts';
import { DecodedImage, readJson } from '../../../shared/http/read/readJson.ts';
import { jsonCall, requestOf } from '../calls.ts';

const call = (body: string | Uint8Array, contentType = 'application/json') =>
  requestOf({ headers: { 'content-type': contentType }, body });

async function refusalOf(body: string | Uint8Array, contentType?: string): Promise<string> {
  const error = await readJson(call(body, contentType)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InvalidRequest);
  return (error as InvalidRequest).detail;
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

describe('readJson', () => {
  it('reads UTF-8', async () => {
    const question = { question: 'Wie heißt es? 高 \ud83d\ude00 \ufffd' };
    expect(await readJson(jsonCall(question))).toEqual(question);
  });

  it.each([
    ['a byte order mark', '\ufeff{"a":1}', { a: 1 }],
    ['an escaped surrogate pair', '{"a":"\\ud83d\\ude00"}', { a: '😀' }],
    ['a backslash before a u', '{"a":"\\\\ud83d"}', { a: '\\ud83d' }],
    ['U+FFFD itself', '{"a":"\ufffd"}', { a: '\ufffd' }],
  ])('takes %s', async (_, body, value) => {
    expect(await readJson(call(body))).toEqual(value);
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    'application/json; charset=utf8',
    'application/json; charset=US-ASCII',
  ])('takes the content type %s', async (contentType) => {
    expect(await readJson(call('{}', contentType))).toEqual({});
  });

  it.each([
    ['text/plain', 'The content type is "text/plain"; send application/json.'],
    [
      'application/json; charset=iso-8859-1',
      'The content type names the charset "iso-8859-1"; JSON is read as utf-8 only. Encode it so.',
    ],
    [
      'application/json; charset="utf-16"',
      'The content type names the charset "utf-16"; JSON is read as utf-8 only. Encode it so.',
    ],
    ['application/json; charset=', 'The content type names the charset ""; JSON is read as utf-8 only. Encode it so.'],
  ])('refuses the content type %s', async (contentType, sentence) => {
    expect(await refusalOf('{}', contentType)).toBe(sentence);
  });

  it.each([
    [
      'Latin-1',
      Buffer.from('{"question":"caf\xe9"}', 'latin1'),
      'is not UTF-8: byte 16 is 0xE9, which cannot stand there',
    ],
    [
      'Windows-1252',
      Buffer.from('{"a":"\x93x\x94"}', 'latin1'),
      'is not UTF-8: byte 6 is 0x93, which cannot stand there',
    ],
    [
      'an overlong slash',
      Buffer.from('{"a":"\xc0\xaf"}', 'latin1'),
      'is not UTF-8: byte 6 is 0xC0, which cannot stand there',
    ],
    [
      'a surrogate in octets',
      Buffer.from('{"a":"\xed\xa0\x80"}', 'latin1'),
      'is not UTF-8: byte 6 is 0xED, which cannot stand there',
    ],
    [
      'a cut character',
      Buffer.from('{"a":"\xe9\xab"}', 'latin1'),
      'is not UTF-8: byte 6 is 0xE9, which cannot stand there',
    ],
    [
      'an octet that is in no encoding',
      Buffer.from('{"a":"\xff"}', 'latin1'),
      'is not UTF-8: byte 6 is 0xFF, which cannot stand there',
    ],
    [
      'an error after much text',
      Buffer.concat([Buffer.from(`{"a":"${'高\ufffd'.repeat(50_000)}`), Buffer.from([0xe9]), Buffer.from('"}')]),
      'is not UTF-8: byte 300,006 is 0xE9, which cannot stand there',
    ],
    ['UTF-16 with its mark', utf16('\ufeff{"a":1}'), 'is UTF-16: it begins with the byte order mark of that encoding'],
    ['UTF-16 without', utf16('{"a":1}'), 'is UTF-16 or UTF-32: byte 1 is 0'],
    ['UTF-16 of the other order', utf16('{"a":1}').swap16(), 'is UTF-16 or UTF-32: byte 0 is 0'],
  ])('refuses %s, with the place', async (_, body, reason) => {
    expect(await refusalOf(body)).toBe(`The body ${reason}. Send JSON in UTF-8.`);
  });

  it.each([
    ['{"a":"\\ud83d"}', 6, '\\ud83d'],
    ['{"a":"\\ude00"}', 6, '\\ude00'],
    ['{"高":"\\ud83d\\ud83d\\ude00"}', 8, '\\ud83d'],
    ['{"\\uDEAD":1}', 2, '\\uDEAD'],
    ['\ufeff{"a":"\\ud83dx\\ude00"}', 9, '\\ud83d'],
  ])('refuses half a surrogate pair in %s', async (body, byte, half) => {
    expect(await refusalOf(body)).toBe(
      `The body has half a surrogate pair at byte ${byte} (${half}), which is no character.`,
    );
  });

  it.each([
    ['', 'The body is not valid JSON: it is empty.'],
    ['{', 'The body is not valid JSON: it ends too early.'],
    ['{"a":"b', 'The body is not valid JSON: it ends too early.'],
    ['undefined', 'The body is not valid JSON (line 1, column 1).'],
    ["{'a':1}", 'The body is not valid JSON (line 1, column 2).'],
    ['{\n  "a": 1,\n  "b": NaN\n}', 'The body is not valid JSON (line 3, column 8).'],
    ['{"a":1}}', 'The body is not valid JSON (line 1, column 8).'],
    ['{"a":"secret\nof mine"}', 'The body is not valid JSON (line 1, column 13).'],
  ])('refuses %j', async (body, sentence) => {
    expect(await refusalOf(body)).toBe(sentence);
  });

  it('names every name that is given twice, and every __proto__', async () => {
    const body =
      '{"task":"text","t\\u0061sk":"tables","image":{"url":"a","url":"b"},"schema":{"__proto__":{}},"__proto__":1}';
    expect(await refusalOf(body)).toBe(
      'task is given more than once. url is given more than once. __proto__ is not known here. __proto__ is not known here.',
    );
  });

  it('takes one name in several objects', async () => {
    const body = { images: [{ width: 1 }, { width: 2 }], a: { width: 3 }, width: 4 };
    expect(await readJson(jsonCall(body))).toEqual(body);
  });

  it('refuses more JSON than can be parsed without stopping the process', async () => {
    const body = JSON.stringify({ question: 'x'.repeat(5_000_000) });
    await expect(readJson(call(body))).rejects.toMatchObject({
      code: 'too-large',
      detail: expect.stringMatching(/^The JSON has more than 4,194,304 bytes beside its images/),
    });
  });

  it('sets long images apart, and decodes each', async () => {
    const bytes = Buffer.alloc(3_000, 7);
    const base64 = bytes.toString('base64');
    const body = {
      note: base64,
      images: [{ base64: 'AAAA' }, { base64 }, { width: 1 }, { base64: `data:image/png;base64,${base64}` }],
      image: { base64 },
    };
    const decoded = new DecodedImage({ kind: 'bytes', bytes });
    expect(await readJson(jsonCall(body))).toEqual({
      note: base64,
      images: [{ base64: 'AAAA' }, { base64: decoded }, { width: 1 }, { base64: decoded }],
      image: { base64: decoded },
    });
  });

  it('says what is wrong with a long image', async () => {
    const decoded = new DecodedImage({ kind: 'wrong', reason: 'has "." at character 4,001, which is not base64' });
    expect(await readJson(jsonCall({ image: { base64: `${'A'.repeat(4_000)}.` } }))).toEqual({
      image: { base64: decoded },
    });
  });

  it('counts the place of an error past a long image', async () => {
    const base64 = 'A'.repeat(4_000);
    expect(await refusalOf(`{"image":{"base64":"${base64}"},"a":"\\ud83d"}`)).toBe(
      'The body has half a surrogate pair at byte 4,028 (\\ud83d), which is no character.',
    );
  });
});
