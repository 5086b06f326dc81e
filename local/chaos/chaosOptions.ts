import { parseArgs } from 'node:util';
import type { ChaosOptions } from './runChaos.ts';

/** What `npm run chaos -- --help` prints. */
export const CHAOS_USAGE = `npm run chaos -- [OPTION]...

Drops images while app processes are killed, events come late, twice or never, the storage goes away and misbehaves, and
the regions fail. Judges the end by the regions' charge logs and by what lies in the storage. Exit code 0 only for a good
verdict.

  --seed N              the same run again (default: a random one)
  --images N            images to drop (default: 2000)
  --kills N             app processes to kill (default: 100)
  --instances N         app processes at a time (default: 2)
  --restarts N          restarts of the storage (default: 5)
  --storage-faults R    part of the calls to the storage that go wrong, 0 to 1 (default: 0.03)
  --timeouts            model calls also hang until the client gives up, two minutes each
  --verbose             everything that the processes print
  --help                this text`;

export interface ChaosCommand {
  readonly options: Omit<ChaosOptions, 'onLine'>;
  readonly isVerbose: boolean;
}

/**
 * The command line of `npm run chaos`; undefined where it asks for help.
 *
 * @param randomSeed for a run without `--seed`
 * @throws Error with a sentence for what it does not know or cannot use
 * @example
 * readChaosOptions(['--images', '150', '--kills', '8'], 7)?.options.images // 150
 */
export function readChaosOptions(words: readonly string[], randomSeed: number): ChaosCommand | undefined {
  const values = parsed(words);
  if (values.help) return undefined;
  const count = (name: 'seed' | 'images' | 'kills' | 'instances' | 'restarts', least = 0): number => {
    const text = values[name] ?? String(randomSeed);
    if (!/^\d{1,9}$/.test(text) || Number(text) < least)
      throw new Error(`--${name} ${text} is not a whole number from ${least} to 999,999,999.`);
    return Number(text);
  };
  const faultRate = values['storage-faults'];
  if (!/^(?:0|1|0?\.\d+)$/.test(faultRate))
    throw new Error(`--storage-faults ${faultRate} is not a number from 0 to 1.`);
  return {
    options: {
      seed: count('seed'),
      images: count('images', 1),
      kills: count('kills'),
      instances: count('instances', 1),
      storageRestarts: count('restarts'),
      storageFaultRate: Number(faultRate),
      withTimeouts: values.timeouts,
      awaitsTakeovers: true,
    },
    isVerbose: values.verbose,
  };
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        seed: { type: 'string' },
        images: { type: 'string', default: '2000' },
        kills: { type: 'string', default: '100' },
        instances: { type: 'string', default: '2' },
        restarts: { type: 'string', default: '5' },
        'storage-faults': { type: 'string', default: '0.03' },
        timeouts: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    // Its first sentence names the word; the others say how words are escaped.
    const [problem] = (error as Error).message.split('. ');
    throw new Error(`${problem}. npm run chaos -- --help lists the options.`, { cause: error });
  }
}
