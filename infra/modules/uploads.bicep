metadata description = 'Event Grid\'s topic of the account with the images, and for ingestion `queue` the subscription that writes to the queue.'

import { ingestionMode, tagsByName } from '../types.bicep'
import { retryPolicy, uploadFilter } from 'uploadEvents.bicep'

@description('Required. Region of the account with the images.')
param location string

@description('Required. Name of the topic.')
param topicName string

@description('Required. Name of the subscription.')
param subscriptionName string

@description('Required. Resource id of the account with the images.')
param storageAccountId string

@description('Required. Resource id of the identity with which Event Grid delivers; its roles must be there before.')
param eventsIdentityId string

@description('Required. Container whose uploads are announced.')
param imagesContainer string

@description('Required. Container for events that could not be delivered.')
param deadLettersContainer string

@description('Required. Queue for the events.')
param eventsQueue string

@description('Required. `blob`: the subscription is made by webhook.bicep, after the first deployment of the code.')
param ingestion ingestionMode

@description('Required. Workspace for the log of failed deliveries.')
param workspaceId string

@description('Required. Tags of the topic.')
param tags tagsByName

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: topicName
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${eventsIdentityId}': {} }
  }
  properties: {
    source: storageAccountId
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

resource toQueue 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (ingestion == 'queue') {
  parent: topic
  name: subscriptionName
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    deliveryWithResourceIdentity: {
      identity: {
        type: 'UserAssigned'
        userAssignedIdentity: eventsIdentityId
      }
      destination: {
        endpointType: 'StorageQueue'
        properties: {
          resourceId: storageAccountId
          queueName: eventsQueue
          // For ever: a message must outlive a long weekend with the application switched off.
          queueMessageTimeToLiveInSeconds: -1
        }
      }
    }
    deadLetterWithResourceIdentity: {
      identity: {
        type: 'UserAssigned'
        userAssignedIdentity: eventsIdentityId
      }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: storageAccountId
          blobContainerName: deadLettersContainer
        }
      }
    }
    retryPolicy: retryPolicy()
    filter: uploadFilter(imagesContainer)
  }
}

// The newest version that is not a preview, of 2016, does not know destinations by name; every tool writes this one.
#disable-next-line use-recent-api-versions
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
