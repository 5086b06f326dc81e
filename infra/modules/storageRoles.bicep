metadata description = 'Who may do what with storage: every role assignment on its own resource. Models are in openaiAccess.bicep, telemetry in monitoring.bicep.'

import { resourceNames } from '../names.bicep'
import {
  deadLettersContainer
  eventsQueue
  imagesContainer
  inboxContainer
  resultsContainers
} from '../storageContents.bicep'
import { ingestionMode } from '../types.bicep'
import {
  blobDataContributorRoleId
  blobDataOwnerRoleId
  blobDataReaderRoleId
  queueDataContributorRoleId
  queueDataReaderRoleId
  queueMessageSenderRoleId
  tableDataContributorRoleId
} from 'roleIds.bicep'

@description('Required. Names of the accounts, and of who gets the roles.')
param names resourceNames

@description('Required. Principal of the application.')
param applicationPrincipalId string

@description('Required. Principal with which Event Grid delivers.')
param eventsPrincipalId string

@description('Required. Principal of the person or group that uploads images and reads results, or empty.')
param operatorPrincipalId string

@description('Required. What the operator is.')
param operatorPrincipalType 'User' | 'Group' | 'ServicePrincipal'

@description('Required. How uploads reach the application.')
param ingestion ingestionMode

// Part of the names of assignments: known beforehand, unlike the principals.
var holderNames = {
  application: names.identity
  events: names.topic
  operator: operatorPrincipalId
}
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

resource hostAccount 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: names.hostAccount
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
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
    name: guid(hostAccount.id, holderNames.application, roleId)
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
    name: guid(dataAccount.id, holderNames[grant.holder], grant.roleId)
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
    name: guid(dataAccount.id, grant.container, holderNames[grant.holder], grant.roleId)
    properties: {
      principalId: principals[grant.holder].id
      principalType: principals[grant.holder].type
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.roleId)
    }
  }
]

resource eventsQueueAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (ingestion == 'queue') {
  scope: dataAccount::queueService::events
  name: guid(dataAccount.id, eventsQueue, holderNames.events, queueMessageSenderRoleId)
  properties: {
    principalId: eventsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueMessageSenderRoleId)
  }
}
