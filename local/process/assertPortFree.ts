import { createServer } from 'node:net';

/** @throws Error with a sentence when another program listens on this port of 127.0.0.1. */
export async function assertPortFree(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((succeed, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE' ? 'another program is using it' : `it cannot be listened on (${error.code})`;
      fail(new Error(`Port ${port} is not free: ${reason}. Choose another with --port N; 0 takes any.`));
    });
    server.listen(port, '127.0.0.1', succeed);
  });
  await new Promise((settle) => server.close(settle));
}

/** @throws Error with a line for each that is taken. */
export async function assertPortsFree(ports: readonly number[]): Promise<void> {
  const looked = await Promise.allSettled(ports.map(assertPortFree));
  const problems = looked.flatMap((port) => (port.status === 'rejected' ? [(port.reason as Error).message] : []));
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
