import type { AddressInfo, Server } from 'node:net';

/**
 * Has a server listen on the loopback address.
 *
 * @param what it is, for the sentence: `The blob storage`
 * @param port 0: any free one
 * @returns the port
 * @throws Error with a sentence where another program listens there
 */
export async function listen(server: Server, what: string, port: number): Promise<number> {
  await new Promise<void>((succeed, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = new Error(`${what} cannot listen on port ${port}: another program is using it.`, { cause: error });
      fail(error.code === 'EADDRINUSE' ? inUse : error);
    });
    server.listen(port, '127.0.0.1', succeed);
  });
  return (server.address() as AddressInfo).port;
}
