// Nothing but the deployment endpoint is reachable from outside: a new virtual network, private endpoints, DNS zones.
// Uploads come through a queue, since Event Grid cannot call a webhook that is not public.
using '../main.bicep'

param environmentName = 'private'
param location = 'francecentral'
param ingestion = 'queue'
param network = 'private'
param alwaysReady = [
  {
    name: 'function:onImageEvent'
    instanceCount: 1
  }
]

param deployments = [
  {
    region: 'francecentral'
    model: 'gpt-5.1'
    version: '2025-11-13'
    sku: 'DataZoneStandard'
    capacity: 100
  }
  {
    region: 'swedencentral'
    model: 'gpt-5.1'
    version: '2025-11-13'
    sku: 'DataZoneStandard'
    capacity: 100
  }
]
