import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

interface ChildOptions<Ready> {
  /** What it is, for sentences: `Azurite`. */
  readonly name: string;
  /** The script that Node runs: `.js` or `.ts`. */
  readonly script: string;
  readonly arguments: readonly string[];
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Looks at one line of output; gives a value once the child is ready. */
  readonly readReady: (line: string) => Ready | undefined;
  readonly readyWithinMs: number;
  /** Every line that the child writes, to either stream, but those that `readReady` took. */
  readonly onLine?: (line: string) => void;
  /** How long it may take to end by itself before it is killed. */
  readonly endWithinMs: number;
}

interface Child<Ready> {
  readonly ready: Ready;
  readonly processId: number;
  /** Settles with the exit code (or the signal's name) when the process has ended, for whatever reason. */
  readonly ended: Promise<number | string>;
  /** Asks it to end, kills it after `endWithinMs`, and waits until it is gone. Safe to call twice. */
  stop(): Promise<void>;
  /** Kills it at once, as a crash would. */
  kill(): Promise<void>;
}

/**
 * Starts a Node program and waits until it says that it is ready. It never outlives this process (endWithParent.ts).
 *
 * @throws Error with the last lines that it wrote, when it ends or stays silent before it is ready.
 */
export async function startChild<Ready>(options: ChildOptions<Ready>): Promise<Child<Ready>> {
  const preload = pathToFileURL(join(import.meta.dirname, 'endWithParent.ts')).href;
  const child = spawn(process.execPath, ['--import', preload, options.script, ...options.arguments], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C in a terminal reaches the whole process group: the storage would be gone before the host has finished.
    detached: process.platform !== 'win32',
    env: { ...process.env, ...options.environment },
  });
  // A child that is gone closes the pipe; that is seen by `ended`.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<number | string>((settle) => {
    child.once('close', (code, signal) => settle(code ?? signal ?? 'unknown'));
    child.once('error', (error) => settle(error.message));
  });

  const lastLines: string[] = [];
  const ready = new Promise<Ready>((succeed, fail) => {
    const silent = setTimeout(
      () =>
        fail(new Error(`${options.name} did not start within ${options.readyWithinMs / 1000} s.${tail(lastLines)}`)),
      options.readyWithinMs,
    );
    const readLine = (line: string): void => {
      const value = options.readReady(line);
      if (value !== undefined) {
        clearTimeout(silent);
        succeed(value);
        return;
      }
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
      options.onLine?.(line);
    };
    createInterface({ input: child.stdout }).on('line', readLine);
    createInterface({ input: child.stderr }).on('line', readLine);
    void ended.then((code) => {
      clearTimeout(silent);
      fail(new Error(`${options.name} ended (${code}) before it was ready.${tail(lastLines)}`));
    });
  });

  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const stop = async (): Promise<void> => {
    child.stdin.end();
    const late = setTimeout(() => child.kill('SIGKILL'), options.endWithinMs);
    await ended;
    clearTimeout(late);
  };
  try {
    return { ready: await ready, processId: child.pid ?? 0, ended, stop, kill };
  } catch (error) {
    await kill();
    throw error;
  }
}

function tail(lines: readonly string[]): string {
  return lines.length === 0 ? '' : ` It wrote:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
