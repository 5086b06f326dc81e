import { AppError, formatCount } from '../../errors.ts';
import { unsafeUrl } from './imageUrl.ts';

/** Turns failures of an image's host into errors for the caller. Pure. */

/** The host of an image's URL could not be reached, or is busy. The same call may succeed later. */
export class ImageUnreachable extends AppError {
  override readonly name = 'ImageUnreachable';
  readonly retryAfterMs: number;
  /** The host took too long: 504 in place of 502. */
  readonly isTimeout: boolean;

  constructor(
    detail: string,
    when: { readonly retryAfterMs: number; readonly isTimeout?: boolean },
    options?: ErrorOptions,
  ) {
    super('image-unreachable', detail, options);
    this.retryAfterMs = when.retryAfterMs;
    this.isTimeout = when.isTimeout ?? false;
  }

  override get status(): number {
    return this.isTimeout ? 504 : super.status;
  }
}

/** Retry delay if the host gives no hint. */
const DEFAULT_RETRY_MS = 30_000;

/** The longest hint of an unknown host that is believed. */
const LONGEST_RETRY_MS = 3_600_000;

/** Statuses that the same request may not get later (RFC 9110, 15; 425 is RFC 8470, 429 RFC 6585). */
const TEMPORARY_BELOW_500: ReadonlySet<number> = new Set([408, 425, 429]);

/** Timeouts of a gateway: our response is then 504 too. */
const TIMEOUT_STATUSES: ReadonlySet<number> = new Set([408, 504, 524]);

/**
 * The error for a status other than 200: 408, 425, 429 and 5xx are temporary (`image-unreachable`), every other status
 * is permanent (`unsafe-url`).
 *
 * @param retryAfter the host's `Retry-After`: seconds or a date (RFC 9110, 10.2.3)
 * @example refusalOfStatus({ host: 'example.com', status: 404 }, 0).code // 'unsafe-url'
 */
export function refusalOfStatus(
  answer: { readonly host: string; readonly status: number; readonly retryAfter?: string | undefined },
  nowMs: number,
): AppError {
  const { host, status, retryAfter } = answer;
  if (status < 500 && !TEMPORARY_BELOW_500.has(status)) {
    return unsafeUrl(`The host ${host} answered ${status}; an image needs an answer of 200. Check the URL.`);
  }
  return new ImageUnreachable(`The host ${host} answered ${status}. Try again later.`, {
    retryAfterMs: readRetryAfterMs(retryAfter, nowMs),
    isTimeout: TIMEOUT_STATUSES.has(status),
  });
}

/** Milliseconds to wait, 1,000 to 3,600,000; 30,000 where the header is absent or unreadable. */
export function readRetryAfterMs(header: string | undefined, nowMs: number): number {
  const text = header?.trim() ?? '';
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  if (text === '' || Number.isNaN(waitMs)) return DEFAULT_RETRY_MS;
  return Math.min(Math.max(waitMs, 1000), LONGEST_RETRY_MS);
}

/** The codes of Node and of its resolver for a name that has no address now. */
const NAME_CODES: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'ENODATA',
  'ESERVFAIL',
]);

/** The error for a connection that failed: DNS, refused, reset, TLS, a body that is cut short. All may succeed later. */
export function failureOfConnection(host: string, error: unknown): ImageUnreachable {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? 'no code';
  const detail = NAME_CODES.has(code)
    ? `The host name ${host} cannot be resolved (${code}). Check it, or try again later.`
    : `The connection to the host ${host} failed or broke off (${code}). Try again later.`;
  return new ImageUnreachable(detail, { retryAfterMs: DEFAULT_RETRY_MS }, { cause: error });
}

/** The error for a host that did not deliver the whole image in time. */
export function failureOfTimeout(host: string, timeoutMs: number, error: unknown): ImageUnreachable {
  const seconds = formatCount(timeoutMs / 1000);
  const detail = `The host ${host} did not deliver the whole image within ${seconds} s. Try again later.`;
  return new ImageUnreachable(detail, { retryAfterMs: DEFAULT_RETRY_MS, isTimeout: true }, { cause: error });
}
