metadata description = 'Who may do what with storage and telemetry: every role assignment on its own resource. Models are in modelAccess.bicep.'

import { resourceNames } from '../names.bicep'
import {
  deadLettersContainer
  eventsQueue
  imagesContainer
  inboxContainer
  resultsContainers
} from '../storageContents.bicep'
import { ingestionMode, principalType } from '../types.bicep'
import {
  blobDataContributorRoleId
  blobDataOwnerRoleId
  blobDataReaderRoleId
  metricsPublisherRoleId
  queueDataContributorRoleId
  queueDataReaderRoleId
  queueMessageSenderRoleId
  tableDataContributorRoleId
} from 'roleIds.bicep'

@description('Required. Names of the accounts and of Application Insights.')
param names resourceNames

@description('Required. Principal of the application.')
param applicationPrincipalId string

@description('Required. Principal with which Event Grid delivers.')
param eventsPrincipalId string

@description('Required. Principal of the person or group that uploads images and reads results, or empty.')
param operatorPrincipalId string

@description('Required. What the operator is; null: Azure looks it up.')
param operatorPrincipalType principalType?

@description('Required. How uploads reach the application.')
param ingestion ingestionMode

// An assignment never changes its principal, and an identity that is made again has a new one: so the principal is part
// of every assignment's name, and not the name of the identity.
var principals = {
  application: { id: applicationPrincipalId, type: 'ServicePrincipal' }
  events: { id: eventsPrincipalId, type: 'ServicePrincipal' }
  operator: { id: operatorPrincipalId, type: operatorPrincipalType }
}
var hasOperator = !empty(operatorPrincipalId)

// The host keeps its leases and the code in its own account; the blob trigger's inner queue is there too.
var onHostAccount = concat(
  [blobDataOwnerRoleId, tableDataContributorRoleId],
  ingestion == 'blob' ? [queueDataContributorRoleId] : []
)

// Queues and tables of this account are all the application's own, and it makes poison queues when it needs them.
var onDataAccount = concat(
  [
    { holder: 'application', roleId: queueDataContributorRoleId }
    { holder: 'application', roleId: tableDataContributorRoleId }
  ],
  hasOperator ? [{ holder: 'operator', roleId: queueDataReaderRoleId }] : []
)

// The application never writes to an image, and with events as its source the blob trigger keeps no receipts and scans
// nothing (Azure SDK for .NET, BlobListenerFactory.cs): reading is enough. Event Grid never reads one.
var onContainers = concat(
  [
    { container: imagesContainer, holder: 'application', roleId: blobDataReaderRoleId }
    { container: deadLettersContainer, holder: 'application', roleId: blobDataReaderRoleId }
    { container: deadLettersContainer, holder: 'events', roleId: blobDataContributorRoleId }
  ],
  map(concat(resultsContainers, [inboxContainer]), container => {
    container: container
    holder: 'application'
    roleId: blobDataContributorRoleId
  }),
  hasOperator
    ? map(concat([imagesContainer, deadLettersContainer], resultsContainers), container => {
        container: container
        holder: 'operator'
        roleId: container == imagesContainer ? blobDataContributorRoleId : blobDataReaderRoleId
      })
    : []
)

resource hostAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: names.hostAccount
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: names.dataAccount

  resource blobService 'blobServices' existing = {
    name: 'default'

    resource container 'containers' existing = [
      for grant in onContainers: {
        name: grant.container
      }
    ]
  }

  resource queueService 'queueServices' existing = {
    name: 'default'

    resource events 'queues' existing = {
      name: eventsQueue
    }
  }
}

resource hostAccountAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for roleId in onHostAccount: {
    scope: hostAccount
    name: guid(hostAccount.id, applicationPrincipalId, roleId)
    properties: {
      principalId: applicationPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    }
  }
]

resource dataAccountAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in onDataAccount: {
    scope: dataAccount
    name: guid(dataAccount.id, principals[grant.holder].id, grant.roleId)
    properties: {
      principalId: principals[grant.holder].id
      principalType: principals[grant.holder].type
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.roleId)
    }
  }
]

resource containerAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, index) in onContainers: {
    scope: dataAccount::blobService::container[index]
    name: guid(dataAccount.id, grant.container, principals[grant.holder].id, grant.roleId)
    properties: {
      principalId: principals[grant.holder].id
      principalType: principals[grant.holder].type
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.roleId)
    }
  }
]

resource eventsQueueAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (ingestion == 'queue') {
  scope: dataAccount::queueService::events
  name: guid(dataAccount.id, eventsQueue, eventsPrincipalId, queueMessageSenderRoleId)
  properties: {
    principalId: eventsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueMessageSenderRoleId)
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: names.component
}

resource telemetryAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: component
  name: guid(component.id, applicationPrincipalId, metricsPublisherRoleId)
  properties: {
    principalId: applicationPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisherRoleId)
  }
}
