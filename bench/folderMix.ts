import sharp, { type Sharp } from 'sharp';

/** A file of a folder; few are distinct. */
export interface DrawnFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Of every twenty files nine photos, four of them with a camera's EXIF and thumbnail, five screenshots, two scans. */
export async function drawFolderMix(): Promise<readonly DrawnFile[]> {
  const photo = (width: number, height: number): Sharp =>
    sharp({
      create: { width, height, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } },
    }).blur(3);
  const page = sharp({ create: { width: 1240, height: 1754, channels: 3, background: '#fff' } });
  const plain = await photo(1600, 1200).jpeg({ quality: 70 }).toBuffer();
  const screenshot = await photo(1280, 720).png({ palette: true }).toBuffer();
  const files: readonly (readonly [number, string, Buffer])[] = [
    [5, 'plain.jpg', plain],
    [4, 'camera.jpg', withThumbnail(plain, 24_000)],
    [5, 'screenshot.png', screenshot],
    [2, 'web.webp', await photo(1024, 768).webp({ quality: 70 }).toBuffer()],
    [1, 'scan.tif', await page.tiff({ compression: 'lzw' }).toBuffer()],
    [1, 'scan.png', await page.png().toBuffer()],
    [1, 'moving.gif', await photo(480, 320).gif().toBuffer()],
    [1, 'new.avif', await photo(800, 600).avif({ effort: 0 }).toBuffer()],
  ];
  return files.flatMap(([times, name, bytes]) => Array.from({ length: times }, () => ({ name, bytes })));
}

/** A JPEG whose EXIF segment is as long as a camera's with its thumbnail. */
function withThumbnail(jpeg: Buffer, exifBytes: number): Buffer {
  const segment = Buffer.alloc(2 + exifBytes);
  segment.writeUInt16BE(0xffe1, 0);
  segment.writeUInt16BE(exifBytes, 2);
  segment.write('Exif\0\0II*\0', 4, 'latin1');
  segment.writeUInt32LE(8, 14);
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}
