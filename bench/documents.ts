import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib';
import { type LocalCloud, startCloud } from '../local/cloud/startCloud.ts';
import { buildApp } from '../local/make/build.ts';
import { getModel } from '../shared/catalog/catalog.ts';
import { pageSize } from '../shared/documents/pdf/pageSize.ts';
import { createPdfReader } from '../shared/documents/pdf/pdfReader.ts';
import { countImageTokens } from '../shared/tokens/imageTokens.ts';
import { sizeToSend } from '../shared/tokens/sizeToSend.ts';
import { percentile, printFigure } from './figure.ts';
import { peakMiB } from './memory.ts';
import { ROOMY_REGION } from './roomyRegion.ts';

const PROJECT_FOLDER = resolve(import.meta.dirname, '..');
const PAGES = 500;
const A4 = { widthPt: 595, heightPt: 842 };
/** A page of the size of a scan that people make of it. */
const AT_200_DPI = { width: 1654, height: 2339 };
const MODELS = ['gpt-4@vision-preview', 'gpt-4o@2024-11-20', 'gpt-4.1-mini@2025-04-14', 'gpt-5.1@2025-11-13'];

/**
 * A PDF of 500 pages through the whole app: memory, the first request, whether each page is billed once and as estimated; what
 * drawing costs beside a pool; and the tokens of a page against sending it as it is scanned.
 */
export async function benchDocuments(): Promise<void> {
  const pdf = await drawReport(PAGES);
  benchTokens();
  await benchDrawing(pdf);
  await benchRun(pdf);
}

/** Pages of a report: a heading, fifty lines of small print, a table. */
async function drawReport(pages: number): Promise<Buffer> {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  for (let number = 1; number <= pages; number++) {
    const page = document.addPage([A4.widthPt, A4.heightPt]);
    page.drawText(`Report, page ${number}`, { x: 50, y: 780, size: 20, font });
    for (let line = 0; line < 50; line++) {
      const text = `${number}.${line} The harbour council has considered the copper roof of the chapel, its price and age`;
      page.drawText(text, { x: 50, y: 740 - line * 12, size: 9, font });
    }
    for (let row = 0; row < 8; row++) {
      page.drawRectangle({ x: 50, y: 40 + row * 10, width: 480, height: 10, borderWidth: 0.5, opacity: 0 });
    }
  }
  return Buffer.from(await document.save());
}

function benchTokens(): void {
  const size = pageSize(A4);
  for (const name of MODELS) {
    const model = getModel(name);
    const sent = sizeToSend(model, size, { detail: 'high', quality: 'balanced' });
    const scanned = countImageTokens(model, AT_200_DPI, 'high');
    if (scanned.kind !== 'counted') throw new Error(`${name} refuses a page at 200 dpi.`);
    printFigure({
      figure: `documents.tokensOfPage ${name} (${sent.width} x ${sent.height})`,
      value: sent.tokens,
      unit: 'tokens',
      baseline: { name: 'the page at 200 dpi, detail high', value: scanned.tokens },
    });
  }
}

/** A pool of this quota takes so many of the seed's pages a minute, by their admission tokens. */
const POOL = { tokensPerMinute: 10_000, pageTokens: 1_105 + 300 + 800 };

async function benchDrawing(pdf: Buffer): Promise<void> {
  const reader = createPdfReader();
  const file = { key: 'report', load: async () => pdf };
  await reader.boxes(file, 1);
  const before = process.cpuUsage();
  const pages = 60;
  for (let page = 0; page < pages; page++) {
    await reader.text(file, page);
    await reader.draw(file, page, { width: 768, height: 1086 });
  }
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1000 / pages;
  printFigure({ figure: 'documents.drawing.cpuOfPage', value: cpuMs, unit: 'ms' });
  const pagesPerMinute = POOL.tokensPerMinute / POOL.pageTokens;
  const ofCore = (100 * cpuMs * pagesPerMinute) / 60_000;
  printFigure({ figure: 'documents.drawing.aheadOfPoolOf10K', value: ofCore, unit: '% of a core' });
  await reader.close();
}

interface Ended {
  readonly status: string;
  readonly estimate: { readonly promptTokens: number };
  readonly usage: { readonly promptTokens: number };
  readonly pages: readonly { readonly status: string; readonly usage: { readonly promptTokens: number } }[];
}

async function benchRun(pdf: Buffer): Promise<void> {
  await buildApp();
  const settings = { DOCUMENT_MAX_PAGES: String(PAGES), DEFAULT_TASK: 'describe' };
  const cloud = await startCloud({ appFolder: PROJECT_FOLDER, port: 0, regions: [ROOMY_REGION], settings });
  try {
    const idleMiB = peakMiB(cloud.host.processId);
    const images = BlobServiceClient.fromConnectionString(cloud.connectionString).getContainerClient('images');
    await images.getBlockBlobClient('report.pdf').uploadData(pdf);
    const startMs = Date.now();
    const ended = await follow(cloud);
    const tookMs = Date.now() - startMs;
    const charges = cloud.regions?.charges() ?? [];
    const billed = charges.filter(({ billedTokens }) => billedTokens > 0).length;
    printFigure({
      figure: `documents.peakOf${PAGES}Pages`,
      value: peakMiB(cloud.host.processId),
      unit: 'MiB',
      baseline: { name: 'before the document', value: idleMiB },
    });
    printFigure({
      figure: 'documents.firstPageSent',
      value: (charges[0]?.receivedAtMs ?? Number.NaN) - startMs,
      unit: 'ms',
    });
    printFigure({
      figure: 'documents.pagesBilled',
      value: billed,
      unit: 'pages',
      baseline: { name: 'pages', value: PAGES },
    });
    printFigure({ figure: 'documents.pageOfDocument', value: tookMs / PAGES, unit: 'ms' });
    const gaps = ended.pages.map(({ usage }) => Math.abs(usage.promptTokens - ended.estimate.promptTokens / PAGES));
    printFigure({ figure: 'documents.estimateOff', value: percentile(gaps, 1), unit: 'tokens of a page, at most' });
  } finally {
    await cloud.stop();
  }
}

async function follow(cloud: LocalCloud): Promise<Ended> {
  for (;;) {
    const list = await fetch(`${cloud.host.url}/api/analyses?prefix=report`);
    const { analyses } = (await list.json()) as { analyses: { id: string; status: string }[] };
    const [first] = analyses;
    if (first && ['failed', 'rejected', 'cancelled'].includes(first.status))
      throw new Error(`It ended ${first.status}.`);
    if (first?.status === 'succeeded') {
      return (await (await fetch(`${cloud.host.url}/api/analyses/${first.id}`)).json()) as Ended;
    }
    await sleep(500);
  }
}
