import type { AnalysisImage } from '../image/analysisImage.ts';
import type { AnalysisFacts, Warning } from '../records/analysisRecord.ts';
import type { AnalysisStore } from '../records/analysisStore.ts';
import type { PageView } from '../records/pageView.ts';
import { requestDigest } from '../requests/analysisRequest.ts';
import { SpoiltRow } from '../storage/spoiltRow.ts';
import { StorageRefused } from '../storage/storageRefused.ts';
import type { CheckedAnswer } from '../tasks/reading.ts';
import type { AnswerIndex } from './answerIndex.ts';
import { mayBeSame, type ResultMark } from './resultMark.ts';
import type { ResultStore } from './resultStore.ts';

/** A paid answer to the same request about the same bytes. */
export interface EarlierAnswer {
  readonly checked: { readonly answer: CheckedAnswer['answer']; readonly warnings: readonly Warning[] };
  /** Of a document: its pages, with their answers. */
  readonly pages?: readonly PageView[];
  readonly answerOf: string;
  readonly contentDigest: string;
}

/**
 * Looks for an earlier answer: of an earlier version with the same name, which may differ only in its metadata, and,
 * if reuse is on, of any image. Reads the bytes only if there is something to compare.
 *
 * @param look.mark of the blob at the result's place
 * @param look.warn receives an earlier answer that the storage refuses to return; the analysis then makes its own
 * model call
 * @throws {ImageChanged} when the image's version is gone
 */
export async function findEarlierAnswer(
  look: {
    readonly image: Pick<AnalysisImage, 'totalBytes' | 'digest'>;
    readonly record: AnalysisFacts;
    readonly mark?: Partial<ResultMark>;
    readonly warn: (warning: Warning) => void;
  },
  parts: {
    readonly isReusing: boolean;
    readonly analyses: AnalysisStore;
    readonly answers: AnswerIndex;
    readonly results: ResultStore;
  },
): Promise<EarlierAnswer | undefined> {
  const { image, record, mark, warn } = look;
  const isReusing = record.request.reuse ?? parts.isReusing;
  const isNamesake = mayBeSame(mark, { request: record.request, bytes: image.totalBytes });
  if (!isNamesake && !isReusing) return undefined;
  const contentDigest = await image.digest();
  const namesake = isNamesake && mark?.contentdigest === contentDigest ? mark.analysisid : undefined;
  const answerOf =
    namesake ?? (isReusing ? await answeredBefore(contentDigest, record, { answers: parts.answers, warn }) : undefined);
  if (answerOf === undefined || answerOf === record.id) return undefined;
  const place = namesake === undefined ? (await parts.analyses.find(answerOf))?.record : record;
  const view = place && (await parts.results.viewOf(place, answerOf).catch(unreadable(answerOf, warn)));
  if (!view) return undefined;
  const reused: Warning = {
    code: 'answer-reused',
    detail: `The answer is that of analysis ${answerOf}: image and request are the same.`,
  };
  return {
    checked: {
      answer: view.answer,
      warnings: [...view.warnings.filter(({ code }) => code !== reused.code), reused],
    },
    ...(view.pages && { pages: view.pages }),
    answerOf,
    contentDigest,
  };
}

async function answeredBefore(
  contentDigest: string,
  { request }: AnalysisFacts,
  { answers, warn }: { readonly answers: AnswerIndex; readonly warn: (warning: Warning) => void },
): Promise<string | undefined> {
  try {
    return await answers.find(contentDigest, requestDigest(request));
  } catch (error) {
    if (!(error instanceof SpoiltRow)) throw error;
    const detail = `An earlier answer could not be reused, because its row could not be read. ${error.message}`;
    warn({ code: 'answer-not-reused', detail });
    return undefined;
  }
}

function unreadable(answerOf: string, warn: (warning: Warning) => void): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof StorageRefused) || error.scope !== 'blob') throw error;
    warn({
      code: 'answer-not-reused',
      detail: `The answer of analysis ${answerOf} could not be reused, because it could not be read. ${error.detail}`,
    });
  };
}
