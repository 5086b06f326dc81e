metadata description = 'Two identities, so that neither the application nor Event Grid can do what only the other needs.'

import { tagsByName } from '../types.bicep'

@description('Required. Region of the identities.')
param location string

@description('Required. Name of the application\'s identity.')
param applicationIdentityName string

@description('Required. Name of the identity with which Event Grid delivers.')
param eventsIdentityName string

@description('Required. Tags of both.')
param tags tagsByName

resource applicationIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: applicationIdentityName
  location: location
  tags: tags
}

resource eventsIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: eventsIdentityName
  location: location
  tags: tags
}

@description('Principal of the application\'s identity, for role assignments.')
output applicationPrincipalId string = applicationIdentity.properties.principalId

@description('Client id of the application\'s identity, for its settings.')
output applicationClientId string = applicationIdentity.properties.clientId

@description('Principal of Event Grid\'s identity, for role assignments.')
output eventsPrincipalId string = eventsIdentity.properties.principalId
