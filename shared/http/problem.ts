import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { AppError, type ErrorCode, InvalidRequest, PoolUnavailable, type Problem } from '../errors.ts';
import { analysisOfError } from '../records/aboutAnalysis.ts';
import { ImageUnreachable } from './fetch/imageHost.ts';
import { analysisUrl, retryAfter } from './responses.ts';

/** RFC 9457 answers: what was wrong, with which value. */

const TITLES: Readonly<Record<ErrorCode, string>> = {
  'invalid-request': 'The request is not valid',
  'budget-reached': 'The budget has no room for it',
  'signed-out': 'Sign-in is required',
  'not-found': 'Not found',
  conflict: 'The present state does not allow it',
  'bytes-gone': 'The image is no longer there',
  'too-large': 'The image is too large',
  'not-an-image': 'The file is not an image',
  'unsupported-format': 'The format is not supported',
  'broken-image': 'The image is broken',
  'too-many-pages': 'The document has too many pages',
  'too-many-pixels': 'The image has too many pixels',
  'exceeds-quota': 'The image needs more than the quota of any deployment',
  'exceeds-max-usd': 'It would cost more than the request allows',
  'content-filtered': 'A content filter refused it',
  'content-refused': 'The model declined to answer',
  'unsafe-url': 'The URL of the image cannot be used',
  'image-unreachable': 'The host of the image cannot be reached',
  'no-slot-in-time': 'No quota is free in time',
  'pages-failed': 'Pages of the document have no answer',
  internal: 'Something went wrong here',
  'answer-unusable': 'The model gave no usable answer',
  'service-refused': 'The model service refused the request',
  'pool-down': 'No analysis can start now',
  'settings-wrong': 'The settings of the app are wrong',
};

interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly problems?: readonly Problem[];
  /** Category of a content filter. */
  readonly category?: string;
  /** The analysis that the problem is about, if it is stored, its path, and the cost of its model calls so far. */
  readonly id?: string;
  readonly instance?: string;
  readonly costUsd?: number | null;
}

/** The problem document of an error. An unexpected error shows no details. */
export function problemOf(error: unknown): ProblemDocument {
  if (!(error instanceof AppError)) {
    return {
      type: 'urn:argus:problem:internal',
      title: TITLES.internal,
      status: 500,
      detail: 'The request could not be served; the log holds the reason.',
      code: 'internal',
    };
  }
  return {
    type: `urn:argus:problem:${error.code}`,
    title: TITLES[error.code],
    status: error.status,
    detail: error.detail,
    code: error.code,
    ...(error instanceof InvalidRequest ? { problems: error.problems } : {}),
    ...(error.category === undefined ? {} : { category: error.category }),
  };
}

/** The response for an error, with `Retry-After` if a time is known, and the analysis if it is stored. */
export function problemResponse(error: unknown, request: Pick<HttpRequest, 'url'>): HttpResponseInit {
  const problem = problemOf(error);
  const analysis = analysisOfError(error);
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(error instanceof PoolUnavailable || error instanceof ImageUnreachable ? retryAfter(error.retryAfterMs) : {}),
    },
    body: JSON.stringify({
      ...problem,
      ...(analysis && { id: analysis.id, instance: analysisUrl(request, analysis.id), costUsd: analysis.costUsd }),
    } satisfies ProblemDocument),
  };
}
