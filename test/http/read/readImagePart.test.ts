import { describe, expect, it } from 'vitest';
import { readImagePart } from '../../../shared/http/read/readImagePart.ts';

const BYTES = Buffer.from([0, 255, 254, 62, 63, 251]);
const BASE64 = BYTES.toString('base64');

describe('readImagePart', () => {
  it.each([
    ['base64', BASE64],
    ['base64 with padding', Buffer.from([1]).toString('base64')],
    ['base64url', BYTES.toString('base64url')],
    ['a data URL', `data:image/png;base64,${BASE64}`],
    ['a data URL with parameters', `data:image/png;charset=x;base64,${BASE64}`],
    ['base64 in lines', `${BASE64.slice(0, 4)}\r\n${BASE64.slice(4)}\n`],
  ])('takes %s', (_, base64) => {
    expect(readImagePart({ base64 }, 'image')).toEqual({
      kind: 'bytes',
      bytes: base64.startsWith('AQ') ? Buffer.from([1]) : BYTES,
    });
  });

  it('takes a URL, which is judged when it is fetched', () => {
    expect(readImagePart({ url: 'https://example.com/a.png' }, 'image')).toEqual({
      kind: 'url',
      url: 'https://example.com/a.png',
    });
  });

  it('takes the name of a blob', () => {
    expect(readImagePart({ blob: 'tables/märz 1.png' }, 'image')).toEqual({ kind: 'blob', name: 'tables/märz 1.png' });
  });

  it.each([
    [undefined, 'image must be one of { "url": … }, { "base64": … } and { "blob": … }; it has none.'],
    [null, 'image must be one of { "url": … }, { "base64": … } and { "blob": … }; it has none.'],
    ['abc', 'image must be one of { "url": … }, { "base64": … } and { "blob": … }; it has none.'],
    [['abc'], 'image must be one of { "url": … }, { "base64": … } and { "blob": … }; it has none.'],
    [{}, 'image must be one of { "url": … }, { "base64": … } and { "blob": … }; it has none.'],
    [
      { base64: 'AA', blob: 'a' },
      'image must be one of { "url": … }, { "base64": … } and { "blob": … }; it has: base64, blob.',
    ],
    [{ file: 'a' }, 'image must be one of { "url": … }, { "base64": … } and { "blob": … }; it has: file.'],
    [{ base64: 5 }, 'image.base64 must be text.'],
    [{ base64: '' }, 'image.base64 is empty.'],
    [{ base64: 'data:image/png;base64,' }, 'image.base64 is empty.'],
    [{ base64: 'ä' }, 'image.base64 has a character that is not ASCII at character 1, which is not base64.'],
    [{ base64: 'data:image/svg+xml,<svg>' }, 'image.base64 is a data URL without ;base64 before its comma.'],
    [{ base64: 'AA==AA==' }, 'image.base64 goes on after its padding (=): it is several texts in one.'],
    [{ url: '' }, 'image.url is empty.'],
    [{ url: 7 }, 'image.url must be text.'],
    [{ toString: 'a' }, 'it has: toString.'],
    [{ blob: '' }, 'image.blob is empty.'],
    [{ blob: 'b'.repeat(1_025) }, 'image.blob is longer than the 1,024 characters of a blob name.'],
  ])('refuses %j', (given, sentence) => {
    expect(() => readImagePart(given, 'image')).toThrow(sentence);
  });
});
