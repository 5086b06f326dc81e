import { isDatedVersion } from './apiVersions.ts';

/** Where a request to a region goes. */
export type Route =
  | { readonly kind: 'chat'; readonly deployment: string | null; readonly apiVersion: string | null }
  | { readonly kind: 'control'; readonly path: string }
  | { readonly kind: 'version-on-v1' }
  | { readonly kind: 'nothing' };

const versionsOnV1 = new Set([null, 'v1', 'preview', 'latest']);

/**
 * Reads a path of the data plane: `/openai/deployments/{name}/chat/completions?api-version=` with a dated version, or
 * `/openai/v1/chat/completions`, where the body's model is the deployment (Microsoft Learn, "Azure OpenAI API version
 * lifecycle", 2026-03-19).
 */
export function routeOf(method: string | undefined, target: string | undefined): Route {
  if (!target || !URL.canParse(target, 'http://localhost')) return { kind: 'nothing' };
  const url = new URL(target, 'http://localhost');
  if (url.pathname.startsWith('/__control/'))
    return { kind: 'control', path: url.pathname.slice('/__control/'.length) };
  if (method !== 'POST') return { kind: 'nothing' };
  const apiVersion = url.searchParams.get('api-version');
  if (url.pathname === '/openai/v1/chat/completions') {
    if (!versionsOnV1.has(apiVersion)) return { kind: 'version-on-v1' };
    return { kind: 'chat', deployment: null, apiVersion: null };
  }
  const dated = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/.exec(url.pathname);
  if (!dated?.[1] || !apiVersion || !isDatedVersion(apiVersion)) return { kind: 'nothing' };
  return { kind: 'chat', deployment: decoded(dated[1]), apiVersion };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    // A name that is no valid percent-encoding is no deployment's name either.
    if (error instanceof URIError) return part;
    throw error;
  }
}
