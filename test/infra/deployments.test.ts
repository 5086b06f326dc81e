import { describe, expect, it, vi } from 'vitest';
import { hasCompiler } from './compile.ts';
import { buildParametersRun, snapshotRun } from './snapshot.ts';

vi.setConfig({ testTimeout: 300_000 });

const right = {
  region: 'swedencentral',
  model: 'gpt-5.1',
  version: '2025-11-13',
  sku: 'GlobalStandard',
  capacity: 10,
};

/** Parameters as Bicep text; JSON is Bicep but for its quotes. */
function parameters(deployments: readonly object[], more = ''): string {
  return `param environmentName = 'test'\nparam deployments = ${asBicep(deployments)}\n${more}`;
}

function asBicep(value: unknown): string {
  if (Array.isArray(value)) return `[\n${value.map(asBicep).join('\n')}\n]`;
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? `'${value}'` : String(value);
  return `{\n${Object.entries(value)
    .map(([name, held]) => `${name}: ${asBicep(held)}`)
    .join('\n')}\n}`;
}

/** The zones of a hub, by resource id. */
function dnsZoneIds(): Readonly<Record<string, string>> {
  const zones = {
    blob: 'blob.core.windows.net',
    queue: 'queue.core.windows.net',
    table: 'table.core.windows.net',
    openai: 'openai.azure.com',
    cognitiveServices: 'cognitiveservices.azure.com',
    sites: 'azurewebsites.net',
  };
  const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-hub';
  return Object.fromEntries(
    Object.entries(zones).map(([service, zone]) => [
      service,
      `${group}/providers/Microsoft.Network/privateDnsZones/privatelink.${zone}`,
    ]),
  );
}

