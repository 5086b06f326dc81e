import type { StartedHost } from '../host/startHost.ts';

interface Health {
  readonly problems?: readonly { readonly path: string; readonly message: string }[];
}

/**
 * Asks the app for its health once, so that a person at a terminal learns at the start what an operator in Azure reads
 * at `GET /api/health`: the host keeps running with wrong settings and with an app that cannot be loaded.
 *
 * @throws {Error} with every problem
 */
export async function assertServing(host: Pick<StartedHost, 'url' | 'functions' | 'errors'>): Promise<void> {
  if (host.functions.length === 0) {
    throw new Error(`The app has no function. ${host.errors.join(' ')}`.trimEnd());
  }
  if (!host.functions.includes('health')) return;
  const answer = await fetch(`${host.url}/api/health`);
  if (answer.status !== 503) return;
  const { problems = [] } = (await answer.json()) as Health;
  const lines = problems.map(({ path, message }) => `  ${path}: ${message}`);
  throw new Error(['The settings of the app are wrong:', ...lines].join('\n'));
}
