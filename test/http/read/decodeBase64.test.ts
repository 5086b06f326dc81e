import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atOnce } from '../../../shared/concurrency/inSteps.ts';
import { decodeBase64Steps } from '../../../shared/http/read/decodeBase64.ts';

/** As the text stands in JSON, between its quotes. */
const decode = (text: string) => atOnce(decodeBase64Steps(Buffer.from(JSON.stringify(text).slice(1, -1))));
const decodeRaw = (raw: string) => atOnce(decodeBase64Steps(Buffer.from(raw)));

const BYTES = Buffer.from([0xfb, 0xef, 0xbe, 0xff, 0xfe]);

describe('decodeBase64Steps', () => {
  it.each([
    ['the standard alphabet', '++++//4='],
    ['the alphabet for URLs', '----__4='],
    ['both alphabets at once', '+-+-/_4='],
    ['no padding', '++++//4'],
    ['a data URL', 'data:image/png;base64,++++//4='],
    ['a data URL with parameters', 'data:image/png;name=a.png;base64,++++//4='],
    ['a data URL of no type', 'data:;base64,++++//4='],
    ['a data URL of a PDF', 'data:application/pdf;base64,++++//4='],
    ['a data URL of octets', 'DATA:application/octet-stream;BASE64,++++//4='],
    ['lines', '++++\r\n//4=\r\n'],
    ['indented lines', '  ++++\n    //4=\n  '],
    ['spaces around', ' ++++//4= '],
  ])('takes %s', (_, text) => {
    expect(decode(text)).toEqual({ kind: 'bytes', bytes: BYTES });
  });

  it.each([
    ['slashes as PHP escapes them', '++++\\/\\/4='],
    ['signs as .NET escapes them', '\\u002B\\u002b++//4='],
    ['escaped line breaks', '++++\\r\\n//4=\\n'],
  ])('takes %s', (_, raw) => {
    expect(decodeRaw(raw)).toEqual({ kind: 'bytes', bytes: BYTES });
  });

  it.each([
    ['', 'is empty'],
    [' \n', 'is empty'],
    ['data:image/png;base64,', 'is empty'],
    ['A', 'is cut short: its last group has one character only'],
    ['AAAAA', 'is cut short: its last group has one character only'],
    ['AAA==', 'ends with 2 padding characters (=) where 1 belong: it may be cut short'],
    ['AAAA=', 'ends with 1 padding characters (=) where 0 belong: it may be cut short'],
    ['AA=', 'ends with 1 padding characters (=) where 2 belong: it may be cut short'],
    ['AA==AA==', 'goes on after its padding (=): it is several texts in one'],
    ['AAAA AAAA', 'has a space at character 5: probably a + that was decoded as in a form'],
    ['AAAA%2BAA', 'has "%" at character 5, which is not base64'],
    ['AAA.', 'has "." at character 4, which is not base64'],
    ['AAA高', 'has a character that is not ASCII at character 4, which is not base64'],
    ['data:text/plain;base64,AAAA', 'is a data URL of "text/plain"; it must be of an image or a PDF'],
    ['data:image/png,AAAA', 'is a data URL without ;base64 before its comma'],
    ['{"a":1}', 'has "{" at character 1, which is not base64'],
  ])('says what is wrong with %j', (text, reason) => {
    expect(decode(text)).toEqual({ kind: 'wrong', reason });
  });

  it.each([
    ['AAAA\nAAAA', 'holds a line break or another control character that JSON must escape (\\n)'],
    ['AAAA\\xAAAA', 'holds an escape (\\) that JSON does not have'],
  ])('says what JSON does not allow in %j', (raw, reason) => {
    expect(decodeRaw(raw)).toEqual({ kind: 'wrong', reason });
  });

  it.each([
    ['in one line', (text: string) => text],
    ['in lines', (text: string) => text.replace(/.{76}/g, '$&\\r\\n')],
    ['as PHP escapes it', (text: string) => text.replaceAll('/', '\\/')],
    ['as .NET escapes it', (text: string) => text.replaceAll('+', '\\u002B')],
    ['as a data URL', (text: string) => `data:image/png;base64,${text}`],
  ])('decodes several steps of it %s', (_, written) => {
    const bytes = Buffer.alloc(2_500_001);
    for (let place = 0; place < bytes.length; place++) bytes[place] = (place * 2_654_435_761) >>> 13;
    const steps = decodeBase64Steps(Buffer.from(written(bytes.toString('base64'))));
    expect(steps.next()).toEqual({ done: false, value: undefined });
    const decoded = atOnce(steps);
    expect(decoded.kind === 'bytes' && bytes.equals(decoded.bytes)).toBe(true);
  });

  it('gives back whatever was encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.boolean(), (bytes, isUrlSafe) => {
        const text = Buffer.from(bytes).toString(isUrlSafe ? 'base64url' : 'base64');
        expect(decode(text)).toEqual({ kind: 'bytes', bytes: Buffer.from(bytes) });
      }),
    );
  });
});
