import { globSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { build, type BuildOptions as EsbuildOptions, type Plugin } from 'esbuild';
import { commandLineOrExit } from '../process/commandLine.ts';

const PROJECT_FOLDER = resolve(import.meta.dirname, '..', '..');
const SINGLETON_PACKAGE = '@azure/functions-extensions-base';

/** Beside the bundle: the libraries that it loads when they are first needed, and the threads that it starts. */
export const LAZY_FOLDER = 'lazy';

export const BUNDLING = {
  absWorkingDir: PROJECT_FOLDER,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  minify: true,
  // A stack trace of an error at load quotes the line; without a limit that is the whole bundle.
  lineLimit: 400,
  // The first is a virtual module of the Functions worker; the second has native code.
  external: ['@azure/functions-core', 'sharp'] as string[],
  // `import.meta.url` is undefined in CommonJS.
  banner: { js: 'const __importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  define: { 'import.meta.url': '__importMetaUrl' },
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
} as const satisfies EsbuildOptions;

/** Loaded late, but not from a file of its own: it is not bundled at all. */
const NOT_BUNDLED = 'sharp';

/** What runs in a thread of its own; `workerFile` of shared/concurrency names it. */
export const THREADS = 'shared/**/*Thread.ts';

/** What a library reads from beside the file that it is bundled into. */
const READ_BESIDE: Readonly<Record<string, string>> = { '@hyzyla/pdfium': '@hyzyla/pdfium/pdfium.wasm' };

interface BuildOptions {
  /** The file that imports every function. Default: `functions/main.ts` of this project. */
  readonly entry?: string;
  /** Default: `dist/main.cjs` of this project. Its folder is emptied first, for `main` in package.json is a glob. */
  readonly outfile?: string;
}

interface BuiltApp {
  readonly outfile: string;
  readonly bytes: number;
  /** The packages that are bundled, as folders of this project: `node_modules/zod`. */
  readonly packages: readonly string[];
}

/**
 * Bundles the app into one minified CommonJS file with its source map beside it, and the large libraries that it loads
 * when they are first needed into files of their own in `lazy/`: Node reads through a whole file before it runs the first
 * line of it, and of 6 MiB that costs a cold start more than everything that registration does. Threads lie there too.
 *
 * CommonJS, because `@azure/functions` is CommonJS and dies in an ESM bundle ("Dynamic require of util is not supported").
 * The map is for reading stack traces (`node --enable-source-maps`); it is not deployed, since loading it
 * would cost more at a cold start than the bundle itself.
 *
 * @throws Error when the bundle holds `@azure/functions-extensions-base` twice: the library would then not see what the
 * app registers, for the registry is a singleton per copy.
 */
export async function buildApp(options: BuildOptions = {}): Promise<BuiltApp> {
  const entry = resolve(PROJECT_FOLDER, options.entry ?? 'functions/main.ts');
  const outfile = resolve(PROJECT_FOLDER, options.outfile ?? 'dist/main.cjs');
  await rm(dirname(outfile), { recursive: true, force: true });
  const loadedLate = new Set<string>();
  const { metafile } = await build({
    ...BUNDLING,
    entryPoints: [entry],
    outfile,
    sourcemap: 'linked',
    sourcesContent: false,
    plugins: [setApart(loadedLate), oneLanguage],
    // Its ESM file exports only `default`, and would be a second copy beside the one that @azure/functions requires.
    alias: { [SINGLETON_PACKAGE]: createRequire(import.meta.url).resolve(SINGLETON_PACKAGE) },
  });
  const lazyFiles = {
    ...Object.fromEntries([...loadedLate].map((name) => [lazyFile(name), name])),
    ...threadsOf(Object.keys(metafile.inputs)),
  };
  const lazyInputs = await buildLazyFiles(lazyFiles, join(dirname(outfile), LAZY_FOLDER));
  assertOneCopy(Object.keys(metafile.inputs));
  assertApart(Object.keys(metafile.inputs), loadedLate);
  const output = Object.values(metafile.outputs).find((file) => file.entryPoint !== undefined);
  if (output === undefined) throw new Error(`esbuild wrote no ${outfile}.`);
  return { outfile, bytes: output.bytes, packages: packagesOf([...Object.keys(metafile.inputs), ...lazyInputs]) };
}

/** The threads by their names, each started by a file of the bundle that lies beside it. */
function threadsOf(inputs: readonly string[]): Readonly<Record<string, string>> {
  const folders = new Set(inputs.map((input) => dirname(input)));
  const threads = globSync(THREADS, { cwd: PROJECT_FOLDER }).map((file) => file.replaceAll('\\', '/'));
  return Object.fromEntries(
    threads.filter((file) => folders.has(dirname(file))).map((file) => [basename(file, '.ts'), `./${file}`]),
  );
}

/** @returns the files that went into them */
async function buildLazyFiles(
  entryPoints: Readonly<Record<string, string>>,
  outdir: string,
): Promise<readonly string[]> {
  if (Object.keys(entryPoints).length === 0) return [];
  const { metafile } = await build({ ...BUNDLING, entryPoints, outdir, outExtension: { '.js': '.cjs' } });
  const { resolve: find } = createRequire(import.meta.url);
  for (const [library, file] of Object.entries(READ_BESIDE)) {
    const isBundled = Object.keys(metafile.inputs).some((input) => input.includes(`node_modules/${library}/`));
    if (isBundled) await copyFile(find(file), join(outdir, basename(file)));
  }
  return Object.keys(metafile.inputs);
}

export function packagesOf(inputs: readonly string[]): readonly string[] {
  const folders = inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

function assertApart(inputs: readonly string[], names: ReadonlySet<string>): void {
  const twice = [...names].filter((name) => inputs.some((input) => input.includes(`node_modules/${name}/`)));
  if (twice.length > 0) {
    throw new Error(
      `${twice.join(', ')} would be in the bundle and apart: what one copy throws, the other does not know.`,
    );
  }
}

/** Leaves every library that is loaded by `await import()` out of the bundle, and notes its name. */
function setApart(names: Set<string>): Plugin {
  return {
    name: 'set apart what is loaded late',
    setup: ({ onResolve }) => {
      onResolve({ filter: /^(@[\w-]+\/)?[\w-]/ }, ({ path, kind }) => {
        if (kind !== 'dynamic-import' || path === NOT_BUNDLED || path.startsWith('node:')) return undefined;
        names.add(path);
        return { path: `./${LAZY_FOLDER}/${lazyFile(path)}.cjs`, external: true };
      });
    },
  };
}

/**
 * Every sentence of zod's in English only. Its index names all languages as one object, which esbuild cannot shake out
 * of the bundle: 260 KiB that every cold start would read through, for messages that are not used here.
 */
const oneLanguage: Plugin = {
  name: 'one language of zod',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
      contents: "export { default as en } from './en.js';",
      resolveDir: dirname(path),
    }));
  },
};

/** `@azure/storage-blob` is `azure-storage-blob`. */
function lazyFile(name: string): string {
  return name.replace('@', '').replaceAll('/', '-');
}

function assertOneCopy(inputs: readonly string[]): void {
  const files = inputs.filter((input) => input.includes(`node_modules/${SINGLETON_PACKAGE}/`));
  if (files.length !== 1) {
    throw new Error(
      `The bundle holds ${files.length} files of ${SINGLETON_PACKAGE} (${files.join(', ') || 'none'}); it must hold one.`,
    );
  }
}

if (import.meta.main) {
  commandLineOrExit({
    name: 'npm run build',
    does: 'Bundles the functions and what they import into dist/main.cjs, the libraries that are loaded later beside it.',
    options: {},
  });
  const built = await buildApp();
  console.log(
    `${relative(process.cwd(), built.outfile)}  ${Math.round(built.bytes / 1024).toLocaleString('en-US')} KiB`,
  );
}
