import { join, resolve } from 'node:path';
import type { Command, OptionValues } from '../process/commandLine.ts';
import { flag, oneOf, text, wholeNumber } from '../process/options.ts';
import { seededRandom } from '../seededRandom.ts';
import type { Unreliability } from '../storage/unreliably.ts';

export interface StartOptions {
  /** The user's own folder; undefined: the samples. */
  readonly folder: string | undefined;
  readonly isOnce: boolean;
  readonly port: number;
  readonly dataFolder: string;
  readonly isFresh: boolean;
  readonly deploymentsFile: string | undefined;
  readonly isEnforcingKeys: boolean;
  readonly isVerbose: boolean;
  readonly ingestion: 'blob' | 'queue';
  readonly events: Unreliability | undefined;
}

const LATE_MS = 5_000;
/** The same events come twice, late and overtaken in every run. */
const SEED = 7;

const OPTIONS = {
  once: flag('ends when every image has ended; exit code 0 only when each ended as it should'),
  port: wholeNumber('serves HTTP there; 0 takes any free port', { most: 65_535, fallback: 7071 }),
  data: text('DIR', "keeps the storage's state there (default: .local/data of the project)"),
  fresh: flag('forgets earlier runs: empties the folder of the state'),
  deployments: text(
    'FILE',
    'sends model calls to these deployments, not to the emulated regions: the JSON of VISION_DEPLOYMENTS',
  ),
  'enforce-keys': flag('requires function keys, as the platform does'),
  ingestion: oneOf(['blob', 'queue'], 'how events reach the app'),
  duplicates: flag('half of the events come twice'),
  reorder: flag('about half of the events are overtaken by the next one'),
  late: flag('every event arrives up to 5 s late'),
  verbose: flag('shows what storage and host write'),
};

export const START_COMMAND: Command<typeof OPTIONS> = {
  name: 'npm start',
  does: `Brings up the local cloud, drops the images of a folder into it, shows what becomes of them, and goes
on serving HTTP until Ctrl-C. docs/local.md says more.`,
  operands: {
    word: 'FOLDER',
    says: 'its images and those of folders below it (default: the samples)',
    least: 0,
    most: 1,
  },
  options: OPTIONS,
};

/** @param projectFolder where state lies unless `--data` says otherwise */
export function startOptions(
  { values, operands }: { readonly values: OptionValues<typeof OPTIONS>; readonly operands: readonly string[] },
  projectFolder: string,
): StartOptions {
  const [folder] = operands;
  return {
    folder: folder === undefined ? undefined : resolve(folder),
    isOnce: values.once,
    port: values.port,
    dataFolder: resolve(values.data ?? join(projectFolder, '.local', 'data')),
    isFresh: values.fresh,
    deploymentsFile: values.deployments,
    isEnforcingKeys: values['enforce-keys'],
    isVerbose: values.verbose,
    ingestion: values.ingestion,
    events: eventsOf(values),
  };
}

function eventsOf(asked: {
  readonly duplicates: boolean;
  readonly reorder: boolean;
  readonly late: boolean;
}): Unreliability | undefined {
  if (!asked.duplicates && !asked.reorder && !asked.late) return undefined;
  return {
    ...(asked.duplicates && { duplicateRate: 0.5 }),
    ...(asked.reorder && { reorder: 'some' }),
    ...(asked.late && { lateMs: LATE_MS }),
    random: seededRandom(SEED),
  };
}
