metadata description = '''
Second phase of ingestion `queue`: the event subscription that writes to the queue of uploads. It is apart from main.bicep,
since Event Grid refuses it while the roles of the topic are too new to be known everywhere. Run it again whenever you like;
`azd up` does, through infra/connectUploads.ts.
'''

import { deadLetters, retryPolicy, uploadFilter } from 'modules/uploadEvents.bicep'
import { deadLettersContainer, eventsQueue, imagesContainer } from 'storageContents.bicep'

@description('Required. Name of Event Grid\'s topic.')
param topicName string

@description('Required. Name of the account with the images.')
param storageAccountName string

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageAccountName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
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
