import type { Capabilities } from '../capabilities.ts';
import { inParallel } from '../concurrency/inParallel.ts';
import type { OpenedDocument } from '../documents/openedFile.ts';
import { namedPages } from '../documents/pageRanges.ts';
import { wantedPages } from '../documents/wantedPages.ts';
import { AnswerFailed, formatCount, ImageRejected, isRejectionCode } from '../errors.ts';
import type { NotPlaced } from '../modelCalls/notPlaced.ts';
import { assertAffordable, planInPool } from '../modelCalls/planInPool.ts';
import { plannedSize } from '../modelCalls/textLayer.ts';
import { addUsage } from '../money/analysisCosts.ts';
import {
  type AnalysisFacts,
  type AnalysisRecord,
  type DocumentFacts,
  errorOf,
  type ImageFacts,
  isOpen,
  type SucceededRecord,
  type Warning,
} from '../records/analysisRecord.ts';
import { type PageSource, pageOfId } from '../records/analysisSource.ts';
import { newAnalysis, withImageFacts } from '../records/analysisSteps.ts';
import type { AnalysisResult } from '../records/analysisView.ts';
import { countPages } from '../records/documentPages.ts';
import { type PageView, pageView } from '../records/pageView.ts';
import type { RecordKeeper } from '../records/recordKeeper.ts';
import { requestOfPage } from '../requests/analysisRequest.ts';
import { writeDocument } from '../results/writeDocument.ts';
import { alikeTogether, type GivenSize } from '../tokens/imageSize.ts';

export type DocumentNeeds = Pick<
  Capabilities,
  'analyses' | 'calibrations' | 'deployments' | 'documentLimits' | 'due' | 'images' | 'now' | 'results'
>;

type DocumentEnd =
  /** Its pages are under way. */
  NotPlaced | { readonly kind: 'answered'; readonly record: SucceededRecord; readonly result: AnalysisResult };

/** The last page to end wakes its document; if that message is lost, the document looks after its pages itself. */
const LOOKED_AFTER_MS = 10 * 60_000;

/**
 * Accepts a document: which pages are asked for, what they are expected to cost, and how many may be open at once. No page is
 * drawn. The record is stored before its first page.
 *
 * @throws {ImageRejected} `broken-image`, `too-many-pages`, `exceeds-max-usd`
 * @throws {InvalidRequest} when it has none of the pages
 * @throws {RecordTaken}
 */
export async function acceptDocument(
  document: OpenedDocument,
  keeper: RecordKeeper,
  parts: DocumentNeeds,
): Promise<void> {
  const { request, source } = keeper.current();
  const wanted = wantedPages(document, request.pages, parts.documentLimits.maxPages);
  const { estimate, size, openAtOnce } = await estimatePages(document, wanted, keeper.current(), parts);
  assertAffordable(request, estimate?.microUsd ?? null);
  const { image, facts } = await factsOfDocument(document, keeper.current(), { size, openAtOnce });
  const seen = withImageFacts(keeper.current(), image, estimate);
  const contentDigest = source.kind === 'blob' ? await document.digest() : seen.contentDigest;
  await keeper.save({ ...seen, document: facts, contentDigest });
}

/** What a record says of a document: the size is that of its first page. */
export async function factsOfDocument(
  { format, pages: total, totalBytes, sizeOf }: OpenedDocument,
  record: AnalysisRecord,
  known?: Pick<DocumentEstimate, 'openAtOnce' | 'size'>,
): Promise<{ readonly image: ImageFacts; readonly facts: DocumentFacts }> {
  const wanted = namedPages(record.request.pages, total);
  const size = known?.size ?? (await sizeOf(wanted[0] ?? 1));
  return {
    image: { format, ...size, bytes: totalBytes, sentWidth: null, sentHeight: null, sentBytes: null },
    facts: {
      format,
      total,
      pages: wanted.length,
      succeeded: 0,
      failed: 0,
      openAtOnce: known?.openAtOnce ?? wanted.length,
    },
  };
}

interface DocumentEstimate {
  readonly estimate: AnalysisFacts['estimate'];
  /** Of the first page that has one. */
  readonly size: { readonly width: number; readonly height: number };
  readonly openAtOnce: number;
}

