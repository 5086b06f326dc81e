import sharp from 'sharp';

/** An A4 page with blocks of text of several sizes, drawn as a scanner would give it. */
interface DrawnPage {
  readonly png: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly blocks: readonly TextBlock[];
}

interface TextBlock {
  readonly points: number;
  readonly text: string;
  /** As parts of the page's height. */
  readonly top: number;
  readonly bottom: number;
}

const A4_INCHES = { width: 8.27, height: 11.69 };
const POINTS_PER_INCH = 72;
const LINES = 4;
const MARGIN_INCHES = 0.7;

const WORDS =
  'harbour invoice seventeen morning ledger copper window 4,180 balance 2,356 river teacher granite 91.7 ticket ' +
  'velvet journey 60,422 carbon village quarter 13.05 lantern mirror 7,801 orchard signal payment 558 bridge weather';

/** Draws the page. Needs the DejaVu fonts. */
export async function drawPage(page: {
  readonly dpi: number;
  readonly points: readonly number[];
  readonly font: 'DejaVu Sans' | 'DejaVu Serif';
}): Promise<DrawnPage> {
  const { dpi, points: sizes, font } = page;
  const widthPx = Math.round(A4_INCHES.width * dpi);
  const heightPx = Math.round(A4_INCHES.height * dpi);
  const words = WORDS.split(' ');
  const svg: string[] = [];
  const blocks: TextBlock[] = [];
  let y = MARGIN_INCHES * dpi;
  for (const [place, points] of sizes.entries()) {
    const fontPx = (points / POINTS_PER_INCH) * dpi;
    const lineWords = Math.max(
      3,
      Math.floor(((A4_INCHES.width - 2 * MARGIN_INCHES) * POINTS_PER_INCH) / (points * 5.2)),
    );
    const top = y;
    const lines = Array.from({ length: LINES }, (_, line) =>
      Array.from(
        { length: lineWords },
        (_, at) => words[(place * 7 + line * 5 + at * 3 + line * at) % words.length],
      ).join(' '),
    );
    for (const line of lines) {
      y += fontPx * 1.4;
      svg.push(`<text x="${MARGIN_INCHES * dpi}" y="${y}" font-size="${fontPx}">${line}</text>`);
    }
    y += fontPx * 0.8;
    blocks.push({ points, text: lines.join(' '), top: top / heightPx, bottom: y / heightPx });
    y += fontPx;
  }
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}"><rect width="100%" height="100%" fill="white"/><g font-family="${font}" fill="#222">${svg.join('')}</g></svg>`;
  const png = await sharp(Buffer.from(drawing), { limitInputPixels: false, unlimited: true })
    .png({ compressionLevel: 3 })
    .toBuffer();
  return { png, widthPx, heightPx, blocks };
}

/** One block of the page, cut out of a picture of the whole page of any size. */
export async function cutBlock(picture: Buffer, block: TextBlock): Promise<Buffer> {
  const { width, height } = await sharp(picture).metadata();
  const top = Math.floor(block.top * height);
  const cutHeight = Math.min(height - top, Math.ceil((block.bottom - block.top) * height));
  return await sharp(picture).extract({ left: 0, top, width, height: cutHeight }).png().toBuffer();
}
