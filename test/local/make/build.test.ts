import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../../local/make/build.ts';
import { drawMarkedHeic } from '../../image/drawnImages.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build-'));
  await mkdir(join(PROJECT, '.local'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));

/** Loads a bundle with plain Node, as the worker does, and prints what it registers. */
const LOADER = `
  const { Module } = require('node:module');
  const original = Module.prototype.require;
  const names = [];
  const core = {
    registerFunction: ({ name }) => { names.push(name); return { dispose() {} }; },
    registerHook: () => ({ dispose() {} }),
    setProgrammingModel() {}, getProgrammingModel() {}, log() {},
  };
  Module.prototype.require = function (id) {
    return id === '@azure/functions-core' ? core : original.apply(this, arguments);
  };
  require(process.argv[1]);
  console.log(JSON.stringify(names));
`;

function register(bundle: string, settings: Readonly<Record<string, string>> = {}, warning = ''): unknown {
  const env = { PATH: process.env.PATH, ...settings };
  // From the project's folder, for sharp is not in the bundle.
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', LOADER, bundle], {
    encoding: 'utf8',
    cwd: PROJECT,
    env,
  });
  expect(stderr.trim()).toBe(warning);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** Its table of objects is left out, which readers then make themselves. */
const ONE_BLACK_PAGE = `%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 20 10] /Contents 4 0 R >> endobj
4 0 obj << /Length 14 >> stream
0 0 20 10 re f
endstream endobj
trailer << /Root 1 0 R >>
`;

