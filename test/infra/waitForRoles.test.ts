import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { waitForRoles } from '../../infra/waitForRoles.ts';
import { ROOT } from './compile.ts';
import { closeServers, newInstallation } from './emulatedManagement.ts';

afterEach(closeServers);

describe('waitForRoles', () => {
  it('waits for nothing where the roles are old, as at every deployment after the first', async () => {
    const { installation, azure, said, sleptMs } = await newInstallation();
    await waitForRoles(installation, azure);
    expect(said).toEqual([]);
    expect(sleptMs()).toBe(0);
  });

  it('waits until roles are five minutes old, by the clock of Azure, and says each minute how long', async () => {
    const { installation, azure, said, sleptMs } = await newInstallation({ rolesAgeMs: 90_000 });
    await waitForRoles(installation, azure);
    expect(sleptMs()).toBe(210_000);
    expect(said).toEqual(
      [210, 150, 90, 30].map(
        (seconds) =>
          `Waiting ${seconds} s more until the roles are five minutes old: Azure takes minutes to know a new role everywhere.`,
      ),
    );
  });

  it.each([
    ['blob', 'Storage Blob Data Owner of app app on sthost; Storage Blob Data Contributor of topic topic on stdata'],
    [
      'queue',
      'Storage Blob Data Owner of app app on sthost; Storage Blob Data Contributor of topic topic on stdata; Storage Queue Data Message Sender of topic topic on stdata',
    ],
  ] as const)('with ingestion %s waits for roles that are not listed yet, and names them', async (ingestion, roles) => {
    const { installation, azure, said } = await newInstallation({ ingestion, rolesListedAfter: 6 });
    await waitForRoles(installation, azure);
    expect(said).toEqual([`Waiting for roles: ${roles}.`]);
  });

  it('gives up on roles that are not assigned after two minutes, and says what assigns them', async () => {
    const { installation, azure, sleptMs } = await newInstallation({ rolesListedAfter: 1000 });
    await expect(waitForRoles(installation, azure)).rejects.toThrow(
      'These roles were not found: Storage Blob Data Owner of app app on sthost; Storage Blob Data Contributor of topic topic on stdata. Run `azd provision`, which assigns them.',
    );
    expect(sleptMs()).toBe(110_000);
  });

  it('continues when Azure is busy, and prints its answer', async () => {
    const { installation, azure } = await newInstallation({ refusedRoles: [503, 'busy'] });
    await expect(waitForRoles(installation, azure)).rejects.toThrow('on sthost (Azure answered: busy)');
  });

  it('says which role is missing instead of waiting, where roles may not be read', async () => {
    const refusedRoles = [403, { error: { code: 'AuthorizationFailed', message: 'No.' } }] as const;
    const { installation, azure, sleptMs } = await newInstallation({ refusedRoles });
    await expect(waitForRoles(installation, azure)).rejects.toThrow(
      'You may not read the roles on sthost (AuthorizationFailed: No.): the role Reader on the resource group lets you.',
    );
    expect(sleptMs()).toBe(0);
  });

  it('looks for the roles that the templates assign', () => {
    const ids = (file: string): readonly string[] =>
      readFileSync(join(ROOT, file), 'utf8').match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? [];
    expect(ids('infra/waitForRoles.ts')).toHaveLength(3);
    expect(ids('infra/modules/roleIds.bicep')).toEqual(expect.arrayContaining([...ids('infra/waitForRoles.ts')]));
  });

  it('is run by azd before the first code is deployed', () => {
    const azd = readFileSync(join(ROOT, 'azure.yaml'), 'utf8');
    const hooks = azd.match(/predeploy:\n(?: {8}.*\n)+/)?.[0] ?? '';
    expect(hooks.match(/run: npm exec -- node infra\/connectUploads\.ts --only-roles$/gm)).toHaveLength(2);
  });
});
