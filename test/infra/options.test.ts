import { beforeAll, describe, expect, it, vi } from 'vitest';
import { resourceOfAssignment } from '../../local/access/templateAccess.ts';
import { readConfig } from '../../shared/settings/config.ts';
import { hasCompiler } from './compile.ts';
import { grants, OF_AN_OPERATOR } from './grants.ts';
import { appSettings, CONNECTION_STRING, ofType, type Snapshot, snapshotOf } from './snapshot.ts';

vi.setConfig({ testTimeout: 300_000 });

const SUBSCRIPTION = '/subscriptions/22222222-2222-2222-2222-222222222222';

/** Everything that can be there already, and the rarer options. */
const parameters = `
param environmentName = 'options'
param ingestion = 'queue'
param network = 'private'
param nodeVersion = '22'
param operatorPrincipalId = '33333333-3333-3333-3333-333333333333'
param operatorPrincipalType = 'Group'
param existingWorkspaceId = '${SUBSCRIPTION}/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/shared'
param existingNetwork = {
  virtualNetworkId: '${SUBSCRIPTION}/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/hub'
  applicationSubnetId: '${SUBSCRIPTION}/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/hub/subnets/apps'
  endpointSubnetId: '${SUBSCRIPTION}/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/hub/subnets/links'
}
param deployments = [
  {
    name: 'reserved'
    deployment: 'vision'
    region: 'eastus2'
    model: 'gpt-5.1'
    version: '2025-11-13'
    sku: 'GlobalStandard'
    capacity: 50
    requestsPerMinute: 40
    existingAccount: {
      name: 'shared-models'
      resourceGroup: 'rg-models'
      subscriptionId: '22222222-2222-2222-2222-222222222222'
    }
  }
  {
    region: 'westus3'
    model: 'gpt-5.1'
    version: '2025-11-13'
    sku: 'GlobalStandard'
    capacity: 50
    priority: 2
  }
]`;

describe.runIf(await hasCompiler())('what is there already', () => {
  let snapshot: Snapshot;
  beforeAll(async () => {
    snapshot = await snapshotOf(parameters);
  });

  it('is an account whose deployment is used and not changed', () => {
    expect(ofType(snapshot, 'Microsoft.CognitiveServices/accounts').map(({ location }) => location)).toEqual([
      'westus3',
    ]);
    expect(ofType(snapshot, 'Microsoft.CognitiveServices/accounts/deployments')).toHaveLength(1);
    const [existing, made] = JSON.parse(appSettings(snapshot).VISION_DEPLOYMENTS ?? '');
    expect(existing).toEqual({
      name: 'reserved',
      deployment: 'vision',
      endpoint: 'https://shared-models.openai.azure.com',
      region: 'eastus2',
      model: 'gpt-5.1',
      version: '2025-11-13',
      sku: 'GlobalStandard',
      tokensPerMinute: 50_000,
      priority: 0,
      // Its quota is counted there.
      subscription: '22222222-2222-2222-2222-222222222222',
      requestsPerMinute: 40,
    });
    expect(made).toMatchObject({ name: 'gpt-5.1-globalstandard-westus3', priority: 2 });
  });

  it('gets the one role that is needed, in its own resource group', () => {
    const ids = ofType(snapshot, 'Microsoft.Authorization/roleAssignments').map(({ id }) => id);
    expect(ids.map(resourceOfAssignment).filter((id) => id.endsWith('/accounts/shared-models'))).toEqual([
      expect.stringContaining(`${SUBSCRIPTION}/resourceGroups/rg-models/`),
    ]);
  });

  it('is a workspace and a network: none is made, and both are used', () => {
    expect(ofType(snapshot, 'Microsoft.OperationalInsights/workspaces')).toEqual([]);
    expect(ofType(snapshot, 'Microsoft.Network/virtualNetworks')).toEqual([]);
    expect(ofType(snapshot, 'Microsoft.Insights/components')[0]?.properties.WorkspaceResourceId).toMatch(
      /workspaces\/shared$/,
    );
    expect(ofType(snapshot, 'Microsoft.Web/sites')[0]?.properties).toMatchObject({
      virtualNetworkSubnetId: expect.stringMatching(/subnets\/apps$/),
      outboundVnetRouting: { allTraffic: true },
      functionAppConfig: { runtime: { name: 'node', version: '22' } },
    });
    for (const { properties } of ofType(snapshot, 'Microsoft.Network/privateEndpoints')) {
      expect(properties.subnet.id).toMatch(/subnets\/links$/);
    }
  });

  it('lets the operator upload and read, and nothing more', () => {
    expect(grants(snapshot).filter((grant) => grant.startsWith('operator'))).toEqual(OF_AN_OPERATOR);
    const ofTheGroup = ofType(snapshot, 'Microsoft.Authorization/roleAssignments').filter(
      ({ properties }) => properties.principalType === 'Group',
    );
    expect(ofTheGroup.map(({ properties }) => properties.principalId)).toEqual(
      OF_AN_OPERATOR.map(() => '33333333-3333-3333-3333-333333333333'),
    );
  });
});

