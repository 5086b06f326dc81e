metadata description = 'One storage account that knows no keys, with its containers, queues, tables and rules.'

import { networkMode, storageReplicationType, tagsByName } from '../types.bicep'

@export()
@sealed()
@description('Blobs that are deleted some days after they were written.')
type lifetime = {
  @description('Required. The container. Rules name containers, never whole accounts, so that the host\'s own are not touched.')
  container: string

  @description('Required. Days after the last change.')
  @minValue(1)
  days: int
}

@description('Required. Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Required. Region of the account.')
param location string

@description('Required. Containers to create.')
param containers string[]

@description('Required. Queues to create.')
param queues string[]

@description('Required. Tables to create.')
param tables string[]

@description('Required. Containers whose blobs have a lifetime.')
param lifetimes lifetime[]

@description('Required. Days for which a deleted blob or container can be brought back.')
@minValue(1)
@maxValue(365)
param softDeleteDays int

@description('Required. In how many places copies are kept.')
param replication storageReplicationType

@description('Required. Whether the account cannot be deleted. What is in it can: a lock does not reach blobs, messages and rows.')
param isLocked bool

@description('Required. `private`: only private endpoints and Azure\'s trusted services reach it.')
param network networkMode

@description('Required. Workspace for the log of writes to queues, from which the alert on poison queues is made.')
param workspaceId string

@description('Required. Tags of the account.')
param tags tagsByName

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_${replication}' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    isHnsEnabled: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: network == 'private' ? 'Disabled' : 'Enabled'
    networkAcls: {
      // Event Grid delivers as a trusted service, whom this lets through without public access too.
      bypass: 'AzureServices'
      defaultAction: network == 'private' ? 'Deny' : 'Allow'
    }
    sasPolicy: {
      expirationAction: 'Block'
      sasExpirationPeriod: '0.01:00:00'
    }
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (isLocked) {
  scope: account
  name: 'not-deleted'
  properties: {
    level: 'CanNotDelete'
    notes: 'Holds images, results and records. Remove this lock before you take Argus down.'
  }
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: softDeleteDays
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: softDeleteDays
    }
  }
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [
  for containerName in containers: {
    parent: blobService
    name: containerName
    properties: { publicAccess: 'None' }
  }
]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [
  for queueName in queues: {
    parent: queueService
    name: queueName
  }
]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' = [
  for tableName in tables: {
    parent: tableService
    name: tableName
  }
]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = if (!empty(lifetimes)) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        for entry in lifetimes: {
          name: 'delete-${entry.container}'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              // With its slash: `inbox` alone would also match `inbox-of-the-neighbour`.
              prefixMatch: ['${entry.container}/']
            }
            actions: {
              baseBlob: {
                delete: { daysAfterModificationGreaterThan: entry.days }
              }
            }
          }
        }
      ]
    }
  }
}

resource queueLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: queueService
  name: 'writes-to-queues'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'StorageWrite'
        enabled: true
      }
    ]
  }
}
