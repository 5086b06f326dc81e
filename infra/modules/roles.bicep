metadata description = 'Who may do what: every role assignment on storage and telemetry, each on its own resource. The models are in openaiAccess.bicep.'

import { ingestionMode } from '../types.bicep'
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

@description('Required. Principal of the application.')
param applicationPrincipalId string

@description('Required. Principal with which Event Grid delivers.')
param eventsPrincipalId string

@description('Required. Name of the application\'s identity, part of the names of assignments: known before it exists, unlike its principal.')
param applicationIdentityName string

@description('Required. Name of Event Grid\'s identity.')
param eventsIdentityName string

@description('Required. Principal of the person or group that uploads images and reads results, or empty.')
param operatorPrincipalId string

@description('Required. What the operator is.')
param operatorPrincipalType 'User' | 'Group' | 'ServicePrincipal'

@description('Required. Name of the host\'s account.')
param hostAccountName string

@description('Required. Name of the account with the images.')
param dataAccountName string

@description('Required. Name of the Application Insights component.')
param componentName string

@description('Required. How uploads reach the application.')
param ingestion ingestionMode

@description('Required. Container with the images.')
param imagesContainer string

@description('Required. Containers with results: the application writes them, the operator reads them.')
param resultsContainers string[]

@description('Required. Container for image bytes that came over HTTP and wait; nobody but the application sees them.')
param inboxContainer string

@description('Required. Container for events that could not be delivered.')
param deadLettersContainer string

@description('Required. Queue for events.')
param eventsQueue string

var hasOperator = !empty(operatorPrincipalId)

// The host keeps its leases and the code in its own account; the blob trigger's inner queue is there too.
var onHostAccount = concat(
  [blobDataOwnerRoleId, tableDataContributorRoleId],
  ingestion == 'blob' ? [queueDataContributorRoleId] : []
)

// Queues and tables of this account are all the application's own, and it makes poison queues when it needs them.
var onDataAccount = concat(
  [
    {
      roleId: queueDataContributorRoleId
      principalId: applicationPrincipalId
      principalType: 'ServicePrincipal'
      holder: applicationIdentityName
    }
    {
      roleId: tableDataContributorRoleId
      principalId: applicationPrincipalId
      principalType: 'ServicePrincipal'
      holder: applicationIdentityName
    }
  ],
  hasOperator
    ? [
        {
          roleId: queueDataReaderRoleId
          principalId: operatorPrincipalId
          principalType: operatorPrincipalType
          holder: operatorPrincipalId
        }
      ]
    : []
)

// The application never writes to an image; Event Grid never reads one.
var onContainers = concat(
  [
    {
      container: imagesContainer
      roleId: blobDataReaderRoleId
      principalId: applicationPrincipalId
      principalType: 'ServicePrincipal'
      holder: applicationIdentityName
    }
    {
      container: deadLettersContainer
      roleId: blobDataReaderRoleId
      principalId: applicationPrincipalId
      principalType: 'ServicePrincipal'
      holder: applicationIdentityName
    }
    {
      container: deadLettersContainer
      roleId: blobDataContributorRoleId
      principalId: eventsPrincipalId
      principalType: 'ServicePrincipal'
      holder: eventsIdentityName
    }
  ],
  map(concat(resultsContainers, [inboxContainer]), container => {
    container: container
    roleId: blobDataContributorRoleId
    principalId: applicationPrincipalId
    principalType: 'ServicePrincipal'
    holder: applicationIdentityName
  }),
  hasOperator
    ? map(concat([imagesContainer, deadLettersContainer], resultsContainers), container => {
        container: container
        roleId: container == imagesContainer ? blobDataContributorRoleId : blobDataReaderRoleId
        principalId: operatorPrincipalId
        principalType: operatorPrincipalType
        holder: operatorPrincipalId
      })
    : []
)

resource hostAccount 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: hostAccountName
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: dataAccountName

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

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource hostAccountAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for roleId in onHostAccount: {
    scope: hostAccount
    name: guid(hostAccount.id, applicationIdentityName, roleId)
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
    name: guid(dataAccount.id, grant.holder, grant.roleId)
    properties: {
      principalId: grant.principalId
      principalType: grant.principalType
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.roleId)
    }
  }
]

resource containerAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, index) in onContainers: {
    scope: dataAccount::blobService::container[index]
    name: guid(dataAccount.id, grant.container, grant.holder, grant.roleId)
    properties: {
      principalId: grant.principalId
      principalType: grant.principalType
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.roleId)
    }
  }
]

resource eventsQueueAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (ingestion == 'queue') {
  scope: dataAccount::queueService::events
  name: guid(dataAccount.id, eventsQueue, eventsIdentityName, queueMessageSenderRoleId)
  properties: {
    principalId: eventsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueMessageSenderRoleId)
  }
}

resource telemetryAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: component
  name: guid(component.id, applicationIdentityName, metricsPublisherRoleId)
  properties: {
    principalId: applicationPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisherRoleId)
  }
}
