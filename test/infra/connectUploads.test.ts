import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { connectUploads } from '../../infra/connectUploads.ts';
import { installationFrom } from '../../infra/installation.ts';
import { ROOT } from './compile.ts';
import { closeServers, KEY, type NewInstallation, NO_KEY, newInstallation, SUCCEEDED } from './emulatedManagement.ts';

afterEach(closeServers);

const template = { contentVersion: '1.0.0.0' };

const running = [201, { properties: { provisioningState: 'Running' } }] as const;
const canceled = [200, { properties: { provisioningState: 'Canceled' } }] as const;
const failed = [200, { properties: { provisioningState: 'Failed', error: { code: 'Handshake' } } }] as const;

async function connected(given: NewInstallation): Promise<Awaited<ReturnType<typeof newInstallation>>> {
  const made = await newInstallation(given);
  await connectUploads(made.installation, made.azure, () => template);
  return made;
}

async function refused(given: NewInstallation): Promise<Awaited<ReturnType<typeof newInstallation>> & { why: string }> {
  const made = await newInstallation(given);
  const why = await connectUploads(made.installation, made.azure, () => template).then(
    () => 'connected',
    (error: Error) => error.message,
  );
  return { ...made, why };
}

const ofDeployment = ({ call }: { readonly call: string }): boolean => call.includes('/deployments/');

describe('connectUploads', () => {
  it('waits for the key of the webhook, then deploys the subscription and waits for its end', async () => {
    const { seen, said } = await connected({ keys: [[404, ''], NO_KEY, KEY], deployments: [running, SUCCEEDED] });
    expect(seen.filter(({ call }) => call.includes('listKeys'))).toHaveLength(3);
    const deployment =
      '/subscriptions/sub/resourceGroups/group/providers/Microsoft.Resources/deployments/argus-uploads?api-version=2025-04-01';
    expect(seen.filter(ofDeployment).map(({ call }) => call)).toEqual([`PUT ${deployment}`, `GET ${deployment}`]);
    expect(seen.every(({ call, authorization }) => call.includes('/api/') || authorization === 'Bearer token')).toBe(
      true,
    );
    expect(JSON.parse(seen.find(ofDeployment)?.body ?? '').properties).toEqual({
      mode: 'Incremental',
      template,
      parameters: {
        functionAppName: { value: 'app' },
        topicName: { value: 'topic' },
        storageAccountName: { value: 'stdata' },
      },
    });
    expect(said).toEqual([
      'Waiting for the key of the webhook; it appears when the host has started.',
      'Uploads to stdata now reach app.',
    ]);
  });

  it('needs neither key nor app for a queue: the same way, with the parameters that its template has', async () => {
    const { seen } = await connected({ ingestion: 'queue', keys: [NO_KEY], health: [503, ''] });
    expect(seen.some(({ call }) => call.includes('listKeys') || call.includes('/api/'))).toBe(false);
    expect(JSON.parse(seen.find(ofDeployment)?.body ?? '').properties.parameters).toEqual({
      topicName: { value: 'topic' },
      storageAccountName: { value: 'stdata' },
    });
  });

  it.each(['blob', 'queue'] as const)('waits for new roles first, with ingestion %s', async (ingestion) => {
    const { seen, said, sleptMs } = await connected({ ingestion, rolesAgeMs: 280_000 });
    expect(said[0]).toMatch(/^Waiting 20 s more until the roles are five minutes old/);
    expect(sleptMs()).toBe(20_000);
    expect(seen.findIndex(ofDeployment)).toBe(seen.length - 1);
  });

  it('never says or sends the key: the template reads it in Azure', async () => {
    const { said, seen } = await connected({});
    expect(JSON.stringify([said, seen])).not.toContain('secret-of-the-host');
  });

  it('can be run again: the second time changes nothing and waits for nothing', async () => {
    const { installation, azure, sleptMs } = await connected({});
    await connectUploads(installation, azure, () => template);
    expect(sleptMs()).toBe(0);
  });

  it('tries again when Event Grid does not know a role yet, or the app missed its handshake', async () => {
    const { said, sleptMs } = await connected({
      deployments: [failed, [409, { error: { code: 'Conflict' } }], SUCCEEDED],
    });
    expect(said).toEqual([
      'Attempt 1 of 10 to make the event subscription failed, the next is in 30 seconds: {"code":"Handshake"}',
      'Attempt 2 of 10 to make the event subscription failed, the next is in 30 seconds: Conflict',
      'Uploads to stdata now reach app.',
    ]);
    expect(sleptMs()).toBe(60_000);
  });

  it('gives up after ten attempts, with what Azure said', async () => {
    const { why, seen } = await refused({ deployments: [failed] });
    expect(why).toBe('The event subscription could not be made: {"code":"Handshake"}');
    expect(seen.filter(ofDeployment)).toHaveLength(10);
  });

  it.each([
    [
      403,
      'You may not deploy the event subscription (AuthorizationFailed: No.): the role Contributor on the resource group lets you.',
    ],
    [400, 'Azure refuses the event subscription: AuthorizationFailed: No..'],
  ])('ends at once with %i, which does not change by waiting', async (status, sentence) => {
    const { why, sleptMs } = await refused({
      deployments: [[status, { error: { code: 'AuthorizationFailed', message: 'No.' } }]],
    });
    expect(why).toBe(sentence);
    expect(sleptMs()).toBe(0);
  });

  it('ends with a cancelled deployment, and does not start it again', async () => {
    const { why, seen, sleptMs } = await refused({ deployments: [running, canceled, SUCCEEDED] });
    expect(why).toBe(
      'The deployment argus-uploads was cancelled. To connect the uploads, look why, then run `azd hooks run postdeploy` again.',
    );
    expect(seen.filter(ofDeployment)).toHaveLength(2);
    expect(sleptMs()).toBe(10_000);
  });

  it('waits on when Azure does not say how the deployment stands', async () => {
    const { seen, said } = await connected({ deployments: [running, [503, 'busy'], [429, ''], SUCCEEDED] });
    expect(seen.filter(({ call }) => call.startsWith('PUT'))).toHaveLength(1);
    expect(said).toEqual(['Uploads to stdata now reach app.']);
  });

  it('starts a deployment once, though it has not ended after ten minutes: it may still be under way', async () => {
    const { why, seen, sleptMs } = await refused({ deployments: [running] });
    expect(why).toContain('The deployment argus-uploads has not ended within ten minutes (Running).');
    expect(seen.filter(({ call }) => call.startsWith('PUT'))).toHaveLength(1);
    expect(sleptMs()).toBe(600_000);
  });
});

