/**
 * The errors that end work in Argus. Where a caller can react, functions return a tagged value instead. Each code has
 * one HTTP status, and is the `error.code` of a record (docs/http.md).
 */

export interface Problem {
  readonly path: string;
  readonly message: string;
}

const STATUS_OF_CODE = {
  'invalid-request': 400,
  'budget-reached': 402,
  'signed-out': 403,
  'not-found': 404,
  conflict: 409,
  'bytes-gone': 410,
  'too-large': 413,
  'not-an-image': 415,
  'unsupported-format': 415,
  'broken-image': 422,
  'too-many-pages': 422,
  'too-many-pixels': 422,
  'exceeds-quota': 422,
  'exceeds-max-usd': 422,
  'content-filtered': 422,
  'content-refused': 422,
  'unsafe-url': 422,
  'no-slot-in-time': 429,
  internal: 500,
  'answer-unusable': 502,
  'image-unreachable': 502,
  'pages-failed': 502,
  'service-refused': 502,
  'pool-down': 503,
  'settings-wrong': 503,
} as const;

export type ErrorCode = keyof typeof STATUS_OF_CODE;

/** All of them, for schemas. */
export const ERROR_CODES = Object.keys(STATUS_OF_CODE) as readonly ErrorCode[];

/** The HTTP status of a code, as in docs/http.md. `statusOfCode('too-large')` is 413. */
export function statusOfCode(code: ErrorCode): number {
  return STATUS_OF_CODE[code];
}

export abstract class AppError extends Error {
  readonly code: ErrorCode;
  /** A sentence for the caller, with the value and the limit. Never holds a key, an image, a prompt or an answer. */
  readonly detail: string;
  /** Category of a content filter (`violence`, `self_harm`, ...), where that was the reason. */
  readonly category: string | undefined;

  constructor(code: ErrorCode, detail: string, options?: ErrorOptions & { readonly category?: string }) {
    super(detail, options);
    this.code = code;
    this.detail = detail;
    this.category = options?.category;
  }

  get status(): number {
    return statusOfCode(this.code);
  }
}

/** The request or a setting of it is wrong; all problems at once. */
export class InvalidRequest extends AppError {
  override readonly name = 'InvalidRequest';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    const told = atMost(problems);
    super('invalid-request', told.map((problem) => problem.message).join(' '), options);
    this.problems = told;
  }
}

/** The most problems that are listed; of the others only the number is reported. */
const MOST_TOLD = 100;
function atMost(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MOST_TOLD) return problems;
  const message = `There are ${formatCount(problems.length - MOST_TOLD)} more problems.`;
  return [...problems.slice(0, MOST_TOLD), { path: '', message }];
}

/** A number as people read it: `formatCount(268402689)` is "268,402,689". */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Text of a caller as a message quotes it: its first 80 characters. */
export function shortened(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}

/** Runs one of several checks whose problems are reported together; undefined when it found some. */
export function collectProblems<T>(problems: Problem[], check: () => T): T | undefined {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

const REJECTION_CODES = [
  'bytes-gone',
  'too-large',
  'not-an-image',
  'unsupported-format',
  'broken-image',
  'too-many-pages',
  'too-many-pixels',
  'exceeds-quota',
  'exceeds-max-usd',
  'content-filtered',
  'content-refused',
  'unsafe-url',
] as const satisfies readonly ErrorCode[];

export type RejectionCode = (typeof REJECTION_CODES)[number];

/** Whether a code says that the image itself cannot be analysed. */
export function isRejectionCode(code: string): code is RejectionCode {
  return REJECTION_CODES.some((rejection) => rejection === code);
}

/** The image itself cannot be analysed, now or later: never sent again. */
export class ImageRejected extends AppError {
  override readonly name = 'ImageRejected';

  constructor(code: RejectionCode, detail: string, options?: ErrorOptions & { readonly category?: string }) {
    super(code, detail, options);
  }
}

/** The version of an image that is being read is gone: its blob was replaced or removed. */
export class ImageChanged extends AppError {
  override readonly name = 'ImageChanged';

  /** @param image its name */
  constructor(image: string, options?: ErrorOptions) {
    super('bytes-gone', `${image} changed while it was read.`, options);
  }
}

type ImpossibleCode = 'not-found' | 'conflict' | 'signed-out' | 'settings-wrong';

/** The target does not exist or its state forbids the call, or the app accepts no requests now. */
export class NotPossible extends AppError {
  override readonly name = 'NotPossible';

  constructor(code: ImpossibleCode, detail: string, options?: ErrorOptions) {
    super(code, detail, options);
  }
}

/** The pool cannot take the request in time; `retryAfterMs` is when it can, as far as it is known. */
export class PoolUnavailable extends AppError {
  override readonly name = 'PoolUnavailable';
  readonly retryAfterMs: number;

  constructor(
    code: 'no-slot-in-time' | 'pool-down' | 'budget-reached',
    detail: string,
    retryAfterMs: number,
    options?: ErrorOptions,
  ) {
    super(code, detail, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The service answered, or refused, in a way that another model call cannot change. */
export class AnswerFailed extends AppError {
  override readonly name = 'AnswerFailed';

  constructor(code: 'answer-unusable' | 'pages-failed' | 'service-refused', detail: string, options?: ErrorOptions) {
    super(code, detail, options);
  }
}

/** A limit of tries, waiting time or cost is reached: an operator must look at it. */
export class GivenUp extends AppError {
  override readonly name = 'GivenUp';

  constructor(code: 'internal' | 'pool-down' | 'budget-reached', detail: string, options?: ErrorOptions) {
    super(code, detail, options);
  }
}

/** The error that ended an analysis before, returned again. */
export class EndedBefore extends AppError {
  override readonly name = 'EndedBefore';
}
