import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHAOS_USAGE, readChaosOptions } from '../../../local/chaos/chaosOptions.ts';

describe('readChaosOptions', () => {
  it('takes every option', () => {
    const words = ['--images', '150', '--kills', '8', '--seed', '3', '--storage-faults', '0.1', '--timeouts'];
    expect(readChaosOptions(words, 7)).toEqual({
      options: {
        ...{ seed: 3, images: 150, kills: 8, instances: 2, storageRestarts: 5, storageFaultRate: 0.1 },
        ...{ withTimeouts: true, awaitsTakeovers: true },
      },
      isVerbose: false,
    });
  });

  it('takes the given seed where none is named, and lets the storage misbehave', () => {
    expect(readChaosOptions([], 7)?.options).toMatchObject({
      seed: 7,
      images: 2000,
      kills: 100,
      storageFaultRate: 0.03,
    });
  });

  it.each([
    [['--images', 'many'], '--images many is not a whole number from 1 to 999,999,999.'],
    [['--images', '0'], '--images 0 is not a whole number from 1 to 999,999,999.'],
    [['--kills', '-1'], "Option '--kills' argument is ambiguous."],
    [['--storage-faults', '2'], '--storage-faults 2 is not a number from 0 to 1.'],
    [['--image', '3'], "Unknown option '--image'"],
    [['40'], 'npm run chaos -- --help lists the options.'],
  ])('says what is wrong with %j', (words, sentence) => {
    expect(() => readChaosOptions(words, 7)).toThrow(sentence);
  });
});

describe('npm run chaos', () => {
  const run = (...words: readonly string[]) =>
    spawnSync(process.execPath, [resolve(import.meta.dirname, '../../../local/chaos/main.ts'), ...words], {
      encoding: 'utf8',
    });

  it('prints its usage for --help', () => {
    const { status, stdout, stderr } = run('--help');
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${CHAOS_USAGE}\n`, stderr: '' });
  });

  it('ends with one sentence where it cannot use an option', () => {
    const { status, stdout, stderr } = run('--seed', 'x');
    expect({ status, stdout, stderr }).toEqual({
      ...{ status: 2, stdout: '' },
      stderr: '--seed x is not a whole number from 0 to 999,999,999.\n',
    });
  });
});