describe.runIf(await hasCompiler())('the list of deployments', () => {
  it.each([
    [
      'a model that nobody knows',
      parameters([{ ...right, model: 'gpt-9' }]),
      'gpt-9@2025-11-13 (gpt-9-globalstandard-swedencentral) is not in the catalogue; it has: gpt-6.1-sol@2026-09-29, ',
    ],
    [
      'a region where the model is not offered',
      parameters([{ ...right, sku: 'Standard', region: 'brazilsouth' }]),
      'gpt-5.1@2025-11-13 (Standard) is not offered in brazilsouth; it is in: ',
    ],
    [
      'a type that the model does not have',
      parameters([{ ...right, model: 'gpt-5.4-mini', version: '2026-03-17', sku: 'Standard' }]),
      'gpt-5.4-mini@2026-03-17 is not offered as Standard; it is offered as: ',
    ],
    [
      'a retired model that was not allowed by name',
      parameters([{ ...right, model: 'gpt-4', version: 'vision-preview', sku: 'Standard' }]),
      'gpt-4@vision-preview (gpt-4-standard-swedencentral) is retired; name it in allowedRetiredModels if you still have access to it.',
    ],
    [
      'a model of the Responses API',
      parameters([{ ...right, model: 'gpt-5.4-pro', version: '2026-03-05' }]),
      'gpt-5.4-pro@2026-03-05 (gpt-5.4-pro-globalstandard-swedencentral) answers only over the Responses API; it can be estimated, but not deployed in a pool.',
    ],
    [
      'the same deployment twice',
      parameters([right, right]),
      'gpt-5.1-globalstandard in swedencentral stands in the list more than once; raise its capacity instead, or give each entry a deployment name of its own.',
    ],
    [
      'one name for two entries',
      parameters([
        { ...right, name: 'pool' },
        { ...right, name: 'pool', region: 'eastus2' },
      ]),
      'pool stands in the pool more than once; give each entry a name of its own.',
    ],
    [
      'provisioned units without their tokens per minute',
      parameters([{ ...right, sku: 'GlobalProvisionedManaged', capacity: 50 }]),
      'gpt-5.1-globalprovisionedmanaged-swedencentral is provisioned (50 units); give the tokensPerMinute that the units carry.',
    ],
    [
      'tokens per minute of a deployment that is paid by the token',
      parameters([{ ...right, tokensPerMinute: 5 }]),
      'gpt-5.1-globalstandard-swedencentral is no provisioned deployment; its tokens per minute are its capacity times 1,000, so leave tokensPerMinute out.',
    ],
    [
      'a region in words',
      parameters([{ ...right, model: 'gpt-6-sol', version: '2026-09-22', region: 'Sweden Central' }]),
      'gpt-6-sol-globalstandard-Sweden Central names its region Sweden Central; write swedencentral.',
    ],
    [
      'an API version that is no date',
      parameters([{ ...right, apiVersion: 'banana' }]),
      'gpt-5.1-globalstandard-swedencentral has the apiVersion "banana"; write a date such as 2024-10-21 or 2024-08-01-preview, or leave it out for v1.',
    ],
    [
      'an API version that is older than models that think',
      parameters([{ ...right, apiVersion: '2024-02-01' }]),
      'gpt-5.1-globalstandard-swedencentral has the apiVersion 2024-02-01, which is too old for gpt-5.1@2025-11-13; the first that serves it is 2024-12-01-preview. Leave apiVersion out for v1.',
    ],
    [
      'an API version that takes no JSON Schema, for a model that does not think',
      parameters([{ ...right, model: 'gpt-4.1', version: '2025-04-14', apiVersion: '2024-06-01' }]),
      'gpt-4.1-globalstandard-swedencentral has the apiVersion 2024-06-01, which takes no JSON Schema; the first that does is 2024-08-01-preview. Leave apiVersion out for v1.',
    ],
    [
      'an API version that was never served',
      parameters([{ ...right, apiVersion: '2024-11-21' }]),
      'gpt-5.1-globalstandard-swedencentral has the apiVersion 2024-11-21, which was never served; there are: 2023-03-15-preview, ',
    ],
    [
      'a target URI in place of an account',
      parameters([{ ...right, existingAccount: { name: 'https://eyes.openai.azure.com/openai/v1?api-key=x' } }]),
      'has the account "https://eyes.openai.azure.com/openai/v1"; write its name alone: eyes.',
    ],
    [
      'a private endpoint outside a private network',
      parameters([{ ...right, existingAccount: { name: 'shared', privateEndpoint: true } }]),
      'gpt-5.1-globalstandard-swedencentral asks for a private endpoint to its account; that needs network "private".',
    ],
    [
      'DNS zones outside a private network',
      parameters([right], `param existingDnsZoneIds = ${asBicep(dnsZoneIds())}`),
      'existingDnsZoneIds is used only with network "private".',
    ],
    [
      'a zone that is the zone of something else',
      parameters(
        [right],
        `param ingestion = 'queue'\nparam network = 'private'\nparam existingDnsZoneIds = ${asBicep({ ...dnsZoneIds(), openai: dnsZoneIds().blob })}`,
      ),
      `existingDnsZoneIds.openai is "${dnsZoneIds().blob}"; write the resource id of the zone privatelink.openai.…`,
    ],
    [
      'a content filter of a deployment that is there already',
      parameters([{ ...right, raiPolicyName: 'strict', existingAccount: { name: 'shared' } }]),
      'gpt-5.1-globalstandard-swedencentral names a raiPolicyName, and its deployment is there already and stays as it is; leave it out, and set the policy in that account.',
    ],
    [
      'a daily cap of a workspace that is there already',
      parameters([right], "param existingWorkspaceId = 'x'\nparam telemetryDailyCapGB = 5"),
      'telemetryDailyCapGB is for a new workspace; the one of existingWorkspaceId has its own. Leave one of them out.',
    ],
    [
      'instances over zones with storage in one',
      parameters([right], 'param zoneRedundant = true'),
      'zoneRedundant is on and storageReplication is LRS: code, queues and records would stay in one zone. Set storageReplication to "ZRS".',
    ],
    [
      'a private network with the blob trigger',
      parameters([right], "param network = 'private'"),
      'With network "private" use ingestion "queue": Event Grid cannot call a webhook that is not public.',
    ],
    [
      'a model of requests that is not in the pool',
      parameters([right], "param settings = { defaultModel: 'gpt-4o' }"),
      'settings.defaultModel is gpt-4o, which is not in the pool; it has: gpt-5.1@2025-11-13.',
    ],
    [
      'one deployment of an account that is there already, twice',
      parameters([
        { ...right, name: 'one', deployment: 'eye', existingAccount: { name: 'shared' } },
        { ...right, name: 'two', deployment: 'eye', existingAccount: { name: 'shared', resourceGroup: 'rg' } },
      ]),
      'eye in shared stands in the list more than once',
    ],
    [
      'a region that is not known to have Flex Consumption',
      parameters([right], "param location = 'switzerlandnorth'"),
      'The location switzerlandnorth is not known to offer Flex Consumption; on 2026-12-01 these did: australiaeast, ',
    ],
    [
      'more instances kept running than there may be',
      parameters([right], "param maximumInstanceCount = 3\nparam alwaysReady = [{ name: 'http', instanceCount: 4 }]"),
      'alwaysReady keeps 4 instances of http, and maximumInstanceCount is 3; keep fewer, or raise maximumInstanceCount.',
    ],
    [
      'more instances kept running than the pool makes',
      parameters([right], "param alwaysReady = [{ name: 'http', instanceCount: 41 }]"),
      'alwaysReady keeps 41 instances of http, and maximumInstanceCount is 40; keep fewer, or raise maximumInstanceCount.',
    ],
    [
      'an instance for the queue while the blob trigger runs',
      parameters([right], "param alwaysReady = [{ name: 'function:onImageEvent', instanceCount: 1 }]"),
      'alwaysReady names function:onImageEvent, in which no function runs with ingestion "blob"; name blob.',
    ],
    [
      'an instance for the blob trigger while the queue is read',
      parameters([right], "param ingestion = 'queue'\nparam alwaysReady = [{ name: 'blob', instanceCount: 1 }]"),
      'alwaysReady names blob, in which no function runs with ingestion "queue"; name function:onImageEvent.',
    ],
    [
      'a group of instances that is named twice',
      parameters(
        [right],
        "param alwaysReady = [{ name: 'http', instanceCount: 1 }\n{ name: 'http', instanceCount: 2 }]",
      ),
      'alwaysReady names http more than once; give it one count.',
    ],
    [
      'an environment whose name cannot be part of a host name',
      parameters([right]).replace("'test'", "'my_test'"),
      'The environment is called "my_test"; only letters, digits and hyphens can be part of a host name.',
    ],
  ])('is refused with a sentence for %s', async (_case, text, sentence) => {
    const run = await snapshotRun(text);
    expect(run.problems).toContain(sentence);
    expect(run.made).toBeUndefined();
  });

  it('says of every wrong range to deploy from what a range is, and takes the right ones', async () => {
    const wrong = ['10.0.0.1', '10.0.0.0/33', '256.0.0.0/8', 'build.example.com', '10.0.0/8', 'fd00::/129', '/24'];
    const ranges = ['203.0.113.0/24', ...wrong, '2001:db8::/48', '198.51.100.7/32'];
    const { problems } = await snapshotRun(
      parameters([right], `param deployFrom = [${ranges.map((range) => `'${range}'`).join('\n')}]`),
    );
    expect(
      [...problems.matchAll(/deployFrom has "([^"]*)"; write a range of public addresses such as /g)].map(
        ([, range]) => range,
      ),
    ).toEqual(wrong);
  });

  it('is offered no type that answers hours later', async () => {
    const run = await snapshotRun(
      parameters([{ ...right, model: 'gpt-5.4-mini', version: '2026-03-17', sku: 'Standard' }]),
    );
    expect(run.problems).toMatch(/it is offered as: .*GlobalStandard in /);
    expect(run.problems).not.toContain('Batch');
  });

  it.each([
    ['no deployment at all', parameters([]), 'BCP333'],
    ['a capacity of 0', parameters([{ ...right, capacity: 0 }]), 'BCP328'],
    ['a misspelt key', parameters([{ ...right, prioritty: 1 }]), 'Did you mean "priority"?'],
    ['a misspelt type', parameters([{ ...right, sku: 'GlobalStandart' }]), 'Did you mean "\'GlobalStandard\'"?'],
    ['an empty API version', parameters([{ ...right, apiVersion: '' }]), 'BCP333'],
    ['an empty row to be like', parameters([{ ...right, like: '' }]), 'BCP333'],
    ['a deployment name of 65 letters', parameters([{ ...right, deployment: 'd'.repeat(65) }]), 'BCP332'],
    [
      'an always-ready group that does not exist',
      parameters([right], "param alwaysReady = [{ name: 'function:onImageEvnt', instanceCount: 1 }]"),
      'function:onImageEvent',
    ],
    ['a key that is missing', parameters([{ ...right, region: undefined }]).replace('region: undefined', ''), 'BCP035'],
  ])('is refused by the compiler before anything is evaluated for %s', async (_case, text, saying) => {
    const run = await buildParametersRun(text);
    expect(run.problems).toContain(saying);
    expect(run.made).toBeUndefined();
  });

  it('takes a retired model that is allowed by name, and a model of your own that names its rule', async () => {
    const retired = { ...right, model: 'gpt-4', version: 'vision-preview', sku: 'Standard' };
    const own = { ...right, model: 'my-model', version: '1', like: 'gpt-5.4@2026-03-05' };
    const run = await snapshotRun(parameters([retired, own], "param allowedRetiredModels = ['gpt-4@vision-preview']"));
    expect(run).toEqual({ made: expect.any(String), problems: '' });
  });
});
