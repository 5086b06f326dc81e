import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

const START = join(import.meta.dirname, '../../../local/start/start.ts');

export interface StartedProcess {
  readonly output: () => string;
  /** Settles with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  /** Settles when the output holds this. */
  readonly says: (text: string) => Promise<void>;
  /** What Ctrl-C does in a terminal: the signal goes to the whole process group. */
  readonly pressCtrlC: () => void;
  /** Ids of all processes below it. */
  readonly descendants: () => readonly number[];
}

/** `npm start -- WORDS` without npm around it, in a process group of its own as in a terminal. */
export function start(...words: readonly string[]): StartedProcess {
  const child = spawn(process.execPath, [START, ...words], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const id = child.pid ?? 0;
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<number | string>((settle) => {
    child.once('close', (code, signal) => settle(code ?? signal ?? 'unknown'));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    output: () => output,
    ended,
    says: async (text) => {
      await vi.waitUntil(
        () => {
          if (child.exitCode !== null) throw new Error(`It ended before it said "${text}":\n${output}`);
          return output.includes(text);
        },
        { timeout: 150_000, interval: 50 },
      );
    },
    pressCtrlC: () => process.kill(-id, 'SIGINT'),
    descendants: () => descendantsOf(id),
  };
}

/** Runs it to its end. */
export async function run(
  ...words: readonly string[]
): Promise<{ readonly code: number | string; readonly output: string }> {
  const started = start(...words);
  const code = await started.ended;
  return { code, output: started.output() };
}

export function isAlive(processId: number): boolean {
  try {
    // A process that nobody has waited for yet is over all the same.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${processId}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function descendantsOf(ancestor: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${entry}/status`, 'utf8'))?.[1];
      if (parent !== undefined) parents.set(Number(entry), Number(parent));
    } catch {
      // It ended while the list was read.
    }
  }
  const found = [ancestor];
  for (const one of found) for (const [child, parent] of parents) if (parent === one) found.push(child);
  return found.slice(1);
}
