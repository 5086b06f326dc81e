import type { Command, OptionValues } from '../process/commandLine.ts';
import { flag, maybeWholeNumber, rate, wholeNumber } from '../process/options.ts';
import type { ChaosOptions } from './runChaos.ts';

const OPTIONS = {
  seed: maybeWholeNumber('the same run again (default: a random one)'),
  images: wholeNumber('images to drop', { least: 1, fallback: 2_000 }),
  kills: wholeNumber('app processes to kill', { fallback: 100 }),
  instances: wholeNumber('app processes at a time', { least: 1, fallback: 2 }),
  restarts: wholeNumber('restarts of the storage', { fallback: 5 }),
  'storage-faults': rate('part of the calls to the storage that go wrong, 0 to 1', 0.03),
  timeouts: flag('model calls also hang until the client gives up, two minutes each'),
  verbose: flag('everything that the processes print'),
};

export const CHAOS_COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run chaos',
  does: `Drops images while app processes are killed, events come late, twice or never, the storage goes away and
misbehaves, and the regions fail. Judges the end by the regions' charge logs and by what lies in the
storage. Exit code 0 only for a good verdict, 1 for a bad one, 2 for options that it cannot use.`,
  options: OPTIONS,
};

/** @param randomSeed for a run without `--seed` */
export function chaosOptions(values: OptionValues<typeof OPTIONS>, randomSeed: number): Omit<ChaosOptions, 'onLine'> {
  return {
    seed: values.seed ?? randomSeed,
    images: values.images,
    kills: values.kills,
    instances: values.instances,
    storageRestarts: values.restarts,
    storageFaultRate: values['storage-faults'],
    withTimeouts: values.timeouts,
    awaitsTakeovers: true,
  };
}
