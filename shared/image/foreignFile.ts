import { ImageRejected } from '../errors.ts';
import { formatCount } from './formatCount.ts';
import { looksLikeText } from './looksLikeText.ts';

/** How far into a file its nature is looked for: a PDF may begin with up to 1,024 other bytes, an SVG with comments. */
const LOOKED_AT_BYTES = 4_096;

/** What a file is that begins like none of the images that we take: always an ending, with advice where there is any. */
export function rejectForeignFile(bytes: Uint8Array, totalBytes: number): ImageRejected {
  if (totalBytes === 0) return new ImageRejected('not-an-image', 'The file is empty.');

  const looked = bytes.subarray(0, LOOKED_AT_BYTES);
  const start = Buffer.from(looked).toString('latin1');
  const foreign = tellForeignFormat(start);
  if (foreign !== undefined) {
    const detail = `The file is ${foreign.name}, which is not supported; ${foreign.advice}.`;
    return new ImageRejected('unsupported-format', detail);
  }
  if (looksLikeText(looked)) {
    return new ImageRejected('not-an-image', 'The file is no image: it looks like text.');
  }
  const length = totalBytes === 1 ? '1 byte begins' : `${formatCount(totalBytes)} bytes begin`;
  return new ImageRejected('not-an-image', `The file is no image that is known: its ${length} with ${inHex(looked)}.`);
}

function tellForeignFormat(start: string): ForeignFormat | undefined {
  if (isSvg(start)) return SVG;
  if (isBmp(start)) return BMP;
  const marked = KNOWN_FORMATS.find(({ at, marks }) => marks.some((mark) => start.startsWith(mark, at)));
  return marked ?? (start.slice(0, 1_024).includes('%PDF-') ? PDF : undefined);
}

interface ForeignFormat {
  readonly name: string;
  readonly advice: string;
}

const SVG: ForeignFormat = {
  name: 'an SVG drawing',
  advice: 'render it to PNG at the size in which it should be read',
};
const PDF: ForeignFormat = { name: 'a PDF document', advice: 'render its pages to PNG or JPEG, one file a page' };
const SAVE_AS = 'save it as JPEG or PNG';
const BMP: ForeignFormat = { name: 'a BMP picture', advice: SAVE_AS };
const DEVELOP = 'develop it to JPEG, PNG or TIFF';

const KNOWN_FORMATS: readonly (ForeignFormat & { readonly at: number; readonly marks: readonly string[] })[] = [
  {
    at: 4,
    marks: ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'msf1'].map(
      (brand) => `ftyp${brand}`,
    ),
    name: 'a HEIC picture',
    advice: 'convert it to JPEG (iPhone: Settings, Camera, Formats, Most Compatible)',
  },
  { at: 4, marks: ['ftypcrx '], name: 'a raw file of a camera', advice: DEVELOP },
  { at: 4, marks: ['ftyp'], name: 'a video', advice: 'send single frames of it as JPEG or PNG' },
  { at: 0, marks: ['8BPS'], name: 'a Photoshop document', advice: SAVE_AS },
  { at: 0, marks: ['\xff\x0a', '\0\0\0\x0cJXL '], name: 'a JPEG XL picture', advice: SAVE_AS },
  { at: 0, marks: ['\xff\x4f\xff\x51', '\0\0\0\x0cjP  '], name: 'a JPEG 2000 picture', advice: SAVE_AS },
  { at: 0, marks: ['\0\0\x01\0', '\0\0\x02\0'], name: 'an icon', advice: 'save it as PNG' },
  { at: 0, marks: ['II\xbc\x01'], name: 'a JPEG XR picture', advice: SAVE_AS },
  { at: 0, marks: ['IIU\0', 'IIRO', 'FUJIFILMCCD-RAW'], name: 'a raw file of a camera', advice: DEVELOP },
  {
    at: 0,
    marks: ['PK\x03\x04'],
    name: 'a ZIP archive or an office document',
    advice: 'send the images in it one by one',
  },
];

/** After a byte order mark and white space: an element, and `<svg` among the first; a page of HTML is text. */
function isSvg(start: string): boolean {
  const markup = start
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  return markup.startsWith('<') && /<(?:svg:)?svg[\s>]/.test(markup) && !/^<(?:!doctype html|html)/.test(markup);
}

/** Text may begin with `BM`; a BMP goes on with one of the sizes that its header can have. */
function isBmp(start: string): boolean {
  return (
    start.startsWith('BM') &&
    ['\x0c', '\x28', '\x34', '\x38', '\x40', '\x6c', '\x7c'].some((size) => start.startsWith(`${size}\0\0\0`, 14))
  );
}

function inHex(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
