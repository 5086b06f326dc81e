metadata description = 'Where telemetry goes: Application Insights on a workspace, written to with Entra ID only.'

import { resourceNames } from '../names.bicep'
import { tagsByName } from '../types.bicep'
import { metricsPublisherRoleId } from 'roleIds.bicep'

@description('Required. Region of both resources.')
param location string

@description('Required. Names of both, and of the application\'s identity.')
param names resourceNames

@description('Required. Principal of the application, the only one who sends telemetry.')
param applicationPrincipalId string

@description('Required. Resource id of a workspace that is there already, or empty for a new one.')
param existingWorkspaceId string

@description('Required. Days that a new workspace keeps telemetry.')
@minValue(30)
@maxValue(730)
param telemetryDays int

@description('Required. Tags of both.')
param tags tagsByName

resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' = if (empty(existingWorkspaceId)) {
  name: names.workspace
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: telemetryDays
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: names.component
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: empty(existingWorkspaceId) ? workspace.id : existingWorkspaceId
    DisableLocalAuth: true
  }
}

resource telemetryAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: component
  name: guid(component.id, names.identity, metricsPublisherRoleId)
  properties: {
    principalId: applicationPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisherRoleId)
  }
}

@description('Connection string of the component: an address, not a key, since local authentication is off.')
output connectionString string = component.properties.ConnectionString
