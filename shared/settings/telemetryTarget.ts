import type { Problem } from '../errors.ts';
import type { TelemetryTarget } from '../signals/telemetry.ts';
import { type Environment, present } from './environment.ts';

/** Where a connection string without an endpoint leads (Microsoft Learn, "Connection strings in Application Insights"). */
const GLOBAL_ENDPOINT = 'https://dc.services.visualstudio.com';

/** Whom a token for the public cloud is meant for; other clouds name theirs in the connection string. */
const PUBLIC_AUDIENCE = 'https://monitor.azure.com';

/**
 * APPLICATIONINSIGHTS_CONNECTION_STRING, which the host reads too: where the app's own metrics and spans go. Undefined where
 * it is not set: nothing is exported then.
 */
export function readTelemetryTarget(environment: Environment, problems: Problem[]): TelemetryTarget | undefined {
  const connectionString = environment.APPLICATIONINSIGHTS_CONNECTION_STRING;
  if (!present(connectionString)) return undefined;
  const parts = new Map(
    connectionString.split(';').map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()];
    }),
  );
  const instrumentationKey = parts.get('instrumentationkey');
  const endpoint = parts.get('ingestionendpoint') || GLOBAL_ENDPOINT;
  if (!instrumentationKey || !/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) {
    const path = 'APPLICATIONINSIGHTS_CONNECTION_STRING';
    problems.push({
      path,
      message: 'is not a connection string such as InstrumentationKey=…;IngestionEndpoint=https://….',
    });
    return undefined;
  }
  const audience = parts.get('aadaudience') || PUBLIC_AUDIENCE;
  const site = environment.WEBSITE_SITE_NAME;
  return {
    instrumentationKey,
    trackUrl: new URL('v2.1/track', endpoint.replace(/\/*$/, '/')).href,
    tokenScope: `${audience.replace(/\/+$/, '')}/.default`,
    role: present(site) ? site : 'argus',
  };
}
