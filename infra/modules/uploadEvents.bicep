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
      // The calls that end an upload over the blob, Data Lake and SFTP endpoints. `CreateFile` and `SftpCreate` begin one.
      // No condition on `data.contentLength`: the documented example of `SftpCommit` has 0 (Azure Blob Storage as an Event
      // Grid source, "SFTP events"), and the app looks at the blob itself.
      operatorType: 'StringIn'
      key: 'data.api'
      values: ['PutBlob', 'PutBlockList', 'FlushWithClose', 'SftpCommit', 'CopyBlob']
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
