import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runHost } from './runHost.ts';

/**
 * `node local/host/main.ts --app FOLDER [--port N] [--enforce-keys [--keys FILE]] [--lease SECONDS] [--grace SECONDS]`
 *
 * Hosts a function app of the Node v4 programming model. Writes one line of JSON, `{"ready":true,"url":...}`, when it
 * serves, then the app's log. SIGTERM ends it once what runs has ended, within the grace.
 */
const { values } = parseArgs({
  options: {
    app: { type: 'string' },
    port: { type: 'string', default: '7071' },
    'enforce-keys': { type: 'boolean', default: false },
    keys: { type: 'string' },
    lease: { type: 'string', default: '600' },
    grace: { type: 'string', default: '600' },
  },
});

/** How long answers may take to leave when the app has crashed. */
const CRASH_GRACE_MS = 1_000;

try {
  const { stop, failOpenCalls, ...started } = await runHost({
    folder: resolve(values.app ?? '.'),
    port: Number(values.port),
    isEnforcingKeys: values['enforce-keys'],
    keysFile: values.keys,
    leaseMs: Number(values.lease) * 1000,
    graceMs: Number(values.grace) * 1000,
  });
  console.log(JSON.stringify({ ready: true, ...started }));
  let isStopping = false;
  const end = async (): Promise<void> => {
    // A second signal ends the process at once.
    if (isStopping) process.exit(1);
    isStopping = true;
    await stop();
    process.exit(0);
  };
  // A worker that crashes leaves empty 500s (seen with Functions host 4.1037). The host would start another; here the app
  // runs in the host's own process, so that ends too.
  process.on('uncaughtException', (error) => {
    console.error(error.stack ?? error.message);
    void Promise.race([failOpenCalls(), sleep(CRASH_GRACE_MS)]).then(() => process.exit(1));
  });
  process.on('SIGTERM', () => void end()).on('SIGINT', () => void end());
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
