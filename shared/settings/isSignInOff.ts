import type { Environment } from './environment.ts';

/**
 * Whether the platform does not say that its authentication is on. App Service injects `WEBSITE_AUTH_ENABLED`, read-only,
 * into each app, `True` or `False` (Environment variables and app settings reference, Microsoft Learn, 2026-11). Only with
 * authentication on does it take the headers of a principal away from a request that brings its own (Work with user
 * identities, Microsoft Learn, 2026-11). So an absent variable is the same as `False`: any caller can forge the header.
 *
 * `isSignInOff({ WEBSITE_AUTH_ENABLED: 'True' })` is false; of `{}`, `'False'` and `'1'` it is true.
 */
export function isSignInOff({ WEBSITE_AUTH_ENABLED: said }: Environment): boolean {
  return said?.trim().toLowerCase() !== 'true';
}
