/** Other file types by their first bytes, each with advice. */

interface ForeignFormat {
  readonly name: string;
  readonly advice: string;
}

interface MarkedFormat extends ForeignFormat {
  readonly at: number;
  readonly marks: readonly string[];
  /** Files of it may read as text; of all others a text may begin with the same letters. */
  readonly mayBeText?: true;
}

const SAVE_AS = 'save it as PNG or JPEG';
const DEVELOP = 'develop it to JPEG, PNG or TIFF';
const RENDER = 'render it to PNG at the size in which it should be read';
const FRAMES = 'send single frames of it as JPEG or PNG';
const UNPACK = 'unpack it, and send the images in it one by one';
const MAP_VALUES = 'save what should be seen of it as PNG';

const RAW: ForeignFormat = { name: 'a raw file of a camera', advice: DEVELOP };
const VIDEO: ForeignFormat = { name: 'a video', advice: FRAMES };
const AUDIO: ForeignFormat = { name: 'a sound recording', advice: 'send images only' };
const ARCHIVE: ForeignFormat = { name: 'an archive', advice: UNPACK };
const JPEG_2000: ForeignFormat = { name: 'a JPEG 2000 picture', advice: SAVE_AS };
const NETPBM: ForeignFormat = { name: 'a PBM, PGM, PPM or PAM picture', advice: SAVE_AS };

const SVG: ForeignFormat = { name: 'an SVG drawing', advice: RENDER };
const BMP: ForeignFormat = { name: 'a BMP picture', advice: SAVE_AS };
const OFFICE: ForeignFormat = {
  name: 'an office document',
  advice: 'save it as PDF',
};
const ZIP: ForeignFormat = {
  name: 'a ZIP archive or an office document',
  advice: 'save an office document as PDF, and send the images of an archive one by one',
};
const TGA: ForeignFormat = { name: 'a TGA picture', advice: SAVE_AS };
const EPS: ForeignFormat = { name: 'a PostScript document or drawing', advice: 'save it as PDF' };

const brands = (...names: readonly string[]): readonly string[] => names.map((name) => `ftyp${name}`);

