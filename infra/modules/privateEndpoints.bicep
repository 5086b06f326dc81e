metadata description = 'Private endpoints, and unless they are there already the DNS zones in which they are found, linked to the network.'

import { accountName, resourceNames } from '../names.bicep'
import { accountReference } from '../pool.bicep'
import { dnsZoneIds, existingNetworkReference, tagsByName } from '../types.bicep'

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

@description('Required. Azure OpenAI accounts that were there already and are reached too.')
param existingAccounts accountReference[]

@description('Required. The network from which it is reached.')
param network existingNetworkReference

@description('Required. DNS zones that are there already; null: they are made.')
param existingZoneIds dnsZoneIds?

@description('Required. Tags of all.')
param tags tagsByName

// Zone names are fixed by the services (Azure private endpoint private DNS zone values, Microsoft Learn).
var zones = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  openai: 'privatelink.openai.azure.com'
  cognitiveServices: 'privatelink.cognitiveservices.azure.com'
  sites: 'privatelink.azurewebsites.net'
}

var zonesOfService = {
  blob: ['blob']
  queue: ['queue']
  table: ['table']
  account: ['openai', 'cognitiveServices']
  sites: ['sites']
}

var newZones = existingZoneIds == null ? map(items(zones), zone => zone.value) : []

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
  map(existingAccounts, account => {
    // A name is unique in its group only, and an endpoint's name has 80 characters.
    name: 'models-${take(account.name, 30)}-${uniqueString(account.subscriptionId, account.resourceGroup, account.name)}'
    resourceId: resourceId(
      account.subscriptionId,
      account.resourceGroup,
      'Microsoft.CognitiveServices/accounts',
      account.name
    )
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
  for zoneName in newZones: {
    name: zoneName
    location: 'global'
    tags: tags
  }
]

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zoneName, index) in newZones: {
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
        for key in zonesOfService[target.service]: {
          name: replace(zones[key], '.', '-')
          properties: {
            privateDnsZoneId: existingZoneIds[?key] ?? resourceId('Microsoft.Network/privateDnsZones', zones[key])
          }
        }
      ]
    }
    dependsOn: [zone]
  }
]
