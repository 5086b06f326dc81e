import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { commandLineOrExit } from '../process/commandLine.ts';
import { flag } from '../process/options.ts';
import { LAZY_FOLDER } from './build.ts';

/**
 * Assembles what is deployed: the bundle, the libraries that it loads later, the host's settings, `sharp` as Azure's Linux
 * needs it, the decoder of HEIC, and NOTICE with their licences. Nothing else.
 */

const ROOT = resolve(import.meta.dirname, '..', '..');

interface PackageOptions {
  /** Default: `dist/main.cjs`, as `npm run build` leaves it, with `lazy/` beside it. */
  readonly bundle?: string;
  /** Default: `dist/app`. Emptied first. */
  readonly folder?: string;
  /** Leaves out the decoder of HEIC, which is under the LGPL; such files then end `unsupported-format`. */
  readonly withoutHeic?: boolean;
}

export interface PackagedApp {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
}

interface LockedPackage {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

type LockedPackages = Readonly<Record<string, LockedPackage>>;

/**
 * The deployment artefact as a folder. What is not bundled comes in the versions of this project's lock file, for Linux on x64 with
 * glibc, whatever machine this runs on.
 *
 * @throws {Error} when there is no bundle, or npm cannot install
 */
export async function packageApp(options: PackageOptions = {}): Promise<PackagedApp> {
  const bundle = resolve(ROOT, options.bundle ?? 'dist/main.cjs');
  const folder = resolve(ROOT, options.folder ?? 'dist/app');
  await stat(bundle).catch((error: unknown) => {
    throw new Error(`There is no bundle at ${relative(ROOT, bundle)}; run \`npm run build\` first.`, { cause: error });
  });
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'dist'), { recursive: true });
  await cp(bundle, join(folder, 'dist', 'main.cjs'));
  await cp(join(dirname(bundle), LAZY_FOLDER), join(folder, 'dist', LAZY_FOLDER), { recursive: true });
  await cp(join(ROOT, 'host.json'), join(folder, 'host.json'));
  await cp(join(ROOT, 'NOTICE'), join(folder, 'NOTICE'));
  await installUnbundled(folder, options.withoutHeic ? [SHARP] : [SHARP, LIBHEIF]);
  return { folder, ...(await sizeOf(folder)) };
}

/** It has native code. */
const SHARP = 'sharp';
/** It can be replaced or left out, as the LGPL asks. */
const LIBHEIF = 'libheif-js';
/** Other builds of the same, for browsers. */
const LIBHEIF_UNUSED = [
  'libheif',
  'libheif-wasm/libheif-bundle.js',
  'libheif-wasm/libheif-bundle.mjs',
  'libheif-wasm/libheif.d.ts',
];

async function installUnbundled(folder: string, names: readonly string[]): Promise<void> {
  const project = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
  const { name, version } = project;
  const all = { ...project.dependencies, ...project.optionalDependencies };
  const dependencies = Object.fromEntries(names.map((each) => [each, all[each]]));
  const packages = { '': { name, version, dependencies }, ...lockedWith(lock.packages, names) };
  const manifest = { name, version, private: true, main: 'dist/main.cjs', dependencies };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ ...lock, packages }));
  const platform = ['--os=linux', '--cpu=x64', '--libc=glibc'];
  // sharp's install script only looks for a libvips to build against; its binaries are packages.
  execFileSync('npm', ['ci', ...platform, '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  const unused = LIBHEIF_UNUSED.map((file) => `node_modules/${LIBHEIF}/${file}`);
  for (const left of ['package-lock.json', 'node_modules/.package-lock.json', 'node_modules/.bin', ...unused]) {
    await rm(join(folder, left), { recursive: true, force: true });
  }
}

/** The lock file's entries of packages and of everything that they need. */
function lockedWith(packages: LockedPackages, names: readonly string[]): LockedPackages {
  const wanted = new Map<string, LockedPackage>();
  const add = (needed: string): void => {
    const place = `node_modules/${needed}`;
    const locked = packages[place];
    if (!locked || wanted.has(place)) return;
    // Here it is wanted: npm would leave out silently what it cannot install.
    const { optional: _, ...entry } = locked as LockedPackage & { optional?: boolean };
    wanted.set(place, names.includes(needed) ? entry : locked);
    for (const next of Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })) add(next);
  };
  for (const name of names) add(name);
  return Object.fromEntries(wanted);
}

async function sizeOf(folder: string): Promise<{ readonly files: number; readonly bytes: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))));
  return { files: files.length, bytes: sizes.reduce((sum, { size }) => sum + size, 0) };
}

if (import.meta.main) {
  const { values } = commandLineOrExit({
    name: 'npm run package',
    does: `Puts what is deployed into dist/app: the bundle as \`npm run build\` leaves it, host.json, NOTICE, and sharp for
Linux on x64 and the decoder of HEIC from the versions of the lock file.`,
    options: { 'without-heic': flag('without the decoder of HEIC, which is under the LGPL') },
  });
  try {
    const { folder, files, bytes } = await packageApp({ withoutHeic: values['without-heic'] });
    console.log(`${relative(process.cwd(), folder)}  ${files} files, ${(bytes / 1024 / 1024).toFixed(1)} MiB`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
