metadata description = 'Which events are uploads of images, and what becomes of those that cannot be delivered. One definition for both ways of delivery.'

@export()
@description('Filter of an event subscription for finished uploads to one container.')
func uploadFilter(container string) resourceInput<'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15'>.properties.filter => {
  includedEventTypes: ['Microsoft.Storage.BlobCreated']
  // With its slash: without it the filter would also match the container `images2`.
  subjectBeginsWith: '/blobServices/default/containers/${container}/blobs/'
  enableAdvancedFilteringOnArrays: true
  advancedFilters: [
    {
      // One event for each upload: writes of single blocks and of properties are left out.
      operatorType: 'StringIn'
      key: 'data.api'
      values: ['PutBlob', 'PutBlockList', 'FlushWithClose', 'CopyBlob']
    }
    {
      operatorType: 'NumberGreaterThan'
      key: 'data.contentLength'
      value: 0
    }
  ]
}

@export()
@description('How long Event Grid tries before an event becomes a dead letter: 30 times within a day.')
func retryPolicy() resourceInput<'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15'>.properties.retryPolicy => {
  maxDeliveryAttempts: 30
  eventTimeToLiveInMinutes: 1440
}

@export()
@description('''
Where events go that could not be delivered. With the topic's own identity: behind a storage firewall Event Grid is let
through as a trusted service with no other (Storage queue as an event handler for Azure Event Grid events, Microsoft Learn).
''')
func deadLetters(accountId string, container string) resourceInput<'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15'>.properties.deadLetterWithResourceIdentity => {
  identity: { type: 'SystemAssigned' }
  deadLetterDestination: {
    endpointType: 'StorageBlob'
    properties: {
      resourceId: accountId
      blobContainerName: container
    }
  }
}
