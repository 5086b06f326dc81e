import { describe, expect, it } from 'vitest';
import { fuzzFiles } from './fuzzFiles.ts';

describe('PDF, TIFF and HEIC files that are changed at random', () => {
  it('are read or refused with a sentence', async () => {
    const files = await Array.fromAsync(fuzzFiles({ seed: 7, count: 80 }));
    expect(files.filter(({ end }) => end === 'fault')).toEqual([]);
    expect(new Set(files.map(({ kind, end }) => `${kind} ${end}`)).size).toBe(6);
  });

  it('are the same for the same seed', async () => {
    const [one] = await Array.fromAsync(fuzzFiles({ seed: 7, count: 41, only: 40 }));
    const [other] = await Array.fromAsync(fuzzFiles({ seed: 7, count: 41, only: 40 }));
    expect({ ...one, tookMs: 0 }).toEqual({ ...other, tookMs: 0 });
  });
});
