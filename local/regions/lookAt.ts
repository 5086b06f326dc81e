import sharp from 'sharp';
import { mainColours } from './colours.ts';
import type { Seen } from './seen.ts';
import type { SentImage } from './sentImage.ts';
import { withoutRules } from './withoutRules.ts';
import type { WordReader } from './wordReader.ts';

/** Looks at an image in the size that the model sees; the same bytes in the same size are looked at once. */
export type Look = (
  image: SentImage,
  size: { readonly width: number; readonly height: number },
) => Promise<Seen | null>;

const rememberedLooks = 300;
const maxPixels = 268_402_689;

/**
 * A way to look; null for bytes that are no whole image. The image is shrunk first, so that what is too small for the model is too small here too; EXIF
 * orientation is left alone, because no source says that the service applies it.
 */
export function createLook(reader: WordReader): Look {
  const looks = new Map<string, Promise<Seen | null>>();
  return (image, size) => {
    const key = `${image.sha256} ${size.width}x${size.height}`;
    const known = looks.get(key);
    if (known) return known;
    const looking = lookOnce(image, { ...size, reader });
    if (looks.size >= rememberedLooks) looks.clear();
    looks.set(key, looking);
    return looking;
  };
}

async function lookOnce(
  image: SentImage,
  as: { readonly width: number; readonly height: number; readonly reader: WordReader },
): Promise<Seen | null> {
  const whole = sharp(image.bytes, { limitInputPixels: maxPixels })
    .flatten({ background: 'white' })
    .toColourspace('srgb');
  const shrunk = await whole
    .resize(as.width, as.height, { fit: 'fill' })
    .removeAlpha()
    .png({ compressionLevel: 1 })
    .toBuffer()
    .catch(() => null);
  if (shrunk === null) return null;
  const small = await sharp(shrunk).resize(48, 48, { fit: 'fill' }).raw().toBuffer();
  const marker = await markerOf(shrunk, Math.max(1, Math.floor(Math.min(as.width, as.height) / 32)));
  // Word finding fails on images of a few pixels.
  const lines = Math.min(as.width, as.height) < 16 ? [] : await as.reader.read(await withoutRules(shrunk));
  return { width: image.width, height: image.height, lines, colours: mainColours(small), marker };
}

/**
 * A block of pure magenta in the upper left corner, a sixteenth of the shorter side or larger, marks an image that the
 * content filter stops; a block of pure green one whose answer it stops. Only the corner's inner half is read, so that
 * the mark survives shrinking and JPEG.
 */
async function markerOf(png: Buffer, side: number): Promise<Seen['marker']> {
  const corner = sharp(png).extract({ left: 0, top: 0, width: side, height: side });
  const [red = 0, green = 0, blue = 0] = await corner.resize(1, 1, { fit: 'fill' }).raw().toBuffer();
  if (red > 230 && green < 40 && blue > 230) return 'image';
  return red < 40 && green > 230 && blue < 40 ? 'answer' : null;
}
