metadata description = 'Ids of the built-in roles in use (Azure built-in roles, Microsoft Learn).'

@export()
@description('Storage Blob Data Owner: what the Functions host needs of its own account (leases, deployment package).')
var blobDataOwnerRoleId = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'

@export()
@description('Storage Blob Data Contributor: read, write and delete blobs.')
var blobDataContributorRoleId = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

@export()
@description('Storage Blob Data Reader: read blobs.')
var blobDataReaderRoleId = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'

@export()
@description('Storage Queue Data Contributor: read, write and delete messages and queues.')
var queueDataContributorRoleId = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'

@export()
@description('Storage Queue Data Message Sender: add messages.')
var queueMessageSenderRoleId = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'

@export()
@description('Storage Queue Data Reader: read and peek messages.')
var queueDataReaderRoleId = '19e7f393-937e-4f77-808e-94535e297925'

@export()
@description('Storage Table Data Contributor: read, write and delete rows and tables.')
var tableDataContributorRoleId = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'

@export()
@description('Monitoring Metrics Publisher: send telemetry.')
var metricsPublisherRoleId = '3913510d-42f4-4e42-8a64-420c390055eb'

@export()
@description('Cognitive Services OpenAI User: ask models, without the right to see keys or change deployments.')
var openaiUserRoleId = '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd'