describe('waiting for the key', () => {
  it('ends where the app says that its settings are wrong, since the key would never come', async () => {
    const problems = [
      { path: 'VISION_DEPLOYMENTS', message: 'is not valid JSON.' },
      { path: 'HTTP_SHARE', message: 'is "2"; the most is 0.9.' },
    ];
    const { why, sleptMs } = await refused({ keys: [NO_KEY], health: [503, { status: 'settings-wrong', problems }] });
    expect(why).toBe(
      'The app takes no uploads, because its settings are wrong: VISION_DEPLOYMENTS is not valid JSON. HTTP_SHARE is "2"; the most is 0.9. ' +
        'Change them in the parameters, run `azd provision`, then `azd hooks run postdeploy`.',
    );
    expect(sleptMs()).toBe(0);
  });

  it('says the same if a key of earlier code exists, but the handshake gets no answer', async () => {
    const health = [503, { problems: [{ path: 'HTTP_SHARE', message: 'is "2"; the most is 0.9.' }] }] as const;
    const { why } = await refused({ deployments: [failed], health });
    expect(why).toMatch(/^The app takes no uploads, because its settings are wrong: HTTP_SHARE is "2"/);
  });

  it('waits while the app starts', async () => {
    const { said } = await connected({ keys: [NO_KEY, KEY], health: [503, 'The service is unavailable.'] });
    expect(said.at(-1)).toBe('Uploads to stdata now reach app.');
  });

  it('says which role is missing instead of waiting', async () => {
    const { why, sleptMs } = await refused({ keys: [[403, { error: { code: 'AuthorizationFailed' } }]] });
    expect(why).toBe("You may not read the host's keys (403): the role Contributor on the function app lets you.");
    expect(sleptMs()).toBe(0);
  });

  it('stops after five minutes and says where to look', async () => {
    const { why, sleptMs } = await refused({ keys: [NO_KEY] });
    expect(why).toMatch(/has not appeared within five minutes/);
    expect(sleptMs()).toBe(290_000);
  });
});

describe('installationFrom', () => {
  const whole = {
    AZURE_SUBSCRIPTION_ID: 'sub',
    AZURE_RESOURCE_GROUP: 'group',
    INGESTION: 'queue',
    FUNCTION_APP_NAME: 'app',
    HOST_ACCOUNT_NAME: 'sthost',
    IMAGES_ACCOUNT_NAME: 'stdata',
    UPLOADS_TOPIC_NAME: 'topic',
    API_URL: 'https://app/api',
  };

  it('names every variable that is missing, and how they get there', () => {
    const { UPLOADS_TOPIC_NAME, AZURE_RESOURCE_GROUP, ...rest } = whole;
    expect(() => installationFrom(rest)).toThrow(
      'These environment variables are not set: AZURE_RESOURCE_GROUP, UPLOADS_TOPIC_NAME. With azd run `azd provision`, which keeps them, then `azd hooks run postdeploy`, which passes them on.',
    );
  });

  it('refuses an ingestion that there is not', () => {
    expect(installationFrom(whole)).toMatchObject({ ingestion: 'queue' });
    expect(() => installationFrom({ ...whole, INGESTION: 'Queue' })).toThrow(
      'INGESTION is "Queue"; it is "blob" or "queue".',
    );
  });
});

describe('npm run connect', () => {
  const run = (args: readonly string[]) =>
    spawnSync(process.execPath, [join(ROOT, 'infra/connectUploads.ts'), ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });

  it('ends without its settings in a sentence, not in a stack trace', () => {
    const { status, stderr } = run([]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^These environment variables are not set: AZURE_SUBSCRIPTION_ID, .*\n$/);
  });

  it('refuses an option that there is not', () => {
    expect(run(['--all']).stderr).toBe('The only option is --only-roles, and --all was given.\n');
  });

  it('says what it is for', () => {
    expect(run(['--help'])).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^npm run connect/) });
  });
});
