import type { HttpRequest } from '@azure/functions';

/**
 * The path of an analysis, relative to where the caller asked: the host that it named is its own word.
 *
 * @example
 * analysisUrl(request, '5d41402abc4b2a76b9719d911017c592') // '/api/analyses/5d41402abc4b2a76b9719d911017c592'
 */
export function analysisUrl(request: Pick<HttpRequest, 'url'>, id: string): string {
  const { pathname } = new URL(request.url);
  return `${pathname.replace(/\/(?:analyze|analyses(?:\/[^/]*)*)\/?$/i, '')}/analyses/${id}`;
}
