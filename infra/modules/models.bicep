metadata description = 'Azure OpenAI accounts in every region of the pool, and the right to ask them and those that were there already.'

import { accountName, resourceNames } from '../names.bicep'
import { existingAccounts, newRegions } from '../pool.bicep'
import { networkMode, tagsByName, visionDeployment } from '../types.bicep'

@description('Required. Names of the accounts and of the application\'s identity.')
param names resourceNames

@description('Required. The pool.')
param pool visionDeployment[]

@description('Required. Principal of the application.')
param principalId string

@description('Required. `private`: new accounts are reached only through their private endpoints.')
param network networkMode

@description('Required. Tags of the accounts.')
param tags tagsByName

module account 'openai.bicep' = [
  for region in newRegions(pool): {
    params: {
      name: accountName(names, region)
      location: region
      deployments: filter(pool, entry => entry.?existingAccount == null && entry.region == region)
      network: network
      tags: tags
    }
  }
]

module access 'openaiAccess.bicep' = [
  for region in newRegions(pool): {
    params: {
      accountName: accountName(names, region)
      principalId: principalId
      identityName: names.identity
    }
    dependsOn: [account]
  }
]

module existingAccess 'openaiAccess.bicep' = [
  for reference in existingAccounts(pool, resourceGroup().name, subscription().subscriptionId): {
    scope: resourceGroup(reference.subscriptionId, reference.resourceGroup)
    params: {
      accountName: reference.name
      principalId: principalId
      identityName: names.identity
    }
  }
]
