metadata description = 'Which events are uploads of images. One definition for both ways of delivery.'

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
