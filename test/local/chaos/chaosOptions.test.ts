import { describe, expect, it } from 'vitest';
import { CHAOS_COMMAND, chaosOptions } from '../../../local/chaos/chaosOptions.ts';
import { readCommandLine } from '../../../local/process/commandLine.ts';

const RANDOM_SEED = 7;

function optionsOf(...words: readonly string[]) {
  const read = readCommandLine(CHAOS_COMMAND, words);
  return read.kind === 'run' ? chaosOptions(read.values, RANDOM_SEED) : read;
}

describe('chaosOptions', () => {
  it('takes every option', () => {
    const words = ['--images', '150', '--kills', '8', '--seed', '3', '--storage-faults', '0.1', '--timeouts'];
    expect(optionsOf(...words)).toEqual({
      ...{ seed: 3, images: 150, kills: 8, instances: 2, storageRestarts: 5, storageFaultRate: 0.1 },
      ...{ withTimeouts: true, awaitsTakeovers: true },
    });
  });

  it('takes the given seed where none is named, and lets the storage misbehave', () => {
    expect(optionsOf()).toMatchObject({ seed: 7, images: 2000, kills: 100, storageFaultRate: 0.03 });
  });

  it('says of every option that it cannot use what is wrong', () => {
    expect(optionsOf('--images', '0', '--kills', '-1', '--seed', 'x', '--storage-faults', '2')).toEqual({
      kind: 'wrong',
      problems: [
        '--seed x is not a whole number from 0 to 999,999,999.',
        '--images 0 is not a whole number from 1 to 999,999,999.',
        '--kills -1 is not a whole number from 0 to 999,999,999.',
        '--storage-faults 2 is not a number from 0 to 1.',
      ],
    });
  });
});
