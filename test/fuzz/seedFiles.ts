import { PDFDocument, type PDFPage, StandardFonts } from '@cantoo/pdf-lib';
import sharp from 'sharp';
import { irot, writeHeic } from '../../local/samples/heic/writeHeic.ts';

/** Sound and odd files of each kind, which are changed at random. */
export interface SeedFile {
  readonly kind: 'pdf' | 'tiff' | 'heic';
  readonly name: string;
  readonly bytes: Buffer;
}

export async function seedFiles(): Promise<readonly SeedFile[]> {
  const pdfs = Object.entries(PDFS).map(async ([name, draw]) => ({ kind: 'pdf', name, bytes: await draw() }) as const);
  return await Promise.all([...pdfs, ...tiffs(), ...heics()]);
}

type DrawPdf = (document: PDFDocument, first: PDFPage) => Promise<unknown> | unknown;

/** Two pages with text, a form and a picture on the first, and what else is drawn. */
async function pdfOf(draw: DrawPdf, saving: { readonly useObjectStreams?: boolean } = {}): Promise<Buffer> {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  const page = document.addPage([300, 400]);
  page.drawText('Copper kettle, 48,500 and thirty days', { x: 20, y: 350, size: 12, font });
  page.drawRectangle({ x: 20, y: 20, width: 120, height: 60, opacity: 0.5 });
  document.addPage([400, 300]).drawText('The second page', { x: 30, y: 100, size: 30, font });
  await draw(document, page);
  return Buffer.from(await document.save(saving));
}

const PDFS: Readonly<Record<string, () => Promise<Buffer>>> = {
  'table of objects': () => pdfOf(() => undefined, { useObjectStreams: false }),
  'streams of objects': () => pdfOf(() => undefined),
  form: () =>
    pdfOf((document, page) => {
      const form = document.getForm();
      const field = form.createTextField('name');
      field.setText('Okafor');
      field.addToPage(page, { x: 20, y: 200, width: 150, height: 20 });
      form.createCheckBox('paid').addToPage(page, { x: 20, y: 240, width: 15, height: 15 });
      const choice = form.createDropdown('port');
      choice.addOptions(['Harbour', 'Lighthouse']);
      choice.addToPage(page, { x: 20, y: 270, width: 150, height: 20 });
    }),
  script: () =>
    pdfOf((document) => {
      document.addJavaScript('main', "app.alert('hello'); this.submitForm('https://example.org'); for (;;) {}");
    }),
  attachment: () =>
    pdfOf((document) => document.attach(Buffer.alloc(2_000, 'x'), 'notes.txt', { mimeType: 'text/plain' })),
  pictures: () =>
    pdfOf(async (document, page) => {
      const picture = sharp({ create: { width: 60, height: 40, channels: 3, background: '#c02020' } });
      page.drawImage(await document.embedPng(await picture.png().toBuffer()), { x: 20, y: 100 });
      page.drawImage(await document.embedJpg(await picture.jpeg().toBuffer()), { x: 120, y: 100 });
    }),
  'huge and tiny boxes': () =>
    pdfOf((document) => {
      for (const [width, height] of [
        [1e9, 1e9],
        [0.001, 14_400],
        [1e38, 1],
      ] as const) {
        document.addPage([width, height]).drawRectangle({ x: 0, y: 0, width: width / 2, height });
      }
    }),
  'only forbids changes': () => pdfOf((document) => document.encrypt({ userPassword: '', ownerPassword: 'owner' })),
  'deep nesting': async () => writtenPdf(`/Deep ${'['.repeat(3_000)}${']'.repeat(3_000)}`),
  'pages of themselves': async () => writtenPdf('/Kids [2 0 R 3 0 R 2 0 R]'),
  'states without end': async () => writtenPdf('', `${'q 0.99 0 0 0.99 1 1 cm '.repeat(4_000)}0 0 50 50 re f`),
};

/** Without a table of objects, which readers then make themselves. */
function writtenPdf(inPages: string, drawing = '0 0 100 50 re f'): Buffer {
  return Buffer.from(`%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 ${inPages} >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >> endobj
4 0 obj << /Length ${drawing.length} >> stream
${drawing}
endstream endobj
trailer << /Root 1 0 R >>
`);
}

function tiffs(): readonly Promise<SeedFile>[] {
  const ways = [
    ['without compression', { compression: 'none' }],
    ['LZW', { compression: 'lzw' }],
    ['tiles', { compression: 'deflate', tile: true, tileWidth: 32, tileHeight: 32 }],
    ['JPEG', { compression: 'jpeg' }],
    ['BigTIFF', { compression: 'lzw', bigtiff: true }],
  ] as const;
  return ways.map(async ([name, options]): Promise<SeedFile> => {
    const pages = await Promise.all(
      ['#c02020', '#20c020', '#2020c0'].map((background) =>
        sharp({ create: { width: 90, height: 60, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const bytes = await sharp(pages, { join: { animated: true } })
      .tiff(options)
      .toBuffer();
    return { kind: 'tiff', name, bytes };
  });
}

function heics(): readonly Promise<SeedFile>[] {
  const [width, height] = [96, 64];
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at % 7 < 3 ? 200 : (at >> 9) & 255));
  const alpha = new Uint8Array(width * height).fill(90);
  const ways = [
    ['one picture', {}],
    ['tiles', { tile: 32, shown: [irot(3)] }],
    ['transparent', { alpha }],
    ['described last', { describedLast: true }],
  ] as const;
  return ways.map(
    async ([name, writing]): Promise<SeedFile> => ({
      kind: 'heic',
      name,
      bytes: writeHeic({ width, height, rgb }, writing),
    }),
  );
}
