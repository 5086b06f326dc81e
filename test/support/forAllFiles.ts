import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestProject } from 'vitest/node';
import { compilerForAll } from '../infra/compilerForAll.ts';
import { appForAll } from './appForAll.ts';
import { azuritesForAll } from './azuritesForAll.ts';

/** A part that is started once in a run, when the first test file asks for it. */
export interface PartForAll {
  /** What test files may ask, by name: parsed JSON in, a value for JSON out. */
  // biome-ignore lint/suspicious/noExplicitAny: each names what it takes
  readonly answers: Readonly<Record<string, (asked: any) => unknown>>;
  stop(): Promise<void>;
}

/** Serves all test files what takes long to start. They ask with `askForAll`. */
export default async function forAllFiles({ provide }: TestProject): Promise<() => Promise<void>> {
  const parts: readonly PartForAll[] = [compilerForAll(), azuritesForAll(), appForAll()];
  const answers = Object.assign({}, ...parts.map((part) => part.answers)) as PartForAll['answers'];
  const server = createServer(async (asked, answer) => {
    // A connection that rests is closed by one side while the other sends: each serves one question.
    answer.setHeader('connection', 'close');
    try {
      const given = await answers[asked.url?.slice(1) ?? '']?.(JSON.parse(await text(asked)));
      answer.end(JSON.stringify(given ?? null));
    } catch (error) {
      answer.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  provide('forAllFiles', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.closeAllConnections();
    server.close();
    for (const part of parts) await part.stop();
  };
}
