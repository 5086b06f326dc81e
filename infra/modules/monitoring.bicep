metadata description = 'Where telemetry goes: Application Insights on a workspace, written to with Entra ID only.'

import { resourceNames } from '../names.bicep'
import { tagsByName } from '../types.bicep'

@description('Required. Region of both resources.')
param location string

@description('Required. Names of both.')
param names resourceNames

@description('Required. Resource id of a workspace that is there already, or empty for a new one.')
param existingWorkspaceId string

@description('Required. Days that a new workspace keeps telemetry.')
@minValue(30)
@maxValue(730)
param telemetryDays int

@description('Required. Gigabytes a day that a new workspace takes; null: no cap.')
@minValue(1)
param dailyCapGB int?

@description('Required. Tags of both.')
param tags tagsByName

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = if (empty(existingWorkspaceId)) {
  name: names.workspace
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: telemetryDays
    // Named where there is none, too: left out, an earlier cap would stay.
    workspaceCapping: { dailyQuotaGb: dailyCapGB ?? -1 }
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

@description('Connection string of the component: an address, not a key, since local authentication is off.')
output connectionString string = component.properties.ConnectionString
