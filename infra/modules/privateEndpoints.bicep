metadata description = 'Private endpoints, the DNS zones in which they are found, and the links of those zones to the network.'

import { tagsByName } from '../types.bicep'

@export()
@sealed()
@description('A resource that is reached through a private endpoint.')
type privateTarget = {
  @description('Required. Name of the endpoint, after the prefix.')
  name: string

  @description('Required. Resource id of what is reached.')
  resourceId: string

  @description('Required. Which of its services.')
  service: 'blob' | 'queue' | 'table' | 'account' | 'sites'
}

@description('Required. Region of the network.')
param location string

@description('Required. Beginning of the names of the endpoints.')
param namePrefix string

@description('Required. Resource id of the network.')
param virtualNetworkId string

@description('Required. Resource id of the subnet of the endpoints.')
param subnetId string

@description('Required. What is reached.')
param targets privateTarget[]

@description('Required. Tags of all.')
param tags tagsByName

// Zone names are fixed by the services (Azure private endpoint private DNS zone values, Microsoft Learn).
var zones = [
  'privatelink.blob.${environment().suffixes.storage}'
  'privatelink.queue.${environment().suffixes.storage}'
  'privatelink.table.${environment().suffixes.storage}'
  'privatelink.openai.azure.com'
  'privatelink.cognitiveservices.azure.com'
  'privatelink.azurewebsites.net'
]

var zonesOfService = {
  blob: [zones[0]]
  queue: [zones[1]]
  table: [zones[2]]
  account: [zones[3], zones[4]]
  sites: [zones[5]]
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zoneName in zones: {
    name: zoneName
    location: 'global'
    tags: tags
  }
]

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zoneName, index) in zones: {
    parent: zone[index]
    name: 'argus'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: virtualNetworkId }
    }
  }
]

resource endpoint 'Microsoft.Network/privateEndpoints@2026-03-01' = [
  for target in targets: {
    name: '${namePrefix}-${target.name}'
    location: location
    tags: tags
    properties: {
      subnet: { id: subnetId }
      privateLinkServiceConnections: [
        {
          name: target.name
          properties: {
            // An id that came in as a parameter, which the rule does not see behind a loop.
            #disable-next-line use-resource-id-functions
            privateLinkServiceId: target.resourceId
            groupIds: [target.service]
          }
        }
      ]
    }
  }
]

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2026-03-01' = [
  for (target, index) in targets: {
    parent: endpoint[index]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        for zoneName in zonesOfService[target.service]: {
          name: replace(zoneName, '.', '-')
          properties: { privateDnsZoneId: resourceId('Microsoft.Network/privateDnsZones', zoneName) }
        }
      ]
    }
    dependsOn: [zone]
  }
]
