import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environmentOfBicep, findBicep } from '../../local/make/bicep.ts';
import type { PartForAll } from '../support/forAllFiles.ts';
import { type BicepServer, type Diagnostic, startBicepServer } from './bicepServer.ts';
import type { Compiled, Work } from './compile.ts';

/**
 * One compiler for all test files of a run, started when the first of them asks. What it made is kept in .tools/ by the
 * hash of what went in, so that the next run need not ask.
 */

const ROOT = resolve(import.meta.dirname, '../..');

/** What test files ask with `compile` and `hasCompiler`. */
export function compilerForAll(): PartForAll {
  let bicep: BicepServer | undefined;
  const compile = compileOnce(() => {
    bicep ??= startBicepServer(findBicep() ?? '', environmentOfBicep(), ROOT);
    return bicep;
  });
  return {
    answers: { compile, hasCompiler: () => findBicep() !== undefined },
    stop: async () => bicep?.stop(),
  };
}

/** Does each work once: in this run, and in all runs on the same sources. */
function compileOnce(bicep: () => BicepServer): (work: Work) => Promise<Compiled> {
  const folder = join(ROOT, '.tools', 'compiled', fingerprintOfSources());
  mkdirSync(folder, { recursive: true });
  const begun = new Map<string, Promise<Compiled>>();
  const once = (work: Work): Promise<Compiled> => {
    const key = hashOf(JSON.stringify(work));
    const compiled = begun.get(key) ?? compileOrRead(work, join(folder, key));
    begun.set(key, compiled);
    return compiled;
  };
  async function compileOrRead(work: Work, place: string): Promise<Compiled> {
    const kept = `${place}.json`;
    try {
      return JSON.parse(readFileSync(kept, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    const compiled = 'parameters' in work ? await withParameters(work, place) : await compileWith(bicep(), work);
    writeWhole(kept, JSON.stringify(compiled));
    return compiled;
  }
  /** Parameters that are given as text stand in a file, and use the built template, so that it is compiled once. */
  async function withParameters(work: Work & { readonly parameters: string }, place: string): Promise<Compiled> {
    const template = join(folder, 'main.json');
    writeWhole(template, (await once({ does: 'build', file: 'infra/main.bicep' })).made ?? '');
    writeWhole(`${place}.bicepparam`, `using 'main.json'\n${work.parameters}\n`);
    return compileWith(bicep(), { ...work, file: `${place}.bicepparam` });
  }
  return once;
}

/** What the built templates and the golden files depend on. */
function fingerprintOfSources(): string {
  const patterns = ['infra/**/{*.bicep,*.bicepparam,bicepconfig.json}', 'infra/workbook/*.kql'];
  const sources = [
    ...globSync(patterns, { cwd: ROOT }).sort(),
    'infra/knownToAzure.json',
    'infra/examples.ts',
    'shared/catalog/models.json',
    'local/make/bicep.ts',
    'test/infra/compilerForAll.ts',
  ];
  return hashOf(sources.map((source) => `${source}\n${readFileSync(join(ROOT, source), 'utf8')}`).join('\n'));
}

function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 24);
}

/** Other runs see the whole file or none. */
function writeWhole(file: string, content: string): void {
  writeFileSync(`${file}.${process.pid}`, content);
  renameSync(`${file}.${process.pid}`, file);
}

async function compileWith(bicep: BicepServer, work: Work & { readonly file?: string }): Promise<Compiled> {
  const path = resolve(ROOT, work.file ?? '');
  switch (work.does) {
    case 'build': {
      const { success, diagnostics, contents } = await bicep.call('bicep/compile', { path });
      return compiled(diagnostics, success ? contents : undefined);
    }
    case 'build parameters': {
      const built = await bicep.call('bicep/compileParams', { path, parameterOverrides: {} });
      return compiled(built.diagnostics, built.success ? built.parameters : undefined);
    }
    case 'snapshot': {
      const built = await bicep.call('bicep/compileParams', { path, parameterOverrides: {} });
      if (!built.success) return compiled(built.diagnostics, undefined);
      try {
        const { snapshot } = await bicep.call('bicep/getSnapshot', { path, metadata: work.scope });
        const { diagnostics } = JSON.parse(snapshot) as { readonly diagnostics: readonly unknown[] };
        const problems = [...built.diagnostics.map(sentenceOf), ...diagnostics.map((each) => JSON.stringify(each))];
        return { made: snapshot, problems: problems.join('\n') };
      } catch (error) {
        return { problems: String(error) };
      }
    }
  }
}

function compiled(diagnostics: readonly Diagnostic[], made: string | undefined): Compiled {
  return { ...(made !== undefined && { made }), problems: diagnostics.map(sentenceOf).join('\n') };
}

/** As the command line of the compiler writes it, which counts lines from 1. */
function sentenceOf({ source, range: { start }, level, code, message }: Diagnostic): string {
  return `${source}(${start.line + 1},${start.char + 1}) : ${level} ${code}: ${message}`;
}
