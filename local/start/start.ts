import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeAppFolder } from '../cloud/makeAppFolder.ts';
import { type LocalCloud, startCloud } from '../cloud/startCloud.ts';
import { assertPortFree } from '../process/assertPortFree.ts';
import { commandLineOrExit } from '../process/commandLine.ts';
import { curlLines } from './curlLines.ts';
import { dropFiles } from './dropFiles.ts';
import { findImages, readSamples, type Sample } from './findImages.ts';
import { analysedNames, type FollowedAnalysis, followAnalyses } from './followAnalyses.ts';
import { holdDataFolder } from './holdDataFolder.ts';
import { readDeploymentsFile } from './readDeploymentsFile.ts';
import { printable, resultTable, warningLines } from './resultTable.ts';
import { START_COMMAND, type StartOptions, startOptions } from './startOptions.ts';

const PROJECT_FOLDER = resolve(import.meta.dirname, '..', '..');
const SAMPLES_FOLDER = join(PROJECT_FOLDER, 'local', 'samples');
/** How wide the table is where no terminal says how wide it is; some say 0. */
const COLUMNS_OF_A_FILE = 140;
/** What a shell reports for a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

async function main(): Promise<number> {
  const options = startOptions(commandLineOrExit(START_COMMAND), PROJECT_FOLDER);
  const samples = options.folder === undefined ? await readSamples(SAMPLES_FOLDER) : undefined;
  const folder = options.folder ?? SAMPLES_FOLDER;
  const files = samples ? samples.map(({ file }) => file) : await findImages(folder);
  const { deploymentsFile } = options;
  const deployments =
    deploymentsFile === undefined ? undefined : await readDeploymentsFile(deploymentsFile, process.env);
  await assertPortFree(options.port);
  const release = await holdDataFolder(options.dataFolder, { state: options.isFresh ? 'fresh' : 'kept' });
  try {
    return await serve({ options, folder, files, samples, deployments });
  } finally {
    await release();
  }
}

interface Work {
  readonly options: StartOptions;
  readonly folder: string;
  readonly files: readonly string[];
  readonly samples: readonly Sample[] | undefined;
  readonly deployments: string | undefined;
}

async function serve(work: Work): Promise<number> {
  const { options, deployments } = work;
  const app = await makeAppFolder(PROJECT_FOLDER);
  try {
    console.log(`Built the app: one file of ${Math.round(app.bytes / 1024).toLocaleString('en-US')} KiB.`);
    const cloud = await startCloud({
      appFolder: app.folder,
      port: options.port,
      dataFolder: options.dataFolder,
      ...(deployments === undefined ? {} : { deployments }),
      keys: options.isEnforcingKeys ? 'enforced' : 'ignored',
      ingestion: options.ingestion,
      ...(options.events && { events: options.events }),
      ...(options.isVerbose ? { onLine: (line: string) => console.log(line) } : {}),
    });
    let isServing = false;
    const interrupted = signalled().then(async () => {
      console.log('\nStopping.');
      await cloud.stop();
      return isServing ? 0 : INTERRUPTED;
    });
    const died = cloud.host.ended.then((code) => {
      if (cloud.isStopping()) return interrupted;
      throw new Error(`The Functions host ended by itself (${code}).`);
    });
    const analysed = analyseFolder(work, cloud).then(
      (exitCode) => {
        isServing = !options.isOnce;
        return options.isOnce ? exitCode : Promise.race([interrupted, died]);
      },
      // What is under way when everything stops fails, and says nothing new; when the host dies, that is the reason.
      (error: unknown) =>
        cloud.isStopping()
          ? interrupted
          : Promise.race([died, sleep(DEATH_NOTICED_MS).then(() => Promise.reject(error))]),
    );
    try {
      return await Promise.race([analysed, interrupted, died]);
    } finally {
      await cloud.stop();
    }
  } finally {
    await app.remove();
  }
}

/** A process that is gone is noticed a moment after its connections are. */
const DEATH_NOTICED_MS = 2000;

/** Drops the files, waits until each has ended, and says what became of them. @returns the exit code for `--once`. */
async function analyseFolder(work: Work, cloud: LocalCloud): Promise<number> {
  const { options, folder, files, samples } = work;
  describeCloud(work, cloud);
  const { connectionString } = cloud;
  const analysed = await analysedNames(cloud, files);
  const { uploaded, unreadable } = await dropFiles({ folder, files, analysed, connectionString });
  console.log(`${uploaded.size} of ${files.length} files are new and were dropped into the container images.`);
  const names = files.filter((file) => !unreadable.includes(file));
  const rows = await followAnalyses({ cloud, names, uploaded });
  console.log(`\n${resultTable(rows, process.stdout.columns || COLUMNS_OF_A_FILE)}\n`);
  for (const line of warningLines(rows)) console.log(line);
  for (const { name, firstLine } of rows.filter(({ status }) => status === 'rejected')) {
    console.log(printable(`${name} was rejected: ${firstLine}`));
  }
  const succeeded = rows.filter(({ status }) => status === 'succeeded');
  if (succeeded.length > 0) {
    const readAll = options.isOnce ? '' : ` (GET ${cloud.host.url}/api/results streams them all)`;
    console.log(`Results: in the container results${readAll}, as <name>.<task>.json and .md:`);
  }
  for (const { name, task } of succeeded) {
    console.log(printable(`  results/${name}.${task}.json   results/${name}.${task}.md`));
  }
  if (!options.isOnce) {
    const shown = succeeded.find(({ pages }) => !pages) ?? succeeded[0] ?? rows[0];
    const picture = join(folder, shown?.name ?? files[0] ?? '');
    console.log(curlLines(cloud, { picture, isEnforcingKeys: options.isEnforcingKeys }));
  }
  return unreadable.length === 0 ? verdict(rows, samples) : 1;
}

function describeCloud({ options, deployments }: Work, cloud: LocalCloud): void {
  console.log(`Serving ${cloud.host.url}/api, state in ${options.dataFolder}.`);
  console.log(
    deployments === undefined
      ? 'Model calls go to four emulated regions that read text by OCR; no model and no account is involved.'
      : 'Model calls go to the deployments of your file.',
  );
  if (options.isOnce) return;
  for (const { name, control } of cloud.regions?.all ?? []) console.log(`Steer ${name}: ${control} (docs/local.md)`);
}

/** 0 only when no image failed and, for the samples, each ended as their list expects. */
function verdict(rows: readonly FollowedAnalysis[], samples: readonly Sample[] | undefined): number {
  const failed = rows.filter(({ status }) => status === 'failed');
  const unexpected = (samples ?? []).filter(
    (sample) => rows.find(({ name }) => name === sample.file)?.status !== sample.expects,
  );
  for (const { file, expects } of unexpected) console.error(`${file} should have ended ${expects}.`);
  return failed.length + unexpected.length === 0 ? 0 : 1;
}

/** Settles at the first Ctrl-C or SIGTERM; the next one ends the process in the usual way. */
function signalled(): Promise<void> {
  return new Promise((settle) => {
    process.once('SIGINT', () => settle()).once('SIGTERM', () => settle());
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error((error as Error).message);
    process.exit(1);
  },
);
