import { describe, expect, it } from 'vitest';
import { runChaos } from '../../../local/chaos/runChaos.ts';

describe('runChaos', () => {
  it('loses nothing, doubles nothing and leaks nothing while processes are killed and everything else fails', {
    timeout: 600_000,
  }, async () => {
    const lines: string[] = [];
    const end = await runChaos({
      ...{
        seed: 7,
        images: 100,
        kills: 5,
        instances: 2,
        storageRestarts: 1,
        storageFaultRate: 0.03,
        withTimeouts: false,
        awaitsTakeovers: false,
      },
      onLine: (line) => lines.push(line),
    });
    const { lost, failed, duplicated, unrecorded, unexplained, leaked } = end.verdict;
    expect(
      { lost, failed, duplicated, unrecorded, unexplained, leaked },
      `Log:\n${lines.slice(-30).join('\n')}`,
    ).toEqual({
      ...{ lost: [], failed: [], duplicated: [], unrecorded: [], unexplained: [], leaked: [] },
    });
    expect(end.isGood, JSON.stringify(end)).toBe(true);
    expect(end.verdict).toMatchObject({ images: 100, succeeded: 100 });
    expect(Object.values(end.kills).reduce((sum, count) => sum + count, 0)).toBe(5);
  });
});
