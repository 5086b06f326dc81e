import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp, { type Sharp } from 'sharp';
import { drawMinutesScan, drawStockList } from './drawing/documents.ts';
import { drawDunes } from './drawing/dunes.ts';
import { drawFerryNotice, drawLetter, drawSalesTable, drawSign, drawVisitorChart } from './drawing/papers.ts';
import { drawValley } from './drawing/valley.ts';
import { irot, writeHeic } from './heic/writeHeic.ts';

/**
 * Draws the samples again: `node local/samples/draw.ts`. The files in the repository are what ships; drawing needs the
 * DejaVu fonts, and another version of the fonts or of the encoders gives other bytes.
 */

/** A picture as a camera held sideways stores it: turned, and EXIF says how to turn it back. */
async function drawFootpathSign(): Promise<Sharp> {
  const scene = await drawValley().resize(1_200, 900, { fit: 'cover' }).png().toBuffer();
  const sign = await drawSign().png().toBuffer();
  const upright = await sharp(scene)
    .composite([{ input: sign, left: 150, top: 140 }])
    .png()
    .toBuffer();
  const stored = await sharp(upright).rotate(270).png().toBuffer();
  return sharp(stored).withMetadata({ orientation: 6 });
}

const NOTES = `Notes on the lighthouse

This file is called notes.png, and it is text: what a file is, its content tells.
`;

const drawings: Record<string, () => Promise<Sharp> | Sharp> = {
  'valley.jpg': () => drawValley().jpeg({ quality: 84 }),
  'dunes-12-megapixels.jpg': () => drawDunes().jpeg({ quality: 80 }),
  'footpath-sign-sideways.jpg': async () => (await drawFootpathSign()).jpeg({ quality: 84 }),
  'visitors-by-month.png': () => drawVisitorChart().png({ palette: true }),
  'text/letter.png': () => drawLetter().png({ palette: true }),
  'tables/march-sales.png': () => drawSalesTable().png({ palette: true }),
};

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

for (const [file, draw] of Object.entries(drawings)) {
  const { size, width, height } = await (await draw()).toFile(pathOf(file));
  console.log(`${file}: ${width} x ${height}, ${size} bytes`);
}
/** As a phone that lies on its side stores it: in tiles, and a box says how to turn it back. */
async function drawFerryPhoto(): Promise<Buffer> {
  const stored = drawFerryNotice().rotate(90).removeAlpha().raw();
  const { data, info } = await stored.toBuffer({ resolveWithObject: true });
  const picture = { width: info.width, height: info.height, rgb: new Uint8Array(data) };
  return writeHeic(picture, { tile: 160, shown: [irot(1)] });
}

await writeFile(pathOf('ferry-notice.heic'), await drawFerryPhoto());
await writeFile(pathOf('text/minutes.tif'), await drawMinutesScan());
await writeFile(pathOf('tables/stock-list.pdf'), await drawStockList());
await writeFile(pathOf('notes.png'), NOTES);