const ONE =
  "param deployments = [{ region: 'eastus2', model: 'gpt-5.1', version: '2025-11-13', sku: 'GlobalStandard', capacity: 10 }]";

describe.runIf(await hasCompiler())('deployment of code', () => {
  const deployFrom = "param deployFrom = ['203.0.113.0/24'\n'2001:db8::/48']";
  const allowed = ['203.0.113.0/24', '2001:db8::/48'].map((ipAddress, index) => ({
    name: `deploy-from-${index + 1}`,
    priority: 100 + index,
    action: 'Allow',
    ipAddress,
  }));

  it('in a private network is open to a range of addresses alone, and the app to none', async () => {
    const snapshot = await snapshotOf(`
param environmentName = 'pipeline'
param ingestion = 'queue'
param network = 'private'
${deployFrom}
${ONE}`);
    expect(ofType(snapshot, 'Microsoft.Web/sites')[0]?.properties).toMatchObject({
      publicNetworkAccess: 'Enabled',
      siteConfig: {
        ipSecurityRestrictionsDefaultAction: 'Deny',
        scmIpSecurityRestrictionsDefaultAction: 'Deny',
        scmIpSecurityRestrictions: allowed,
        scmIpSecurityRestrictionsUseMain: false,
      },
    });
    for (const { properties } of ofType(snapshot, 'Microsoft.Storage/storageAccounts')) {
      expect(properties.publicNetworkAccess).toBe('Disabled');
    }
  });

  it('of a public app can be limited too, and calls of the app are not', async () => {
    const { publicNetworkAccess, siteConfig } =
      ofType(await snapshotOf(`param environmentName = 'ranges'\n${deployFrom}\n${ONE}`), 'Microsoft.Web/sites')[0]
        ?.properties ?? {};
    expect([publicNetworkAccess, siteConfig.ipSecurityRestrictionsDefaultAction]).toEqual(['Enabled', 'Allow']);
    expect(siteConfig).toMatchObject({
      scmIpSecurityRestrictionsDefaultAction: 'Deny',
      scmIpSecurityRestrictions: allowed,
    });
  });
});

describe.runIf(await hasCompiler())('the region', () => {
  it('may be one that the list does not have yet, by name', async () => {
    const snapshot = await snapshotOf(
      `param environmentName = 'region'\nparam location = 'switzerlandnorth'\nparam moreRegions = ['Switzerland North']\n${ONE}`,
    );
    expect(ofType(snapshot, 'Microsoft.Web/sites')[0]?.location).toBe('switzerlandnorth');
  });
});

describe.runIf(await hasCompiler())('sign-in', () => {
  it('stands before every path but the webhooks and health, and the application asks for its header', async () => {
    const snapshot = await snapshotOf(`
param environmentName = 'signin'
param signIn = { clientId: '11111111-1111-1111-1111-111111111111' }
param deployments = [{ region: 'eastus2', model: 'gpt-5.1', version: '2025-11-13', sku: 'GlobalStandard', capacity: 10 }]`);
    const auth = snapshot.predictedResources.find(({ name }) => name.endsWith('/authsettingsV2'))?.properties;
    expect(auth.globalValidation).toEqual({
      requireAuthentication: true,
      unauthenticatedClientAction: 'Return401',
      excludedPaths: ['/runtime/webhooks/blobs', '/api/health'],
    });
    expect(auth.identityProviders.azureActiveDirectory.validation.allowedAudiences).toEqual([
      'api://11111111-1111-1111-1111-111111111111',
      '11111111-1111-1111-1111-111111111111',
    ]);
    const settings = appSettings(snapshot);
    expect(settings.HTTP_AUTH).toBe('entra');
    const storage = 'https://account.example/';
    expect(
      readConfig({
        ...settings,
        APPLICATIONINSIGHTS_CONNECTION_STRING: CONNECTION_STRING,
        IMAGES_STORAGE__blobServiceUri: storage,
        IMAGES_STORAGE__queueServiceUri: storage,
        IMAGES_STORAGE__tableServiceUri: storage,
      }).httpAuth,
    ).toBe('entra');
  });
});