/**
 * As many pages as the quota takes in this time are open at once; fewer would leave quota unused. Of a large quota more are
 * not needed, for each page that ends opens the next.
 */
const OPEN_MINUTES = 2;
const LEAST_OPEN = 8;
const MOST_OPEN = 64;

/** Pages that cannot be analysed are left out: each ends with its own reason. */
async function estimatePages(
  document: OpenedDocument,
  wanted: readonly number[],
  record: AnalysisRecord,
  parts: DocumentNeeds,
): Promise<DocumentEstimate> {
  const request = requestOfPage(record.request);
  const sizes: GivenSize[] = [];
  for (const page of wanted) {
    const size = await plannedSize(document, page, request).catch((error: unknown) => {
      if (error instanceof ImageRejected) return undefined;
      throw error;
    });
    if (size) sizes.push(size);
  }
  const alike = alikeTogether(sizes);
  let estimate: AnalysisFacts['estimate'] = { promptTokens: 0, admissionTokens: 0, savedTokens: 0, microUsd: 0 };
  let minuteTokens = 0;
  for (const { count, ...size } of alike) {
    const { plan, tokensPerMinute } = await planInPool(request, size, parts);
    minuteTokens = tokensPerMinute;
    const sum = (before: number, ofPage: number): number => before + count * ofPage;
    estimate = {
      promptTokens: sum(estimate.promptTokens, plan.promptTokens),
      admissionTokens: sum(estimate.admissionTokens, plan.admissionTokens),
      savedTokens: sum(estimate.savedTokens ?? 0, plan.savedTokens),
      microUsd:
        estimate.microUsd === null || plan.estimatedMicroUsd === null
          ? null
          : sum(estimate.microUsd, plan.estimatedMicroUsd),
    };
  }
  const [first = { width: 0, height: 0 }] = alike;
  const inTime = Math.ceil((OPEN_MINUTES * minuteTokens * wanted.length) / Math.max(1, estimate.admissionTokens));
  return {
    estimate,
    size: { width: first.width, height: first.height },
    openAtOnce: parts.documentLimits.openPages ?? Math.min(MOST_OPEN, Math.max(LEAST_OPEN, inTime)),
  };
}

/**
 * Opens pages that may be open now, and ends the document when all of them have ended.
 *
 * @throws {AnswerFailed} `pages-failed`, naming the pages without an answer
 * @throws {ImageRejected} when every page was rejected for the same reason
 */
export async function continueDocument(keeper: RecordKeeper, parts: DocumentNeeds): Promise<DocumentEnd> {
  const record = keeper.current();
  const { document } = record;
  if (!document) throw new Error(`${record.id} is no document.`);
  const states = await parts.analyses.pageStates(record.id);
  const known = new Set(states.map(({ page }) => page));
  const missing = namedPages(record.request.pages, document.total).filter((page) => !known.has(page));
  const { open, succeeded, failed } = countPages(states);
  const opened = await openPages(record, { pages: missing, open }, parts);
  keeper.note({ ...record, document: { ...document, succeeded, failed } });
  if (opened + open > 0) {
    const startsAtMs = parts.now() + LOOKED_AFTER_MS;
    return { kind: 'notPlaced', cause: { waitingFor: 'pages' }, startsAtMs, detail: 'Its pages are under way.' };
  }
  return await endDocument(keeper, parts);
}

/**
 * Opens pages of a document: each is an analysis with a message of its own. A page that is open already stays as it is.
 *
 * @param pages in their order; of more than may be open now only the first are opened
 * @param open how many are open
 * @returns how many were opened
 */
async function openPages(
  { id, document, request, source, createdAtMs }: AnalysisRecord,
  { pages, open }: { readonly pages: readonly number[]; readonly open: number },
  parts: Pick<Capabilities, 'analyses' | 'due' | 'now'>,
): Promise<number> {
  if (!document || source.kind === 'page') return 0;
  const { format, openAtOnce } = document;
  const next = pages.slice(0, Math.max(0, openAtOnce - open));
  await inParallel(next, async (page) => {
    const nowMs = Math.max(parts.now(), createdAtMs);
    const of: PageSource = { kind: 'page', documentId: id, page, format, of: source };
    const kept = await parts.analyses.insert(newAnalysis(of, requestOfPage(request), nowMs));
    // If a crash prevents this message, the timer wakes the page.
    if (kept.kind === 'inserted') await parts.due.send(kept.stored.record.id, nowMs);
  });
  return next.length;
}

