import { type Environment, present } from './environment.ts';

/**
 * Whether this is an app in Azure whose authentication the platform has not switched on. The platform sets all three
 * names itself (Azure App Service, Environment variables and app settings, 2023-09-14).
 */
export function isSignInOff(environment: Environment): boolean {
  const isInAzure = present(environment.WEBSITE_SITE_NAME) || present(environment.WEBSITE_INSTANCE_ID);
  return isInAzure && environment.WEBSITE_AUTH_ENABLED?.toLowerCase() !== 'true';
}
