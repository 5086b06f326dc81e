import { once } from 'node:events';
import { type TransferListItem, Worker } from 'node:worker_threads';
import { inTime } from './inTime.ts';

type Answered<Reply> =
  | { readonly kind: 'done'; readonly value: Reply }
  /** The time was over first. */
  | { readonly kind: 'late' }
  /** The thread ended without an answer: what was asked was more than it could bear. */
  | { readonly kind: 'died'; readonly cause: unknown };

/** A thread that answers one question at a time, each with one message. */
interface BoundedWorker<Ask, Reply> {
  /** Starts the thread if it does not run. After `late` and `died` it has ended. The caller waits for each answer before the next question. */
  readonly ask: (question: Ask, moved?: readonly TransferListItem[]) => Promise<Answered<Reply>>;
  /** Whether it has kept what it was asked before. */
  readonly isRunning: () => boolean;
  readonly end: () => Promise<void>;
}

interface WorkerStart {
  /** See `workerFile`. */
  readonly file: URL;
  /** Given to the thread as `workerData`. */
  readonly data: unknown;
  /** The longest that one answer may take. */
  readonly longestMs: number;
}

/**
 * Runs what may hang or die on hostile input in a thread, which the process survives. It starts with the first question.
 *
 * @example await createBoundedWorker<Ask, Reply>({ file, data, longestMs: 60_000 }).ask(question) // { kind: 'done', value: reply }
 */
export function createBoundedWorker<Ask, Reply>({ file, data, longestMs }: WorkerStart): BoundedWorker<Ask, Reply> {
  let running: Worker | undefined;

  function start(): Worker {
    const worker = new Worker(file, { workerData: data });
    // Nothing waits for it when the process is to end.
    worker.unref();
    // A thread that dies between two questions ends nothing but itself.
    worker.on('error', () => forget(worker));
    worker.on('exit', () => forget(worker));
    return worker;
  }

  function forget(worker: Worker): void {
    if (running === worker) running = undefined;
  }

  async function end(): Promise<void> {
    const worker = running;
    running = undefined;
    await worker?.terminate();
  }

  return {
    ask: async (question, moved = []) => {
      running ??= start();
      const worker = running;
      const answered = await inTime(
        (stop) => {
          worker.postMessage(question, moved);
          return nextMessage<Reply>(worker, stop);
        },
        { waitMs: longestMs },
      ).catch((cause: unknown) => ({ kind: 'died', cause }) as const);
      if (answered.kind === 'done') return answered;
      await end();
      return answered.kind === 'died' ? answered : { kind: 'late' };
    },
    isRunning: () => running !== undefined,
    end,
  };
}

/** @throws what the thread ended with */
async function nextMessage<Reply>(worker: Worker, stop: AbortSignal): Promise<Reply> {
  const done = new AbortController();
  const signal = AbortSignal.any([stop, done.signal]);
  const ended = once(worker, 'exit', { signal }).then(([code]) => {
    throw new Error(`The thread ended with code ${code}.`);
  });
  try {
    const [reply] = await Promise.race([once(worker, 'message', { signal }), ended]);
    return reply as Reply;
  } finally {
    done.abort();
  }
}

/**
 * The file of a thread: beside the file that starts it in the project, in `lazy/` beside the bundle.
 *
 * @param starter `import.meta.url` of the file that starts it
 * @example workerFile('file:///app/shared/documents/pdf/pdfReader.ts', 'pdfThread').href // 'file:///app/shared/documents/pdf/pdfThread.ts'
 * @example workerFile('file:///app/dist/main.cjs', 'pdfThread').href // 'file:///app/dist/lazy/pdfThread.cjs'
 */
export function workerFile(starter: string, name: string): URL {
  return new URL(starter.endsWith('.ts') ? `./${name}.ts` : `./lazy/${name}.cjs`, starter);
}
