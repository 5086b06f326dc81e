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

  it('stands in docs/local.md, line by line', async () => {
    const page = await readFile(join(import.meta.dirname, '../../../docs/local.md'), 'utf8');
    const rows = CONFORMANCE.map(({ behaviour, source }) => `| ${behaviour.replaceAll('|', '\\|')} | ${source} |`);
    expect(page.split('\n').filter((line) => rows.includes(line))).toEqual(rows);
  });
});
