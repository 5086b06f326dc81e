import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBoundedWorker, workerFile } from '../../shared/concurrency/boundedWorker.ts';

const folder = mkdtempSync(join(tmpdir(), 'bounded-worker-'));
const file = pathToFileURL(join(folder, 'thread.cjs'));

beforeAll(() => {
  writeFileSync(
    file,
    `const { parentPort, workerData } = require('node:worker_threads');
     let asked = 0;
     const answers = {
       greet: () => parentPort.postMessage([workerData, ++asked]),
       hang: () => { for (;;); },
       fail: () => { throw new Error('no memory'); },
       exit: () => process.exit(3),
       failLater: () => { parentPort.postMessage('soon'); setTimeout(() => { throw new Error('late fault'); }, 10); },
     };
     parentPort.on('message', (question) => answers[question]());`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(longestMs = 30_000): ReturnType<typeof createBoundedWorker<string, unknown>> {
  return createBoundedWorker<string, unknown>({ file, data: 'hello', longestMs });
}

describe('createBoundedWorker', () => {
  it('starts with the first question, and keeps what it knows until it is ended', async () => {
    const worker = start();
    expect(worker.isRunning()).toBe(false);
    expect(await worker.ask('greet')).toEqual({ kind: 'done', value: ['hello', 1] });
    expect(await worker.ask('greet')).toEqual({ kind: 'done', value: ['hello', 2] });
    expect(worker.isRunning()).toBe(true);
    await worker.end();
    expect(await worker.ask('greet')).toEqual({ kind: 'done', value: ['hello', 1] });
    await worker.end();
  });

  it('ends a thread that hangs, and starts another for the next question', async () => {
    const worker = start(500);
    expect(await worker.ask('hang')).toEqual({ kind: 'late' });
    expect(worker.isRunning()).toBe(false);
    expect(await worker.ask('greet')).toMatchObject({ kind: 'done' });
    await worker.end();
  });

  it('says what a thread died of, and starts another for the next question', async () => {
    const worker = start();
    expect(await worker.ask('fail')).toMatchObject({ kind: 'died', cause: { message: 'no memory' } });
    expect(await worker.ask('exit')).toMatchObject({
      kind: 'died',
      cause: { message: 'The thread ended with code 3.' },
    });
    expect(await worker.ask('greet')).toMatchObject({ kind: 'done' });
    await worker.end();
  });

  it('takes a question that cannot be sent for one that the thread cannot bear', async () => {
    const worker = createBoundedWorker<unknown, unknown>({ file, data: 'hello', longestMs: 30_000 });
    expect(await worker.ask(() => 1)).toMatchObject({ kind: 'died' });
    await worker.end();
  });

  it('survives a thread that dies after its answer', async () => {
    const worker = start();
    expect(await worker.ask('failLater')).toEqual({ kind: 'done', value: 'soon' });
    await expect.poll(() => worker.isRunning()).toBe(false);
    expect(await worker.ask('greet')).toMatchObject({ value: ['hello', 1] });
    await worker.end();
  });
});

describe('workerFile', () => {
  it('lies beside the file that starts it, and in lazy/ beside the bundle', () => {
    expect(workerFile('file:///app/shared/documents/pdf/pdfReader.ts', 'pdfThread').href).toBe(
      'file:///app/shared/documents/pdf/pdfThread.ts',
    );
    expect(workerFile('file:///app/dist/main.cjs', 'pdfThread').href).toBe('file:///app/dist/lazy/pdfThread.cjs');
  });
});
