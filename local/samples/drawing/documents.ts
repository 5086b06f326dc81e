import { PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from '@cantoo/pdf-lib';
import { chainTiffs } from './chainTiffs.ts';
import { drawMinutes } from './papers.ts';

/** Documents of several pages: a stock list as a PDF, minutes as the TIFF of a scanner. */

interface StockItem {
  readonly name: string;
  readonly units: number;
  readonly priceCents: number;
}

const item = (name: string, units: number, priceCents: number): StockItem => ({ name, units, priceCents });

/** In the store of the society that writes the letter. */
const STOCK: readonly StockItem[] = [
  item('Anchor bolt', 240, 185),
  item('Brass hinge', 96, 640),
  item('Canvas sheet', 34, 2_250),
  item('Copper nail (box)', 118, 920),
  item('Door lock', 27, 3_475),
  item('Floor tile', 640, 310),
  item('Glass pane', 82, 1_890),
  item('Hemp rope (50 m)', 19, 4_150),
  item('Iron bracket', 310, 275),
  item('Lamp oil (drum)', 45, 2_860),
  item('Lead sheet', 16, 7_800),
  item('Lime mortar (sack)', 132, 1_140),
  item('Linseed oil (can)', 58, 1_925),
  item('Marine paint (can)', 61, 3_680),
  item('Oak beam', 28, 9_400),
  item('Oak board', 342, 1_850),
  item('Pine board', 415, 1_120),
  item('Roof slate', 2_350, 195),
  item('Sandpaper (pack)', 77, 540),
  item('Signal flag', 52, 1_330),
  item('Stair tread', 88, 4_575),
  item('Tar (bucket)', 23, 2_640),
  item('Window frame', 36, 11_250),
  item('Zinc gutter', 64, 2_395),
];
const ON_FIRST_PAGE = 18;

const SUPPLIERS = [
  ['Supplier', 'Delivers', 'Days'],
  ['Berg and Sons', 'Oak, pine', '14'],
  ['Nordhaven Metals', 'Copper, lead, zinc', '21'],
  ['Larsen Glassworks', 'Glass', '30'],
  ['Quay Chandlers', 'Rope, paint, tar', '7'],
];

/** A4 in points. */
const [WIDTH, HEIGHT] = [595, 842];
const LEFT = 60;
const ROW_HEIGHT = 31;
const INK = rgb(0.11, 0.11, 0.11);

/**
 * Three pages: a table that goes on from the first to the second, its head repeated there, and a small one on the third. Its
 * fonts are among those that every reader of PDFs brings along, so that it is the same to the byte wherever it is drawn.
 */
export async function drawStockList(): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  document.setTitle('Stock list');
  document.setCreationDate(new Date('2026-03-31T12:00:00Z'));
  document.setModificationDate(new Date('2026-03-31T12:00:00Z'));
  const plain = await document.embedFont(StandardFonts.Helvetica);
  const bold = await document.embedFont(StandardFonts.HelveticaBold);
  const addPage = (title: string): PDFPage => {
    const page = document.addPage([WIDTH, HEIGHT]);
    page.drawText(title, { x: LEFT, y: HEIGHT - 90, size: 20, font: bold, color: INK });
    page.drawText(`Page ${document.getPageCount()} of 3`, { x: 480, y: 40, size: 11, font: plain, color: INK });
    return page;
  };
  const head = ['Item', 'Units', 'Price', 'Value'];
  const rows = STOCK.map(({ name, units, priceCents }) => [
    name,
    units.toLocaleString('en-US'),
    euros(priceCents),
    euros(units * priceCents),
  ]);
  const total = ['Total', '', '', euros(STOCK.reduce((sum, { units, priceCents }) => sum + units * priceCents, 0))];
  const stock = { edges: [LEFT, 250, 335, 425, 535], isRight: [false, true, true, true], plain, bold };
  drawTable(addPage('Stock on 31 March 2026 (euros)'), [head, ...rows.slice(0, ON_FIRST_PAGE)], stock);
  drawTable(addPage('Stock on 31 March 2026 (continued)'), [head, ...rows.slice(ON_FIRST_PAGE), total], stock);
  const suppliers = { edges: [LEFT, 260, 455, 535], isRight: [false, false, true], plain, bold };
  drawTable(addPage('Suppliers'), SUPPLIERS, suppliers);
  return await document.save();
}

function drawTable(
  page: PDFPage,
  rows: readonly (readonly string[])[],
  table: {
    readonly edges: readonly number[];
    readonly isRight: readonly boolean[];
    readonly plain: PDFFont;
    readonly bold: PDFFont;
  },
): void {
  const { edges, isRight } = table;
  const top = HEIGHT - 130;
  for (const [place, cells] of rows.entries()) {
    const y = top - (place + 1) * ROW_HEIGHT;
    const isBold = place === 0 || cells[0] === 'Total';
    const font = isBold ? table.bold : table.plain;
    const shade = isBold ? rgb(0.83, 0.87, 0.91) : place % 2 === 0 ? rgb(0.95, 0.96, 0.97) : rgb(1, 1, 1);
    for (const [column, cell] of cells.entries()) {
      const [from = 0, to = 0] = [edges[column], edges[column + 1]];
      const box = { x: from, y, width: to - from, height: ROW_HEIGHT };
      page.drawRectangle({ ...box, color: shade });
      const size = 15;
      const x = isRight[column] ? to - 10 - font.widthOfTextAtSize(cell, size) : from + 10;
      page.drawText(cell, { x, y: y + 10, size, font, color: INK });
    }
  }
}

/** 1234.5 as `1,234.50`. */
function euros(cents: number): string {
  return (cents / 100).toLocaleString('en-US', { minimumFractionDigits: 2 });
}

/** Two pages of black and white, packed as scanners do (CCITT Group 4). */
export async function drawMinutesScan(): Promise<Buffer> {
  const pages = drawMinutes().map((page) =>
    page
      .removeAlpha()
      .toColourspace('b-w')
      .tiff({ compression: 'ccittfax4', bitdepth: 1, xres: 4, yres: 4 })
      .toBuffer(),
  );
  return chainTiffs(await Promise.all(pages));
}
