import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildApp } from './build.ts';
import { type LocalCloud, startCloud } from './cloud.ts';
import { curlLines } from './curlLines.ts';
import { dropFiles } from './dropFiles.ts';
import { findImages, readDeploymentsFile, readSamples, type Sample } from './findImages.ts';
import { followAnalyses } from './followAnalyses.ts';
import { resultTable } from './resultTable.ts';

/**
 * `npm start [-- FOLDER] [--once] [--port N] [--data DIR] [--fresh] [--deployments FILE] [--enforce-keys]`
 *
 * Brings up the local cloud, drops a folder's images into it, shows what becomes of them, and goes on serving HTTP.
 */
const PROJECT_FOLDER = resolve(import.meta.dirname, '..');
const SAMPLES_FOLDER = join(import.meta.dirname, 'samples');

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      once: { type: 'boolean', default: false },
      port: { type: 'string', default: '7071' },
      data: { type: 'string', default: join(PROJECT_FOLDER, '.local', 'data') },
      fresh: { type: 'boolean', default: false },
      deployments: { type: 'string' },
      'enforce-keys': { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port ${values.port} is no port: a whole number from 0 to 65,535.`);
  }
  const folder = resolve(positionals[0] ?? SAMPLES_FOLDER);
  const samples = positionals[0] === undefined ? await readSamples(SAMPLES_FOLDER) : undefined;
  const files = samples ? samples.map(({ file }) => file) : await findImages(folder);
  const deployments = values.deployments === undefined ? undefined : await readDeploymentsFile(values.deployments);
  const dataFolder = resolve(values.data);
  if (values.fresh) await rm(dataFolder, { recursive: true, force: true });

  const { bytes } = await buildApp();
  console.log(`Built the app: one file of ${Math.round(bytes / 1024).toLocaleString('en-US')} KiB.`);
  const cloud = await startCloud({
    appFolder: PROJECT_FOLDER,
    port,
    dataFolder,
    ...(deployments === undefined ? {} : { deployments }),
    keys: values['enforce-keys'] ? 'enforced' : 'ignored',
    ...(values.verbose ? { onLine: (line: string) => console.log(line) } : {}),
  });
  const ended = endOnSignal(cloud);
  try {
    describeCloud(cloud, { dataFolder, hasOwnDeployments: deployments !== undefined });
    const dropped = await dropFiles({ folder, files, connectionString: cloud.connectionString });
    console.log(
      `${dropped.uploaded.length} of ${files.length} files are new and were dropped into the container images.`,
    );
    const rows = await followAnalyses({ cloud, names: files });
    console.log(`\n${resultTable(rows)}\n`);
    console.log('Results: in the container results, as <name>.<task>.json and .md:');
    for (const row of rows.filter(({ status }) => status === 'succeeded')) {
      console.log(`  results/${row.name}.${row.task}.json   results/${row.name}.${row.task}.md`);
    }
    const exitCode = verdict(rows, samples);
    if (values.once) {
      await cloud.stop();
      return exitCode;
    }
    console.log(curlLines(cloud, { folder, files, isEnforcingKeys: values['enforce-keys'] }));
    await ended;
    return 0;
  } catch (error) {
    await cloud.stop();
    throw error;
  }
}

function describeCloud(
  cloud: LocalCloud,
  facts: { readonly dataFolder: string; readonly hasOwnDeployments: boolean },
): void {
  console.log(`Serving ${cloud.host.url}/api, state in ${facts.dataFolder}.`);
  console.log(
    facts.hasOwnDeployments
      ? 'Model calls go to the deployments of your file.'
      : 'Model calls go to four emulated regions that read text by OCR; no model and no account is involved.',
  );
}

/** 0 only when no image failed and, for the samples, each ended as their list expects. */
function verdict(
  rows: readonly { readonly name: string; readonly status: string }[],
  samples: readonly Sample[] | undefined,
): number {
  const failed = rows.filter(({ status }) => status === 'failed');
  const unexpected = (samples ?? []).filter(
    (sample) => rows.find(({ name }) => name === sample.file)?.status !== sample.expects,
  );
  for (const { file, expects } of unexpected) console.error(`${file} should have ended ${expects}.`);
  return failed.length + unexpected.length === 0 ? 0 : 1;
}

/** Ends everything on Ctrl-C; settles when the host is gone. */
function endOnSignal(cloud: LocalCloud): Promise<void> {
  const end = (): void => {
    console.log('\nStopping.');
    void cloud.stop().then(() => process.exit(0));
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  return cloud.host.ended.then((code) => {
    if (!cloud.isStopping()) console.error(`The Functions host ended by itself (${code}).`);
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error((error as Error).message);
    process.exit(1);
  },
);
