// For a platform with rules of its own: instances and storage over three zones, and a lock on the images.
using '../main.bicep'

param environmentName = 'landing'
param location = 'swedencentral'
param ingestion = 'queue'
param network = 'private'
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
]
