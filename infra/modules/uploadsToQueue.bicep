metadata description = 'The event subscription of ingestion `queue`. That of ingestion `blob` is made after the first deployment of the code, by webhook.bicep.'

import { resourceNames } from '../names.bicep'
import { deadLettersContainer, eventsQueue, imagesContainer } from '../storageContents.bicep'
import { deadLetters, retryPolicy, uploadFilter } from 'uploadEvents.bicep'

@description('Required. Names of the topic, whose roles must be there before, and of the account with the images.')
param names resourceNames

resource account 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: names.dataAccount
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: names.topic
}

resource toQueue 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'uploads'
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    deliveryWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      destination: {
        endpointType: 'StorageQueue'
        properties: {
          resourceId: account.id
          queueName: eventsQueue
          // For ever: a message must outlive a long weekend with the application switched off.
          queueMessageTimeToLiveInSeconds: -1
        }
      }
    }
    deadLetterWithResourceIdentity: deadLetters(account.id, deadLettersContainer)
    retryPolicy: retryPolicy()
    filter: uploadFilter(imagesContainer)
  }
}
