metadata description = 'Lets the application ask the models of one Azure OpenAI account, and nothing else of it.'

import { openaiUserRoleId } from './roleIds.bicep'

@description('Required. Name of the account, in the resource group of this module.')
param accountName string

@description('Required. Principal of the application.')
param principalId string

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' existing = {
  name: accountName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  // With the principal: an account outlives the installation, and an assignment never changes its principal.
  name: guid(account.id, principalId, openaiUserRoleId)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', openaiUserRoleId)
  }
}