const MARKED: readonly MarkedFormat[] = [
  { at: 4, marks: brands('avis'), name: 'an animated AVIF picture', advice: 'save one frame of it as PNG or JPEG' },
  { at: 4, marks: brands('crx '), ...RAW },
  { at: 4, marks: brands('jp2 ', 'jpx ', 'jpm '), ...JPEG_2000 },
  { at: 4, marks: brands('M4A ', 'M4B '), ...AUDIO },
  { at: 4, marks: ['ftyp', 'moov', 'mdat', 'wide'], ...VIDEO },
  { at: 0, marks: ['8BPS'], name: 'a Photoshop document', advice: SAVE_AS },
  { at: 0, marks: ['gimp xcf'], name: 'a GIMP document', advice: SAVE_AS },
  { at: 0, marks: ['\xff\x0a', '\0\0\0\x0cJXL '], name: 'a JPEG XL picture', advice: SAVE_AS },
  { at: 0, marks: ['\xff\x4f\xff\x51', '\0\0\0\x0cjP  '], ...JPEG_2000 },
  { at: 0, marks: ['\0\0\x01\0', '\0\0\x02\0', 'icns'], name: 'an icon', advice: 'save it as PNG' },
  { at: 0, marks: ['II\xbc\x01'], name: 'a JPEG XR picture', advice: SAVE_AS },
  { at: 0, marks: ['IIU\0', 'IIRO', 'IIRS', 'MMOR', 'FUJIFILMCCD-RAW', 'FOVb', '\0MRM', 'II\x1a\0\0\0HEAP'], ...RAW },
  { at: 0, marks: ['\x76\x2f\x31\x01'], name: 'an OpenEXR picture', advice: MAP_VALUES },
  { at: 0, marks: ['#?RADIANCE', '#?RGBE'], name: 'a Radiance HDR picture', advice: MAP_VALUES },
  { at: 0, marks: ['SIMPLE  ='], mayBeText: true, name: 'a FITS picture', advice: MAP_VALUES },
  { at: 128, marks: ['DICM'], name: 'a DICOM picture', advice: 'save it as PNG with the window that should be seen' },
  { at: 0, marks: ['\x89HDF', 'CDF\x01', 'CDF\x02', 'GRIB'], name: 'a file of scientific data', advice: MAP_VALUES },
  { at: 0, marks: ['DDS ', '\xabKTX'], name: 'a texture of 3D graphics', advice: SAVE_AS },
  { at: 0, marks: ['qoif'], name: 'a QOI picture', advice: SAVE_AS },
  { at: 0, marks: ['FLIF'], name: 'a FLIF picture', advice: SAVE_AS },
  { at: 0, marks: ['BPG\xfb'], name: 'a BPG picture', advice: SAVE_AS },
  { at: 0, marks: ['\x8aMNG\r\n', '\x8bJNG\r\n'], name: 'an MNG or JNG picture', advice: SAVE_AS },
  {
    at: 0,
    marks: ['\x0a\x00\x01', '\x0a\x02\x01', '\x0a\x03\x01', '\x0a\x05\x01'],
    name: 'a PCX picture',
    advice: SAVE_AS,
  },
  { at: 0, marks: ['\x97JB2\r\n'], name: 'a JBIG2 picture', advice: SAVE_AS },
  { at: 0, marks: ['\x59\xa6\x6a\x95'], name: 'a Sun raster picture', advice: SAVE_AS },
  { at: 0, marks: ['AT&TFORM'], name: 'a DjVu document', advice: 'save it as PDF' },
  { at: 0, marks: ['%!PS', '\xc5\xd0\xd3\xc6'], mayBeText: true, ...EPS },
  { at: 0, marks: ['\xd7\xcd\xc6\x9a'], name: 'a Windows metafile', advice: RENDER },
  { at: 40, marks: [' EMF'], name: 'a Windows metafile', advice: RENDER },
  { at: 0, marks: ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', '{\\rtf'], mayBeText: true, ...OFFICE },
  { at: 8, marks: ['ACON'], name: 'an animated cursor', advice: FRAMES },
  { at: 8, marks: ['AVI '], ...VIDEO },
  { at: 8, marks: ['WAVE'], ...AUDIO },
  {
    at: 0,
    marks: ['\x1a\x45\xdf\xa3', '\0\0\x01\xba', '\0\0\x01\xb3', 'FLV\x01', '\x30\x26\xb2\x75\x8e\x66\xcf\x11'],
    ...VIDEO,
  },
  { at: 0, marks: ['OggS', 'ID3', 'fLaC'], ...AUDIO },
  {
    at: 0,
    marks: ['7z\xbc\xaf\x27\x1c', 'Rar!\x1a\x07', '\x1f\x8b\x08', 'BZh', '\xfd7zXZ\0', '\x28\xb5\x2f\xfd'],
    ...ARCHIVE,
  },
  { at: 257, marks: ['ustar'], ...ARCHIVE },
  { at: 0, marks: ['SQLite format 3\0'], name: 'a database', advice: 'send images only' },
];

const OFFICE_PARTS = ['[Content_Types].xml', 'word/', 'xl/', 'ppt/', 'application/vnd.oasis.opendocument'];

/** What a file is, from its first bytes as Latin-1; undefined for an unknown format. */
export function foreignFormatOf(start: string, isText: boolean): ForeignFormat | undefined {
  if (isSvg(start)) return SVG;
  if (isBmp(start)) return BMP;
  if (isTga(start)) return TGA;
  if (start.startsWith('PK\x03\x04') || start.startsWith('PK\x05\x06')) return packed(start);
  if (/^P[1-6]\s(?:\s*#[^\n]*\n)*\s*\d+\s/.test(start) || start.startsWith('P7\nWIDTH')) return NETPBM;
  if (/^P[Ff]\s+\d+\s+\d+\s/.test(start)) return { name: 'a PFM picture', advice: MAP_VALUES };
  const marked = MARKED.find(
    ({ at, marks, mayBeText = false }) => (mayBeText || !isText) && marks.some((mark) => start.startsWith(mark, at)),
  );
  return marked;
}

function packed(start: string): ForeignFormat {
  return OFFICE_PARTS.some((part) => start.includes(part)) ? OFFICE : ZIP;
}

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

/** It begins with no mark; where an icon has the count of its pictures, zeros stand (TGA 2.0). */
function isTga(start: string): boolean {
  const [direct, indexed] = ['\\0[\\x02\\x03\\x0a\\x0b]\\0{5}', '\\x01[\\x01\\x09].{4}[\\x0f\\x10\\x18\\x20]'];
  return new RegExp(`^.(?:${direct}|${indexed}).{8}[\\x08\\x0f\\x10\\x18\\x20]`, 's').test(start);
}
