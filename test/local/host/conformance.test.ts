import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFORMANCE } from './conformance.ts';

describe('the list of what the small host has in common with the platform', () => {
  it.each(CONFORMANCE.map((row) => [row.behaviour, row] as const))(
    'names a test and a source: %s',
    async (_, { file, test, source }) => {
      const tests = await readFile(join(import.meta.dirname, file), 'utf8');
      expect(tests).toContain(test);
      expect(source).toMatch(/\(\d{4}-\d\d\)$|host 4\.\d+$|#\d+$|4\.16\.5/);
    },
  );
});
