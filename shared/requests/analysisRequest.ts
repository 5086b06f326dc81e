import { createHash } from 'node:crypto';
import type { Detail } from '../catalog/model.ts';
import type { TaskRequest } from '../tasks/taskRequest.ts';
import type { Quality } from '../tokens/sizeToSend.ts';

/** How much of the image is sent: every pixel that the model would see, or fewer where that saves tokens. */
export const QUALITIES = ['full', 'balanced', 'economy'] as const satisfies readonly Quality[];

export const PARTS = ['auto', 'none'] as const;

/** What the text that a page of a PDF declares is used for. */
export const TEXT_LAYERS = ['check', 'hint'] as const;

/** What `extract` answers about a document: one object for the whole, or one for each page. */
export const PER = ['document', 'page'] as const;

/** Everything that is asked of one image; the digest of what shapes its answer is part of the analysis's identity. */
export interface AnalysisRequest extends TaskRequest {
  /** `name@version` */
  readonly model: string;
  /** Only this deployment of the pool. */
  readonly deploymentName?: string;
  readonly detail: Detail;
  readonly quality: Quality;
  readonly maxOutputTokens?: number;
  /** An image that the model would see too small is cut into parts of one request; absent: it is sent whole. */
  readonly parts?: 'auto';
  /** An earlier answer to the same request about the same bytes will do; absent: as REUSE_ANSWERS says. */
  readonly reuse?: boolean;
  /** Pages of a document, `1-20,35`; absent: all. */
  readonly pages?: string;
  /** Each page of a document is answered for itself; absent: what can be joined is joined. */
  readonly per?: 'page';
  /** A document with pages that have no answer succeeds with a warning; absent: it fails. */
  readonly allowMissingPages?: true;
  /** What the file may cost by its estimate, all pages together; absent: no limit. */
  readonly maxUsd?: number;
  /** The text that a page of a PDF declares goes into the prompt; absent: it only checks the answer. */
  readonly textLayer?: 'hint';
}

/**
 * The same for the same request, whatever the order in which its parts were given, whether or not an earlier answer
 * would do, and whatever it may cost; 16 hexadecimal digits.
 */
export function requestDigest({ reuse: _reuse, maxUsd: _maxUsd, ...request }: AnalysisRequest): string {
  return createHash('sha256').update(stableJson(request)).digest('hex').slice(0, 16);
}

/** What is asked of one page: nothing about the document, so that the same page in another document is the same question. */
export function requestOfPage(request: AnalysisRequest): AnalysisRequest {
  const { pages: _pages, per: _per, allowMissingPages: _allow, maxUsd: _maxUsd, ...ofPage } = request;
  return ofPage;
}

function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}
