import type { Refused } from './outcome.ts';

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
