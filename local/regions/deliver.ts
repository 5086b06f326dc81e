import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Reply } from './reply.ts';

/** What became of a reply on its way. */
export interface Delivered {
  readonly answered: boolean;
  readonly clientThere: boolean;
}

const pieces = 8;

/** Sends a reply as it is meant to be sent, whole or broken, and tells whether it arrived at the connection. */
export async function deliver(reply: Reply, outgoing: ServerResponse): Promise<Delivered> {
  // Held here, because a response lets go of its socket when it has ended.
  const socket = outgoing.socket;
  const gone = (): boolean => socket === null || socket.destroyed;
  const closed = new Promise((resolve) => outgoing.once('close', resolve));
  const waitWhileThere = (ms: number): Promise<unknown> => Promise.race([wait(ms, undefined, { ref: false }), closed]);
  if (reply.delayMs > 0) await waitWhileThere(reply.delayMs);
  if (gone()) return { answered: false, clientThere: false };
  const { kind } = reply.delivery;
  if (kind === 'never') {
    // Until the client gives up, or the region is closed.
    await closed;
    return { answered: false, clientThere: false };
  }
  if (kind === 'reset') {
    socket?.resetAndDestroy();
    return { answered: false, clientThere: true };
  }
  const body = Buffer.from(reply.body);
  outgoing.writeHead(reply.status, {
    ...reply.headers,
    'content-type': reply.contentType,
    'content-length': body.length,
  });
  if (kind === 'whole') return { answered: await ended(outgoing, body), clientThere: !gone() };
  outgoing.flushHeaders();
  const part = Math.ceil(body.length / pieces);
  const cutAt = kind === 'cut' ? pieces / 2 : pieces;
  for (let piece = 0; piece < cutAt && !gone(); piece += 1) {
    outgoing.write(body.subarray(piece * part, (piece + 1) * part));
    await waitWhileThere(reply.delivery.kind === 'pieces' ? reply.delivery.ms / pieces : 5);
  }
  const clientThere = !gone();
  if (kind === 'cut') {
    socket?.destroy();
    return { answered: false, clientThere };
  }
  return { answered: clientThere && (await ended(outgoing, Buffer.alloc(0))), clientThere };
}

function ended(outgoing: ServerResponse, body: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    outgoing.once('finish', () => resolve(true));
    outgoing.once('close', () => resolve(outgoing.writableFinished));
    outgoing.end(body);
  });
}
