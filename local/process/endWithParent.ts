import { isMainThread } from 'node:worker_threads';

/**
 * Preloaded into every child process (`node --import`): a child whose parent is gone, however it went, ends as well.
 * The parent holds the other end of the child's standard input; the kernel closes it even when the parent is killed.
 * Its threads are preloaded too, and have a standard input of their own that is closed from the start.
 */
if (isMainThread) {
  process.stdin
    .on('error', () => undefined)
    .once('close', end)
    .resume();
  // Waiting for the parent is no reason to stay alive.
  if ('unref' in process.stdin) process.stdin.unref();
}

function end(): void {
  // Not exit(): a program that listens for the signal finishes its work first.
  process.kill(process.pid, 'SIGTERM');
}
