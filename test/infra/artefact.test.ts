import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../local/make/build.ts';
import { noticeText } from '../../local/make/generateNotice.ts';
import { type PackagedApp, packageApp } from '../../local/make/packageApp.ts';
import { drawMarkedHeic } from '../image/drawnImages.ts';
import { ROOT } from './compile.ts';
import { deployedSettings } from './snapshot.ts';

const folder = mkdtempSync(join(tmpdir(), 'argus-artefact-'));
let packaged: PackagedApp;
let bundle: string;

beforeAll(async () => {
  const { outfile } = await buildApp({ outfile: join(folder, 'built', 'main.cjs') });
  bundle = outfile;
  packaged = await packageApp({ bundle: outfile, folder: join(folder, 'app') });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inApp = (place: string): readonly string[] => readdirSync(join(packaged.folder, place)).sort();
const manifestOf = (place: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(packaged.folder, place), 'utf8'));

describe('packageApp', () => {
  it("holds the bundle, what it loads later, the host's settings, a manifest, the licences, the packages of sharp for Azure's Linux and the decoder of HEIC, nothing else", () => {
    expect(inApp('.')).toEqual(['NOTICE', 'dist', 'host.json', 'node_modules', 'package.json']);
    expect(inApp('dist')).toEqual(['lazy', 'main.cjs']);
    expect(inApp('dist/lazy').filter((name) => !/\.(?:cjs|wasm)$/.test(name))).toEqual([]);
    expect(inApp('node_modules')).toEqual(['@img', 'detect-libc', 'libheif-js', 'semver', 'sharp']);
    expect(inApp('node_modules/@img')).toEqual(['colour', 'sharp-libvips-linux-x64', 'sharp-linux-x64']);
  });

  it.each(['sharp', 'libheif-js'])('names %s exactly, in the version of the lock file', (name) => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    const wanted = packages[`node_modules/${name}`].version;
    expect(manifestOf('package.json')).toMatchObject({ main: 'dist/main.cjs', dependencies: { [name]: wanted } });
    expect(manifestOf(`node_modules/${name}/package.json`)).toMatchObject({ version: wanted });
  });

  it('leaves out of the decoder of HEIC what other systems need, and ships its licence', () => {
    expect(inApp('node_modules/libheif-js')).toEqual(
      expect.arrayContaining(['LICENSE', 'libheif-wasm', 'package.json']),
    );
    expect(inApp('node_modules/libheif-js')).not.toContain('libheif');
    expect(inApp('node_modules/libheif-js/libheif-wasm')).toEqual(['LICENSE', 'libheif.js', 'libheif.wasm']);
  });

  it('can be made without the decoder of HEIC', async () => {
    const without = await packageApp({ bundle, folder: join(folder, 'without'), withoutHeic: true });
    expect(readdirSync(join(without.folder, 'node_modules')).sort()).toEqual([
      '@img',
      'detect-libc',
      'semver',
      'sharp',
    ]);
    const { dependencies } = JSON.parse(readFileSync(join(without.folder, 'package.json'), 'utf8'));
    expect(Object.keys(dependencies)).toEqual(['sharp']);
  });

  it('names in NOTICE every package that it holds, with its version and licence', async () => {
    expect(readFileSync(join(packaged.folder, 'NOTICE'), 'utf8')).toBe(await noticeText());
  });

  it('is small: under 35 MiB before compression, and as large as docs/deploy.md says', () => {
    const mebibytes = packaged.bytes / 1024 / 1024;
    expect(mebibytes).toBeLessThan(35);
    const stated = /(\d+) files, ([\d.]+) MiB/.exec(readFileSync(join(ROOT, 'docs/deploy.md'), 'utf8'));
    expect(packaged.files).toBe(Number(stated?.[1]));
    expect(Math.abs(mebibytes - Number(stated?.[2]))).toBeLessThan(0.5);
  });

  it('loads with the settings that the template gives and registers its functions, with nothing of the project beside it', () => {
    const run = spawnSync('node', ['-e', 'require("./dist/main.cjs")'], {
      cwd: packaged.folder,
      env: { PATH: process.env.PATH, ...deployedSettings('infra/main.bicepparam') },
      encoding: 'utf8',
    });
    expect(run.status, run.stderr).toBe(0);
    // Outside the host the library names each function that it would have registered.
    const functions = [...run.stderr.matchAll(/register function "(\w+)"/g)].map(([, name]) => name);
    expect(functions).toEqual(
      expect.arrayContaining(['onImageUploaded', 'onAnalysisDue', 'onTimer', 'analyze', 'health']),
    );
  });

  it('holds every library that the bundle loads when it is first needed, and each of them loads', () => {
    const bundle = readFileSync(join(packaged.folder, 'dist/main.cjs'), 'utf8');
    const named = new Set([...bundle.matchAll(/["'`](\.\/lazy\/[\w.-]+\.cjs)["'`]/g)].map(([, file = '']) => file));
    expect([...named]).toEqual(
      expect.arrayContaining([
        './lazy/azure-identity.cjs',
        './lazy/azure-data-tables.cjs',
        './lazy/azure-storage-blob.cjs',
      ]),
    );
    const libraries = inApp('dist/lazy').filter((file) => file.endsWith('.cjs') && !file.endsWith('Thread.cjs'));
    expect(libraries.map((file) => `./lazy/${file}`)).toEqual([...named].sort());
    const script = `for (const file of ${JSON.stringify([...named])}) require(require("node:path").resolve("dist", file));`;
    const run = spawnSync('node', ['-e', script], { cwd: packaged.folder, encoding: 'utf8' });
    expect(run.status, run.stderr).toBe(0);
  });

  it('holds every thread that the bundle starts', () => {
    const bundle = readFileSync(join(packaged.folder, 'dist/main.cjs'), 'utf8');
    const named = new Set([...bundle.matchAll(/["'`](\w+Thread)["'`]/g)].map(([, name]) => `${name}.cjs`));
    expect(inApp('dist/lazy').filter((file) => file.endsWith('Thread.cjs'))).toEqual([...named].sort());
  });

  it('decodes HEIC in the thread that it ships', async () => {
    const file = join(folder, 'marked.heic');
    writeFileSync(file, await drawMarkedHeic());
    const script = `const { Worker } = require('node:worker_threads');
      const worker = new Worker('./dist/lazy/heicThread.cjs', { workerData: { mostBytes: 2 ** 29 } });
      worker.once('message', ({ kind, tiff }) => { console.log(kind, tiff.length > 64 * 48 * 3); worker.terminate(); });
      worker.postMessage(new Uint8Array(require('node:fs').readFileSync(process.argv[1])));`;
    const run = spawnSync('node', ['-e', script, file], { cwd: packaged.folder, encoding: 'utf8' });
    expect(run.stdout.trim(), run.stderr).toBe('done true');
  });

  it.runIf(process.platform === 'linux' && process.arch === 'x64')('brings a sharp that runs', () => {
    const script =
      'require("sharp")({create:{width:2,height:1,channels:3,background:"red"}}).png().toBuffer().then((b)=>console.log(b.length))';
    const output = execFileSync('node', ['-e', script], { cwd: packaged.folder, encoding: 'utf8' });
    expect(Number(output)).toBeGreaterThan(60);
  });

  it('says what to do when there is no bundle', async () => {
    await expect(packageApp({ bundle: join(folder, 'nowhere.cjs'), folder: join(folder, 'none') })).rejects.toThrow(
      /^There is no bundle at .*nowhere\.cjs; run `npm run build` first\.$/,
    );
  });

  it('is what azd ships, as it is', () => {
    const azd = readFileSync(join(ROOT, 'azure.yaml'), 'utf8');
    expect(azd).toContain('dist: dist/app');
    expect(azd).toContain('remoteBuild: false');
    expect(azd).toContain('language: custom');
    // Written for the project's folder, it would take `functions/` out of the package semver as well.
    expect(existsSync(join(ROOT, '.funcignore'))).toBe(false);
    const service = /^services:\n {2}(\w+):/m.exec(azd)?.[1];
    const template = readFileSync(join(ROOT, 'infra/modules/functionApp.bicep'), 'utf8');
    expect(template).toContain(`'azd-service-name': '${service}'`);
  });
});
