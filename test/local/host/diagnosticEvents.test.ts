import { TableServiceClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDiagnosticEvents } from '../../../local/host/diagnosticEvents.ts';
import type { Azurite } from '../../../local/storage/startAzurite.ts';
import { type StorageFront, startStorageFront } from '../../../local/storage/startStorageFront.ts';
import { refusalAnswer } from '../../../local/storage/storageLayer.ts';
import { takeAzurite } from '../../support/takeAzurite.ts';

let azurite: Azurite;
let front: StorageFront;
let isRefusing = false;
let asked = 0;
const lines: string[] = [];
const log = (_level: string, _category: string, line: string): void => void lines.push(line);

beforeAll(async () => {
  azurite = await takeAzurite();
  const refuse = (call: Parameters<typeof refusalAnswer>[0]) => {
    asked += 1;
    const refusal = { status: 403, code: 'AuthorizationPermissionMismatch', message: 'not authorized' };
    return isRefusing ? refusalAnswer(call, refusal) : undefined;
  };
  front = await startStorageFront({ azurite, layers: [{ refuse }] });
});
afterAll(async () => {
  await front?.stop();
  await azurite?.stop();
});

const client = (): TableServiceClient =>
  TableServiceClient.fromConnectionString(front.connectionString, { allowInsecureConnection: true });

describe('startDiagnosticEvents', () => {
  it('goes on without its tables where it may not make them, and does not ask again', async () => {
    isRefusing = true;
    const events = startDiagnosticEvents(client(), log);
    await events.stop();
    await events.stop();
    isRefusing = false;
    expect(asked).toBe(1);
    expect(lines).toEqual([expect.stringContaining('The tables of diagnostic events could not be made: ')]);
  });

  it('makes its tables when the host ends, and leaves those that are there', async () => {
    for (let time = 0; time < 2; time += 1) await startDiagnosticEvents(client(), log).stop();
    const names = [];
    for await (const { name } of client().listTables()) names.push(name);
    expect(names.toSorted()).toEqual([
      expect.stringMatching(/^AzureFunctionsDiagnosticEvents\d{6}$/),
      'AzureFunctionsDiagnosticEventsCheck',
    ]);
    expect(lines).toHaveLength(1);
  });

  it('does nothing where the settings name no table service', async () => {
    await startDiagnosticEvents(undefined, log).stop();
    expect(lines).toHaveLength(1);
  });
});
