metadata description = 'The identity with which the application reaches everything. Event Grid has its topic\'s own.'

import { tagsByName } from '../types.bicep'

@description('Required. Region of the identity.')
param location string

@description('Required. Name of the identity.')
param name string

@description('Required. Tags of the identity.')
param tags tagsByName

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Principal of the identity, for role assignments.')
output principalId string = identity.properties.principalId

@description('Client id of the identity, for the settings of the app.')
output clientId string = identity.properties.clientId
