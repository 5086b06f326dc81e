metadata description = 'Private endpoints, the DNS zones in which they are found, and the links of those zones to the network.'

import { accountName, resourceNames } from '../names.bicep'
import { existingNetworkReference, tagsByName } from '../types.bicep'

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

@description('Required. Names of what is reached.')
param names resourceNames

@description('Required. Regions with an Azure OpenAI account.')
param regions string[]

@description('Required. The network from which it is reached.')
param network existingNetworkReference

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

var targets privateTarget[] = concat(
  flatten(map(['blob', 'queue', 'table'], service => [
    {
      name: 'host-${service}'
      resourceId: resourceId('Microsoft.Storage/storageAccounts', names.hostAccount)
      service: service
    }
    {
      name: 'data-${service}'
      resourceId: resourceId('Microsoft.Storage/storageAccounts', names.dataAccount)
      service: service
    }
  ])),
  map(regions, region => {
    name: 'models-${region}'
    resourceId: resourceId('Microsoft.CognitiveServices/accounts', accountName(names, region))
    service: 'account'
  }),
  [
    {
      name: 'app'
      resourceId: resourceId('Microsoft.Web/sites', names.functionApp)
      service: 'sites'
    }
  ]
)

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
      virtualNetwork: { id: network.virtualNetworkId }
    }
  }
]

resource endpoint 'Microsoft.Network/privateEndpoints@2025-05-01' = [
  for target in targets: {
    name: '${names.prefix}-${target.name}'
    location: location
    tags: tags
    properties: {
      subnet: { id: network.endpointSubnetId }
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

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = [
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
