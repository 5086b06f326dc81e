import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** The methods of `bicep jsonrpc` that tests call, with what each takes and gives. */
interface Methods {
  readonly 'bicep/compile': [{ readonly path: string }, BuildAnswer & { readonly contents?: string }];
  readonly 'bicep/compileParams': [
    { readonly path: string; readonly parameterOverrides: object },
    BuildAnswer & { readonly parameters?: string },
  ];
  readonly 'bicep/getSnapshot': [{ readonly path: string; readonly metadata: object }, { readonly snapshot: string }];
}

interface BuildAnswer {
  readonly success: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Diagnostic {
  readonly source: string;
  readonly range: { readonly start: { readonly line: number; readonly char: number } };
  readonly level: string;
  readonly code: string;
  readonly message: string;
}

export interface BicepServer {
  /** @throws {Error} with what the compiler says, where it answers with an error. */
  call<Method extends keyof Methods>(method: Method, params: Methods[Method][0]): Promise<Methods[Method][1]>;
  stop(): void;
}

interface Waiting {
  readonly settle: (result: unknown) => void;
  readonly fail: (error: Error) => void;
}

/** Starts the compiler once for many calls: a start takes seconds, a call on a started one tenths of a second. */
export function startBicepServer(compiler: string, environment: NodeJS.ProcessEnv, folder: string): BicepServer {
  const child = spawn(compiler, ['jsonrpc', '--stdio'], { cwd: folder, env: environment });
  const waiting = new Map<number, Waiting>();
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const failAll = (error: Error): void => {
    for (const { fail } of waiting.values()) fail(error);
    waiting.clear();
  };
  child.on('error', failAll);
  child.stdin.on('error', failAll);
  child.on('exit', (code) => failAll(new Error(`The Bicep compiler ended with ${code}. ${said}`)));
  readMessages(child, ({ id, result, error }) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error) asked?.fail(new Error(error.message));
    else asked?.settle(result);
  });
  let calls = 0;
  return {
    call: (method, params) =>
      new Promise((settle, fail) => {
        calls += 1;
        waiting.set(calls, { settle: settle as Waiting['settle'], fail });
        const message = JSON.stringify({ jsonrpc: '2.0', id: calls, method, params });
        child.stdin.write(`Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`);
      }),
    stop: () => {
      child.kill();
    },
  };
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Messages come as in the Language Server Protocol: `Content-Length: 5`, an empty line, and so many bytes. */
function readMessages({ stdout }: ChildProcessWithoutNullStreams, onMessage: (answer: Answer) => void): void {
  let read = Buffer.alloc(0);
  stdout.on('data', (chunk: Buffer) => {
    read = Buffer.concat([read, chunk]);
    while (true) {
      const start = read.indexOf('\r\n\r\n') + 4;
      const length = Number(/^Content-Length: (\d+)/im.exec(read.toString('latin1', 0, Math.max(start, 0)))?.[1]);
      if (start < 4 || !(read.length >= start + length)) return;
      const text = read.toString('utf8', start, start + length);
      read = read.subarray(start + length);
      onMessage(JSON.parse(text));
    }
  });
}
