import { assertPortsFree } from '../process/assertPortFree.ts';
import { commandLineOrExit } from '../process/commandLine.ts';
import { day, rate, text, wholeNumber } from '../process/options.ts';
import { startStorage } from './startStorage.ts';
import { refuseUnknownVersions } from './strict/apiVersion.ts';
import { makeMisbehave } from './strict/misbehave.ts';

const { values } = commandLineOrExit({
  name: 'npm run storage',
  does: `A storage account on this machine until Ctrl-C: Azurite behind a front that refuses, pages and forgets as Azure
does (docs/local.md).`,
  options: {
    port: wholeNumber('blobs; queues and tables follow on the next two ports; 0: any free ones', {
      most: 65_533,
      fallback: 10_000,
    }),
    data: text('DIR', 'keeps the state there (default: in memory)'),
    seed: wholeNumber('chooses what the rules leave open, such as where a page ends, and the faults', { fallback: 1 }),
    'newest-version': day('refuses clients that speak a newer version of the API'),
    faults: rate('part of the calls that go wrong as on Azure: busy, timed out, cut off, slow', 0),
  },
});

try {
  await run();
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

async function run(): Promise<void> {
  const { port, data, seed, faults, 'newest-version': newest } = values;
  const all = port === 0 ? [] : [port, port + 1, port + 2];
  await assertPortsFree(all);
  const [blob = 0, queue = 0, table = 0] = all;
  const versions = newest === undefined ? [] : [refuseUnknownVersions({ blob: newest, queue: newest, table: newest })];
  const storage = await startStorage({
    ...(data !== undefined && { azurite: { directory: data } }),
    ports: { blob, queue, table },
    seed,
    layers: [...versions, ...(faults > 0 ? [makeMisbehave({ seed, rate: faults }).layer] : [])],
  });
  const end = (): void => void storage.stop().then(() => process.exit(0));
  process.once('SIGTERM', end).once('SIGINT', end);
  console.log(`The storage is up. Its connection string, with the key of every Azurite:\n${storage.connectionString}`);
}
