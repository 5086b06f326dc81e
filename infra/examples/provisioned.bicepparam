// Provisioned throughput first, what exceeds it by the token: the unit-priced deployment has the lower priority number.
// Code is deployed from the addresses of one pipeline. The tokens per minute of a unit depend on model and traffic; take
// them from the capacity calculator of the portal.
using '../main.bicep'

param environmentName = 'provisioned'
param location = 'swedencentral'
param instanceMemoryMB = 4096
param alwaysReady = [
  {
    name: 'http'
    instanceCount: 1
  }
]
param maximumInstanceCount = 100
param deployFrom = ['203.0.113.0/24']
param signIn = {
  clientId: '11111111-1111-1111-1111-111111111111'
}
param operatorPrincipalId = '22222222-2222-2222-2222-222222222222'
param operatorPrincipalType = 'Group'
param alertMailAddresses = ['platform@example.com']
param telemetryDailyCapGB = 5
param modelLogs = ['Audit', 'AzureOpenAIRequestUsage']
param tags = {
  owner: 'platform'
  'cost-center': '4711'
}

param deployments = [
  {
    region: 'swedencentral'
    model: 'gpt-5.1'
    version: '2025-11-13'
    sku: 'GlobalProvisionedManaged'
    capacity: 50
    tokensPerMinute: 200000
    priority: 0
  }
  {
    region: 'swedencentral'
    model: 'gpt-5.1'
    version: '2025-11-13'
    sku: 'GlobalStandard'
    capacity: 200
    priority: 1
    raiPolicyName: 'Microsoft.DefaultV2'
  }
  {
    region: 'eastus2'
    model: 'gpt-5.1'
    version: '2025-11-13'
    sku: 'GlobalStandard'
    capacity: 200
    priority: 1
  }
]
