import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom, type Unreliability } from '../storage/unreliably.ts';

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

const USAGE =
  'npm start -- takes [FOLDER] [--once] [--port N] [--data DIR] [--fresh] [--deployments FILE] [--enforce-keys] ' +
  '[--ingestion queue] [--duplicates] [--reorder] [--late] [--verbose]: docs/local.md says what each does.';

/**
 * The command line of `npm start`; `projectFolder` is where state lies unless `--data` says otherwise.
 *
 * @throws Error with a sentence for what it does not know or cannot use.
 */
export function readStartOptions(words: readonly string[], projectFolder: string): StartOptions {
  const { values, positionals } = parsed(words, projectFolder);
  const port = /^\d+$/.test(values.port) ? Number(values.port) : Number.NaN;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port ${values.port} is no port: a whole number from 0 to 65,535.`);
  }
  const { ingestion } = values;
  if (ingestion !== 'blob' && ingestion !== 'queue') {
    throw new Error(`--ingestion ${ingestion} is neither blob nor queue.`);
  }
  if (positionals.length > 1) {
    throw new Error(`One folder can be given; these are ${positionals.length}: ${positionals.join(', ')}.`);
  }
  return {
    folder: positionals[0] === undefined ? undefined : resolve(positionals[0]),
    isOnce: values.once,
    port,
    dataFolder: resolve(values.data),
    isFresh: values.fresh,
    deploymentsFile: values.deployments,
    isEnforcingKeys: values['enforce-keys'],
    isVerbose: values.verbose,
    ingestion,
    events: eventsOf(values),
  };
}

function parsed(words: readonly string[], projectFolder: string) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        once: { type: 'boolean', default: false },
        port: { type: 'string', default: '7071' },
        data: { type: 'string', default: join(projectFolder, '.local', 'data') },
        fresh: { type: 'boolean', default: false },
        deployments: { type: 'string' },
        'enforce-keys': { type: 'boolean', default: false },
        ingestion: { type: 'string', default: 'blob' },
        duplicates: { type: 'boolean', default: false },
        reorder: { type: 'boolean', default: false },
        late: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    // Its first sentence names the word; the others say how words are escaped.
    const [problem] = (error as Error).message.split('. ');
    throw new Error(`${problem}. ${USAGE}`, { cause: error });
  }
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
