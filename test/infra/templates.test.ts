import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { EXAMPLE_SCOPE, EXAMPLES } from '../../infra/examples.ts';
import { NO_BICEP } from '../../local/make/bicep.ts';
import { compile, hasCompiler, ROOT } from './compile.ts';
import { builtTemplate, TEMPLATES } from './snapshot.ts';

const sources = globSync('infra/**/*.{bicep,bicepparam}', { cwd: ROOT }).sort();

vi.setConfig({ testTimeout: 300_000 });

const isThere = hasCompiler();
if (!isThere) console.warn(`The templates are not checked. ${NO_BICEP}`);

describe.runIf(isThere)('templates', () => {
  it.each(TEMPLATES)('%s.bicep builds without a diagnostic', (template) => {
    const run = builtTemplate(template);
    expect(run).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it.each(TEMPLATES)(
    '%s.bicep has at most 64 functions: with 65 the compiler holds the built template to be wrong',
    (name) => {
      const { functions = [] } = JSON.parse(readFileSync(builtTemplate(name).file, 'utf8'));
      const names = functions.flatMap(({ members }: { members: object }) => Object.keys(members));
      expect(names.length).toBeLessThanOrEqual(64);
    },
  );

  it('are in the format of the compiler', () => {
    const texts = Object.fromEntries(sources.map((source) => [source, readFileSync(join(ROOT, source), 'utf8')]));
    const run = compile(
      (folder) => ['format', '--pattern', `${relative(ROOT, folder)}/**/*.{bicep,bicepparam}`],
      texts,
    );
    expect(run.code, run.stderr).toBe(0);
    const formatted = Object.fromEntries(
      sources.map((source) => [source, readFileSync(join(run.folder, source), 'utf8')]),
    );
    expect(formatted).toEqual(texts);
  });

  it.each(EXAMPLES)('%s predicts what its golden file says (renew: node infra/renewSnapshots.ts)', (example) => {
    const run = compile(() => ['snapshot', example, ...EXAMPLE_SCOPE, '--mode', 'validate']);
    expect(`${run.stdout}${run.stderr}`).toBe('');
    expect(run.code).toBe(0);
  });
});
