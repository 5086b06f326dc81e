import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildApp } from '../local/make/build.ts';
import { percentile, printFigure } from './figure.ts';

const PROJECT_FOLDER = resolve(import.meta.dirname, '..');
const RUNS = 15;

/** What the Functions worker gives to an app, as little of it as registration needs; prints when it is done. */
const MEASURE = `
const Module = require('node:module');
const load = Module.prototype.require;
let model; let count = 0;
class Disposable { static from() {} dispose() {} }
Module.prototype.require = function (id) {
  if (id !== '@azure/functions-core') return load.apply(this, arguments);
  return { version: '1', hostVersion: '4', Disposable, log() {}, registerHook: () => new Disposable(),
    registerFunction: () => { count++; return new Disposable(); },
    setProgrammingModel: (given) => { model = given; }, getProgrammingModel: () => model };
};
const startedAt = performance.now();
require(process.argv[2]);
console.log(JSON.stringify({ ms: performance.now() - startedAt, count }));
process.exit(0);
`;

const SETTINGS = {
  VISION_DEPLOYMENTS: JSON.stringify([
    {
      name: 'only',
      endpoint: 'https://only.openai.azure.com',
      region: 'swedencentral',
      model: 'gpt-4',
      version: 'vision-preview',
      sku: 'Standard',
      tokensPerMinute: 10_000,
    },
  ]),
  IMAGES_STORAGE: 'UseDevelopmentStorage=true',
};

/** Bundle size, and milliseconds from loading it to the last function registered, against the library alone. */
export async function benchColdStart(): Promise<void> {
  // Inside the project, so that the bundle finds the one module that is not in it.
  const folder = mkdtempSync(join(tmpdir(), 'argus-bench-'));
  try {
    symlinkSync(join(PROJECT_FOLDER, 'node_modules'), join(folder, 'node_modules'));
    const measure = join(folder, 'measure.cjs');
    writeFileSync(measure, MEASURE);
    const libraryEntry = join(folder, 'library.ts');
    writeFileSync(
      libraryEntry,
      "import { app } from '@azure/functions';\napp.http('one', { handler: async () => ({}) });\n",
    );
    const library = await buildApp({ entry: libraryEntry, outfile: join(folder, 'library', 'main.cjs') });
    const app = await buildApp({ outfile: join(folder, 'app', 'main.cjs') });
    printFigure({
      figure: 'coldStart.bundleKiB',
      value: app.bytes / 1024,
      unit: 'KiB',
      baseline: { name: '@azure/functions alone', value: library.bytes / 1024 },
    });
    const times = { app: [] as number[], library: [] as number[], cached: [] as number[] };
    const cache = { NODE_COMPILE_CACHE: join(folder, 'cache') };
    run(measure, app.outfile, cache);
    for (let round = 0; round < RUNS; round++) {
      times.library.push(run(measure, library.outfile, {}));
      times.app.push(run(measure, app.outfile, {}));
      times.cached.push(run(measure, app.outfile, cache));
    }
    const baseline = { name: '@azure/functions alone', value: percentile(times.library, 0.5) };
    printFigure({ figure: 'coldStart.registered.p50', value: percentile(times.app, 0.5), unit: 'ms', baseline });
    printFigure({
      figure: 'coldStart.registeredWithCompileCache.p50',
      value: percentile(times.cached, 0.5),
      unit: 'ms',
      baseline,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(measure: string, bundle: string, environment: Readonly<Record<string, string>>): number {
  const output = execFileSync(process.execPath, [measure, bundle], {
    env: { ...process.env, ...SETTINGS, ...environment },
  });
  return (JSON.parse(output.toString()) as { ms: number }).ms;
}
