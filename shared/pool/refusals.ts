import type { Refused } from './outcome.ts';

export type RefusedEnd =
  | {
      readonly kind: 'reject';
      readonly code: 'broken-image' | 'unsupported-format' | 'too-large';
      readonly category?: undefined;
      readonly detail: string;
    }
  | { readonly kind: 'fail'; readonly code: 'service-refused'; readonly detail: string };

const REJECTED_AS = {
  undecodable: 'broken-image',
  unsupported: 'unsupported-format',
  'too-large': 'too-large',
} as const;

/** How an analysis ends whose request more than one deployment refuses: with the service's own words. */
export function endRefused({ status, detail: sentence, imageFault }: Refused): RefusedEnd {
  const withStatus = status === null ? '' : ` with ${status}`;
  if (imageFault !== undefined && imageFault !== 'unread') {
    const detail = `The model service refused the image${withStatus}: ${sentence}`;
    return { kind: 'reject', code: REJECTED_AS[imageFault], detail };
  }
  if (status === 413) {
    const detail = `The model service takes no request of this size (413): ${sentence} Send a smaller image.`;
    return { kind: 'reject', code: 'too-large', detail };
  }
  return { kind: 'fail', code: 'service-refused', detail: `The service refused the request${withStatus}: ${sentence}` };
}

/**
 * What a deployment answered, as the end of a sentence that begins with its name: status, code and the service's own words,
 * without a full stop.
 *
 * @example `answers 400 OperationNotSupported: The chatCompletion operation does not work with the specified model`
 */
export function refusalText({ reason, status, code, detail }: Refused): string {
  const sentence = detail.replace(/[.\s]+$/, '');
  if (status === null) return `${reason === 'unreachable' ? 'cannot be reached' : 'refuses'}: ${sentence}`;
  const named = code === undefined ? `${status}` : `${status} ${code}`;
  return `answers ${named}${sentence === '' ? '' : `: ${sentence}`}`;
}