describe('buildApp', () => {
  it('makes one CommonJS file that registers every function under plain Node', async () => {
    const entry = join(PROJECT, 'test/local/host/fixtureApp/functions/main.ts');
    const { outfile, bytes } = await buildApp({ entry, outfile: join(folder, 'fixture/main.cjs') });
    expect(register(outfile)).toEqual(expect.arrayContaining(['echo', 'onReference', 'onMessage', 'everySecond']));
    expect(bytes).toBe((await readFile(outfile)).length);
    expect((await readdir(join(folder, 'fixture'))).sort()).toEqual(['main.cjs', 'main.cjs.map']);
  });

  it('leaves nothing of an earlier build behind, for "main" is a glob', async () => {
    await mkdir(join(folder, 'stale'));
    await writeFile(join(folder, 'stale/old.cjs'), 'throw new Error("stale")');
    await writeFile(join(folder, 'entry.ts'), "import '@azure/functions-extensions-base';");
    await buildApp({ entry: join(folder, 'entry.ts'), outfile: join(folder, 'stale/main.cjs') }).catch(() => undefined);
    expect(await readdir(join(folder, 'stale')).catch(() => [])).not.toContain('old.cjs');
  });

  it('keeps lazily imported modules lazy, and knows where it lies by import.meta.url', async () => {
    await mkdir(join(folder, 'lazy'));
    await writeFile(join(folder, 'lazy/late.ts'), "globalThis.isLoaded = true; export const late = 'late';");
    const entry = join(folder, 'lazy/entry.ts');
    const extensionsBase = join(
      PROJECT,
      'node_modules/@azure/functions-extensions-base/dist/azure-functions-extensions-base.js',
    );
    await writeFile(
      entry,
      `import ${JSON.stringify(extensionsBase)};
       export const url = import.meta.url;
       export const isLoaded = () => globalThis.isLoaded === true;
       export const load = async () => (await import('./late.ts')).late;`,
    );
    const { outfile } = await buildApp({ entry, outfile: join(folder, 'lazy/dist/main.cjs') });
    const code = `const app = require(process.argv[1]); const before = app.isLoaded();
      app.load().then((late) => console.log(JSON.stringify([app.url, before, late, app.isLoaded()])));`;
    const { stdout } = spawnSync(process.execPath, ['-e', code, outfile], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual([`file://${outfile}`, false, 'late', true]);
  });

  it('puts a library that is loaded late into a file of its own, which is found from anywhere', async () => {
    // Within the project, where the library is found.
    const work = await mkdtemp(join(PROJECT, '.local/late-'));
    const entry = join(work, 'entry.ts');
    await writeFile(
      entry,
      `import '@azure/functions-extensions-base';
       export const load = async () => typeof (await import('image-size')).imageSize;`,
    );
    const { outfile } = await buildApp({ entry, outfile: join(work, 'dist/main.cjs') });
    await rename(join(work, 'dist'), join(folder, 'moved'));
    await rm(work, { recursive: true });
    expect(outfile).toBe(join(work, 'dist/main.cjs'));
    expect(await readdir(join(folder, 'moved/lazy'))).toEqual(['image-size.cjs']);
    const code = 'require(process.argv[1]).load().then(console.log)';
    const moved = spawnSync(process.execPath, ['-e', code, join(folder, 'moved/main.cjs')], { encoding: 'utf8' });
    expect(moved.stdout.trim()).toBe('function');
  });

  it('puts a thread beside the bundle that starts it, with what it reads, and the built thread draws a page', async () => {
    const work = await mkdtemp(join(PROJECT, '.local/thread-'));
    const entry = join(work, 'entry.ts');
    await writeFile(
      entry,
      `import '@azure/functions-extensions-base';
       export { createPdfReader } from ${JSON.stringify(join(PROJECT, 'shared/documents/pdf/pdfReader.ts'))};`,
    );
    await buildApp({ entry, outfile: join(work, 'dist/main.cjs') });
    await rename(join(work, 'dist'), join(folder, 'threads'));
    await rm(work, { recursive: true });
    expect((await readdir(join(folder, 'threads/lazy'))).sort()).toEqual(['pdfThread.cjs', 'pdfium.wasm']);
    await writeFile(join(folder, 'page.pdf'), ONE_BLACK_PAGE);
    const code = `const reader = require(process.argv[1]).createPdfReader();
      const load = async () => require('node:fs').readFileSync(process.argv[2]);
      reader.draw({ key: 'page', load }, 0, { width: 2, height: 1 }).then(({ rgb }) => console.log(...rgb));`;
    const run = spawnSync(process.execPath, ['-e', code, join(folder, 'threads/main.cjs'), join(folder, 'page.pdf')], {
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    expect(run.stdout.trim()).toBe('0 0 0 0 0 0');
  });

  it('refuses HEIC where its decoder was left out, with what to do instead', async () => {
    const work = await mkdtemp(join(PROJECT, '.local/heic-'));
    const entry = join(work, 'entry.ts');
    await writeFile(
      entry,
      `import '@azure/functions-extensions-base';
       export * from ${JSON.stringify(join(PROJECT, 'shared/image/lookAtImage.ts'))};`,
    );
    await buildApp({ entry, outfile: join(work, 'dist/main.cjs') });
    await rename(join(work, 'dist'), join(folder, 'heic'));
    await rm(work, { recursive: true });
    await writeFile(join(folder, 'marked.heic'), await drawMarkedHeic());
    const code = `const { lookAtImage, bytesInHand } = require(process.argv[1]);
      const bytes = bytesInHand(require('node:fs').readFileSync(process.argv[2]));
      lookAtImage(bytes, { maxBytes: 1e6, maxPixels: 1e6 }).catch(({ code, detail }) => console.log(code, detail));`;
    const run = spawnSync(process.execPath, ['-e', code, join(folder, 'heic/main.cjs'), join(folder, 'marked.heic')], {
      encoding: 'utf8',
    });
    expect(run.stdout.trim()).toBe(
      'unsupported-format The file is a HEIC picture, which is not supported here; convert it to JPEG (iPhone: Settings, Camera, Formats, Most Compatible).',
    );
  });

  it('takes one language of zod into the bundle, and sentences stay as they are', async () => {
    const work = await mkdtemp(join(PROJECT, '.local/zod-'));
    const entry = join(work, 'entry.ts');
    await writeFile(
      entry,
      `import '@azure/functions-extensions-base';
       import { z } from 'zod';
       export const said = z.string().safeParse(5).error.issues[0].message;`,
    );
    const { outfile } = await buildApp({ entry, outfile: join(folder, 'zod/main.cjs') });
    await rm(work, { recursive: true });
    const code = 'console.log(require(process.argv[1]).said)';
    const { stdout } = spawnSync(process.execPath, ['-e', code, outfile], { encoding: 'utf8' });
    expect(stdout.trim()).toBe('Invalid input: expected string, received number');
    expect(await readFile(outfile, 'utf8')).not.toContain('Eingabe');
  });

  it('refuses a bundle without the one copy of the registry that the library looks into', async () => {
    const entry = join(folder, 'nothing.ts');
    await writeFile(entry, 'console.log(1);');
    await expect(buildApp({ entry, outfile: join(folder, 'nothing/main.cjs') })).rejects.toThrow(
      'The bundle holds 0 files of @azure/functions-extensions-base (none); it must hold one.',
    );
  });
});

describe('the app', () => {
  const settings = {
    IMAGES_STORAGE: 'UseDevelopmentStorage=true',
    VISION_DEPLOYMENTS: JSON.stringify([
      {
        ...{ name: 'eye', endpoint: 'https://eye.openai.azure.com', region: 'swedencentral' },
        ...{ model: 'gpt-4', version: 'vision-preview', sku: 'Standard', tokensPerMinute: 10_000 },
      },
    ]),
  };

  it('registers under plain Node, and warns of a model that is retired', async () => {
    // Within the project, where sharp is found, which no bundle holds.
    const { outfile } = await buildApp({ outfile: join(PROJECT, '.local/build-test/main.cjs') });
    const warning = 'gpt-4@vision-preview is retired: choose a newer model for anything new.';
    const names = register(outfile, settings, warning);
    expect(names).toEqual(expect.arrayContaining(['onImageUploaded', 'onAnalysisDue', 'health']));
  });
});
