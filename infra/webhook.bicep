metadata description = '''
Second phase of ingestion `blob`: the event subscription that calls the blob trigger. Its address holds the host's key
`blobs_extension`, which exists only after code with such a trigger was deployed and the host has started. Run it again
whenever you like; `azd up` does, through infra/connectUploads.ts.
'''

import { retryPolicy, uploadFilter } from 'modules/uploadEvents.bicep'

@description('Required. Name of the function app.')
param functionAppName string

@description('Required. Name of Event Grid\'s topic.')
param topicName string

@description('Required. Name of the account with the images.')
param storageAccountName string

@description('Required. Name of the identity with which Event Grid writes dead letters.')
param eventsIdentityName string

@description('Optional. Name of the subscription.')
param subscriptionName string = 'uploads'

@description('Optional. Container whose uploads are announced.')
param imagesContainer string = 'images'

@description('Optional. Container for events that could not be delivered.')
param deadLettersContainer string = 'deadletters'

resource functionApp 'Microsoft.Web/sites@2025-03-01' existing = {
  name: functionAppName
}

resource storageAccount 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: storageAccountName
}

resource eventsIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: eventsIdentityName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource toFunction 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: subscriptionName
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    destination: {
      endpointType: 'WebHook'
      properties: {
        // The only place where a key is read; it goes from the host to Event Grid and into no output.
        endpointUrl: 'https://${functionApp.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.onImageUploaded&code=${uriComponent(listKeys('${functionApp.id}/host/default', '2025-03-01').systemKeys.blobs_extension)}'
        maxEventsPerBatch: 1
        preferredBatchSizeInKilobytes: 64
        minimumTlsVersionAllowed: '1.2'
      }
    }
    deadLetterWithResourceIdentity: {
      identity: {
        type: 'UserAssigned'
        userAssignedIdentity: eventsIdentity.id
      }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: storageAccount.id
          blobContainerName: deadLettersContainer
        }
      }
    }
    retryPolicy: retryPolicy()
    filter: uploadFilter(imagesContainer)
  }
}
