import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { createPdfReader, type PdfFile } from '../../shared/documents/pdf/pdfReader.ts';

const reader = createPdfReader();
afterAll(() => reader.close());

async function invoice(): Promise<Buffer> {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  const first = document.addPage([595, 842]);
  first.drawText('Invoice 2024-117', { x: 50, y: 780, size: 20, font });
  first.drawText('payable within thirty days, interest of nine percent thereafter', { x: 50, y: 60, size: 6, font });
  document.addPage([842, 595]).drawRectangle({ x: 0, y: 0, width: 421, height: 595 });
  return Buffer.from(await document.save());
}

function fileOf(bytes: Buffer, key = `${bytes.length}`): PdfFile & { readonly loads: () => number } {
  let loads = 0;
  const load = async (): Promise<Buffer> => {
    loads += 1;
    return bytes;
  };
  return { key, load, loads: () => loads };
}

describe('createPdfReader', () => {
  it('gives the box of each page in points without drawing any', async () => {
    expect(await reader.boxes(fileOf(await invoice()), 10)).toEqual({
      pages: 2,
      boxes: [
        { widthPt: 595, heightPt: 842 },
        { widthPt: 842, heightPt: 595 },
      ],
    });
  });

  it('gives the boxes of no more pages than are asked for, and how many there are', async () => {
    expect(await reader.boxes(fileOf(await invoice()), 1)).toMatchObject({ pages: 2, boxes: [{ widthPt: 595 }] });
  });

  it('draws a page on white in exactly so many pixels', async () => {
    const { width, height, rgb } = await reader.draw(fileOf(await invoice()), 1, { width: 400, height: 283 });
    expect([width, height, rgb.length]).toEqual([400, 283, 400 * 283 * 3]);
    expect([...rgb.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect([...rgb.subarray(399 * 3, 400 * 3)]).toEqual([255, 255, 255]);
  });

  it('draws a part of a page as it would look in the whole', async () => {
    const file = fileOf(await invoice());
    const box = { left: 60, top: 100, width: 300, height: 80 };
    const whole = await reader.draw(file, 0, { width: 1190, height: 1684 });
    const part = await reader.draw(file, 0, { width: 1190, height: 1684, box });
    const raw = { raw: { width: whole.width, height: whole.height, channels: 3 as const } };
    const cut = await sharp(whole.rgb, raw).extract(box).raw().toBuffer();
    expect(Buffer.from(part.rgb).equals(cut)).toBe(true);
  });

  it('reads the text that a page declares, and how high its smallest print is', async () => {
    const { text, smallestPt } = await reader.text(fileOf(await invoice()), 0);
    expect(text).toContain('Invoice 2024-117');
    expect(text).toContain('interest of nine percent');
    expect(smallestPt).toBeCloseTo(7, 0);
    expect(await reader.text(fileOf(await invoice()), 1)).toEqual({ text: '', smallestPt: null });
  });

  it('loads a document once for all of its pages', async () => {
    const file = fileOf(await invoice(), 'loaded once');
    await reader.boxes(file, 10);
    await reader.draw(file, 0, { width: 100, height: 141 });
    await reader.text(file, 1);
    expect(file.loads()).toBe(1);
  });

  it('refuses a document that is locked, and says what to do', async () => {
    const document = await PDFDocument.create();
    document.addPage([200, 200]);
    document.encrypt({ userPassword: 'sesame', ownerPassword: 'owner' });
    await expect(reader.boxes(fileOf(Buffer.from(await document.save())), 10)).rejects.toMatchObject({
      code: 'unsupported-format',
      detail: 'The PDF is locked by a password; save it without one, and send it again.',
    });
  });

  it('reads a document that only forbids changes', async () => {
    const document = await PDFDocument.create();
    document.addPage([200, 200]);
    document.encrypt({ userPassword: '', ownerPassword: 'owner' });
    expect(await reader.boxes(fileOf(Buffer.from(await document.save())), 10)).toMatchObject({ pages: 1 });
  });

  it('refuses what only begins like a PDF', async () => {
    await expect(reader.boxes(fileOf(Buffer.from('%PDF-1.7\nnothing follows')), 10)).rejects.toMatchObject({
      code: 'broken-image',
      detail: 'The PDF is broken: it has no readable structure.',
    });
  });

  it('gives up a page that takes too long, and reads the next document', async () => {
    const hasty = createPdfReader({ longestMs: 1 });
    const file = fileOf(await invoice());
    await expect(hasty.boxes(file, 1)).rejects.toMatchObject({
      code: 'broken-image',
      detail: expect.stringContaining('longer than 0.001 s'),
    });
    await hasty.close();
  });

  it('gives up a page that wants more memory than it may have, and reads the next document', async () => {
    const small = createPdfReader({ mostBytes: 64 * 2 ** 20 });
    const file = fileOf(await invoice());
    await expect(small.draw(file, 0, { width: 6_000, height: 8_490 })).rejects.toMatchObject({ code: 'broken-image' });
    expect(await small.draw(file, 0, { width: 60, height: 85 })).toMatchObject({ width: 60, height: 85 });
    await small.close();
  });
});
