import { type Environment, present } from './environment.ts';

/**
 * Whether the platform says that its authentication is off. It sets this name itself where it has that feature (Azure App
 * Service, Environment variables and app settings, 2023-09-14); where it says nothing, as on a machine of one's own, its
 * word cannot be had.
 */
export function isSignInOff({ WEBSITE_AUTH_ENABLED: said }: Environment): boolean {
  return present(said) && said?.toLowerCase() !== 'true';
}
