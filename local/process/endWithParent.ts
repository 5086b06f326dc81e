/**
 * Preloaded into every child process (`node --import`): a child whose parent is gone, however it went, ends as well.
 * The parent holds the other end of the child's standard input; the kernel closes it even when the parent is killed.
 */
process.stdin
  .on('error', () => undefined)
  .once('close', end)
  .resume();
// Waiting for the parent is no reason to stay alive.
if ('unref' in process.stdin) process.stdin.unref();

function end(): void {
  // Not exit(): a program that listens for the signal finishes its work first.
  process.kill(process.pid, 'SIGTERM');
}