/**
 * After the end of an analysis that may be a page: opens the next pages of its document, and wakes the document after the
 * last. Pages are opened in their order; what a killed process has left out between them is opened by the document itself.
 */
export async function pageEnded(pageId: string, parts: Pick<Capabilities, 'analyses' | 'due' | 'now'>): Promise<void> {
  const place = pageOfId(pageId);
  const stored = place && (await parts.analyses.find(place.documentId));
  if (!place || !stored || !isOpen(stored.record)) return;
  const { document, id } = stored.record;
  if (!document) return;
  const { open, behind } = await parts.analyses.pagesAround(id, place.page);
  const lastPage = behind.at(-1)?.page ?? place.page;
  const pages = namedPages(stored.record.request.pages, document.total).filter((page) => page > lastPage);
  const opened = await openPages(stored.record, { pages, open: open.length }, parts);
  if (opened === 0 && open.length === 0) await parts.due.send(id, parts.now());
}

async function endDocument(
  keeper: RecordKeeper,
  parts: Pick<Capabilities, 'analyses' | 'images' | 'now' | 'results'>,
): Promise<DocumentEnd> {
  const stored = await parts.analyses.pagesOf(keeper.current().id);
  const records = stored.map(({ record }) => record);
  keeper.note({ ...keeper.current(), ...sumsOf(records) });
  const pages = await inParallel(records, async (record): Promise<PageView> => {
    const result = record.status === 'succeeded' ? await parts.results.find(record) : undefined;
    return pageView(record, result?.answer);
  });
  const lost = pages.filter(({ answer }) => answer === undefined);
  const { request } = keeper.current();
  if (lost.length > 0 && !(request.allowMissingPages && lost.length < pages.length)) throw lostPages(records, pages);
  const warnings = lost.length === 0 ? [] : [missingPages(lost)];
  return { kind: 'answered', ...(await writeDocument(keeper.current(), pages, warnings, parts)) };
}

function lostPages(records: readonly AnalysisRecord[], pages: readonly PageView[]): AnswerFailed | ImageRejected {
  const lost = pages.filter(({ answer }) => answer === undefined);
  const [first] = records;
  const error = first && errorOf(first);
  const isSame = records.every((record) => record.status === 'rejected' && record.error.code === error?.code);
  if (error && isSame && isRejectionCode(error.code)) {
    const of = pages.length === 1 ? '' : `All ${formatCount(pages.length)} pages: `;
    return new ImageRejected(
      error.code,
      `${of}${error.detail}`,
      error.category === undefined ? {} : { category: error.category },
    );
  }
  return new AnswerFailed('pages-failed', `${missingSentence(lost)} A retry asks for these pages alone.`);
}

function missingPages(lost: readonly PageView[]): Warning {
  return { code: 'pages-missing', detail: missingSentence(lost) };
}

/** So many pages are named with their reasons. */
const MOST_NAMED = 20;

function missingSentence(lost: readonly PageView[]): string {
  const named = lost
    .slice(0, MOST_NAMED)
    .map(({ page, status, error }) => `${page} (${error?.code ?? status})`)
    .join(', ');
  const more = lost.length > MOST_NAMED ? ` and ${formatCount(lost.length - MOST_NAMED)} more` : '';
  return lost.length === 1 ? `Page ${named} has no answer.` : `Pages ${named}${more} have no answer.`;
}

/** What its pages cost together. Null where that of one is not known. */
function sumsOf(records: readonly AnalysisRecord[]): Pick<AnalysisFacts, 'usage' | 'costMicroUsd'> {
  const usages = records.flatMap(({ usage }) => usage ?? []);
  const costs = records.map(({ costMicroUsd, usage }) => costMicroUsd ?? (usage === null ? 0 : null));
  return {
    usage: usages.length === 0 ? null : usages.reduce(addUsage),
    costMicroUsd: costs.reduce<number | null>((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0),
  };
}
