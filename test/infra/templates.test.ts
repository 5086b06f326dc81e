import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { EXAMPLE_SCOPE, EXAMPLES } from '../../infra/examples.ts';
import { NO_BICEP, runBicep } from '../../local/make/bicep.ts';
import { compile, hasCompiler, ROOT } from './compile.ts';
import { builtTemplate, goldenSnapshots, madeBy, TEMPLATES, templateOf } from './snapshot.ts';

const sources = globSync('infra/**/*.{bicep,bicepparam}', { cwd: ROOT }).sort();

vi.setConfig({ testTimeout: 300_000 });

const isThere = await hasCompiler();
if (!isThere) console.warn(`The templates are not checked. ${NO_BICEP}`);

describe.runIf(isThere)('templates', () => {
  it.each(TEMPLATES)('%s.bicep builds without a diagnostic', async (template) => {
    const run = await builtTemplate(template);
    expect(run).toEqual({ made: expect.any(String), problems: '' });
  });

  it.each(TEMPLATES)(
    '%s.bicep has at most 64 functions: with 65 the compiler holds the built template to be wrong',
    async (name) => {
      const { functions = [] } = await templateOf(name);
      const names = functions.flatMap(({ members }: { members: object }) => Object.keys(members));
      expect(names.length).toBeLessThanOrEqual(64);
    },
  );

  it('are in the format of the compiler', () => {
    const folder = mkdtempSync(join(ROOT, '.tools', 'format-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const source of sources) cpSync(join(ROOT, source), join(folder, source));
    const run = runBicep(['format', '--pattern', `${relative(ROOT, folder)}/**/*.{bicep,bicepparam}`]);
    expect(run.code, run.stderr).toBe(0);
    const textsIn = (place: string): object =>
      Object.fromEntries(sources.map((source) => [source, readFileSync(join(place, source), 'utf8')]));
    expect(textsIn(folder)).toEqual(textsIn(ROOT));
  });

  it.each(EXAMPLES)('%s predicts what its golden file says (renew: node infra/renewSnapshots.ts)', async (file) => {
    const run = await compile({ does: 'snapshot', file, scope: EXAMPLE_SCOPE });
    expect(run.problems).toBe('');
    expect(JSON.parse(madeBy(run))).toEqual(goldenSnapshots.get(file));
  });
});
