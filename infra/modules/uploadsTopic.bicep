metadata description = 'Event Grid\'s topic of the account with the images, and the log of what it could not deliver.'

import { resourceNames } from '../names.bicep'
import { tagsByName } from '../types.bicep'

@description('Required. Region of the account with the images.')
param location string

@description('Required. Names of the topic and of the account.')
param names resourceNames

@description('Required. Workspace for the log of failed deliveries.')
param workspaceId string

@description('Required. Tags of the topic.')
param tags tagsByName

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: names.dataAccount
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: names.topic
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    source: account.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

resource failedDeliveries 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: topic
  name: 'failed-deliveries'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'DeliveryFailures'
        enabled: true
      }
    ]
  }
}

@description('Principal with which Event Grid delivers, for role assignments.')
output principalId string = topic.identity.principalId
