metadata description = 'One Azure OpenAI account in one region, with its deployments one after another.'

import { modelLogCategory, networkMode, tagsByName, visionDeployment } from '../types.bicep'
import { deploymentName } from '../pool.bicep'

@description('Required. Name of the account and its custom subdomain, without which Entra tokens are not accepted.')
@minLength(2)
@maxLength(64)
param name string

@description('Required. Region of the account.')
param location string

@description('Required. What is deployed in it.')
@minLength(1)
param deployments visionDeployment[]

@description('Required. `private`: reached only through its private endpoint.')
param network networkMode

@description('Required. Host names that the account may call.')
param mayCall string[]

@description('Required. Workspace for the logs of the account.')
param workspaceId string

@description('Required. Which of its logs go there; empty: none.')
param logs modelLogCategory[]

@description('Required. Tags of the account.')
param tags tagsByName

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'OpenAI'
  sku: { name: 'S0' }
  identity: { type: 'SystemAssigned' }
  properties: {
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: network == 'private' ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: network == 'private' ? 'Deny' : 'Allow'
    }
    restrictOutboundNetworkAccess: true
    allowedFqdnList: mayCall
  }
}

// The service changes one deployment of an account at a time and answers a second one with a conflict.
@batchSize(1)
resource deployment 'Microsoft.CognitiveServices/accounts/deployments@2025-06-01' = [
  for entry in deployments: {
    parent: account
    name: deploymentName(entry)
    tags: tags
    sku: {
      name: entry.sku
      capacity: entry.capacity
    }
    properties: {
      model: {
        format: 'OpenAI'
        name: entry.model
        version: entry.version
      }
      // The catalogue counts tokens for one version: an upgrade is a change of the list, not a surprise.
      versionUpgradeOption: 'NoAutoUpgrade'
      raiPolicyName: entry.?raiPolicyName
    }
  }
]

resource accountLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(logs)) {
  scope: account
  name: 'account'
  properties: {
    workspaceId: workspaceId
    logs: map(logs, category => {
      category: category
      enabled: true
    })
  }
}
