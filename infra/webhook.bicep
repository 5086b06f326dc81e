metadata description = '''
Second phase of ingestion `blob`: the event subscription that calls the blob trigger. Its address holds the host's key
`blobs_extension`, which exists only after code with such a trigger was deployed and the host has started. Run it again
whenever you like; `azd up` does, through infra/connectUploads.ts.
'''

import { deadLetters, retryPolicy, uploadFilter } from 'modules/uploadEvents.bicep'
import { deadLettersContainer, imagesContainer } from 'storageContents.bicep'

@description('Required. Name of the function app.')
param functionAppName string

@description('Required. Name of Event Grid\'s topic.')
param topicName string

@description('Required. Name of the account with the images.')
param storageAccountName string

resource functionApp 'Microsoft.Web/sites@2025-03-01' existing = {
  name: functionAppName
}

resource storageAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageAccountName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource toFunction 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'uploads'
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
    deadLetterWithResourceIdentity: deadLetters(storageAccount.id, deadLettersContainer)
    retryPolicy: retryPolicy()
    filter: uploadFilter(imagesContainer)
  }
}
