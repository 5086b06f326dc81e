// For a platform with rules of its own: a network, DNS zones and a model account that are there already, instances and
// storage over three zones, and a lock on the images.
using '../main.bicep'

var platform = '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-platform/providers'
var virtualNetwork = '${platform}/Microsoft.Network/virtualNetworks/spoke'
var zones = '${platform}/Microsoft.Network/privateDnsZones'

param environmentName = 'landing'
param location = 'swedencentral'
param ingestion = 'queue'
param network = 'private'
param existingNetwork = {
  virtualNetworkId: virtualNetwork
  applicationSubnetId: '${virtualNetwork}/subnets/apps'
  endpointSubnetId: '${virtualNetwork}/subnets/endpoints'
}
param existingDnsZoneIds = {
  blob: '${zones}/privatelink.blob.core.windows.net'
  queue: '${zones}/privatelink.queue.core.windows.net'
  table: '${zones}/privatelink.table.core.windows.net'
  openai: '${zones}/privatelink.openai.azure.com'
  cognitiveServices: '${zones}/privatelink.cognitiveservices.azure.com'
  sites: '${zones}/privatelink.azurewebsites.net'
}
param zoneRedundant = true
param storageReplication = 'ZRS'
param lockImages = true

param deployments = [
  {
    region: 'swedencentral'
    model: 'gpt-5.1'
    version: '2025-11-13'
    sku: 'DataZoneStandard'
    capacity: 100
  }
  {
    region: 'francecentral'
    deployment: 'vision'
    model: 'gpt-5.1'
    version: '2025-11-13'
    sku: 'DataZoneStandard'
    capacity: 100
    existingAccount: {
      name: 'shared-models'
      resourceGroup: 'rg-models'
      subscriptionId: '33333333-3333-3333-3333-333333333333'
      privateEndpoint: true
    }
  }
]
