metadata description = 'The right to ask the models, on new accounts and on those that were there already, wherever they are.'

import { accountName, resourceNames } from '../names.bicep'
import { existingAccounts, newRegions } from '../pool.bicep'
import { visionDeployment } from '../types.bicep'

@description('Required. Names of the accounts.')
param names resourceNames

@description('Required. The pool.')
param pool visionDeployment[]

@description('Required. Principal of the application.')
param principalId string

module access 'openaiAccess.bicep' = [
  for region in newRegions(pool): {
    params: {
      accountName: accountName(names, region)
      principalId: principalId
    }
  }
]

module existingAccess 'openaiAccess.bicep' = [
  for reference in existingAccounts(pool, resourceGroup().name, subscription().subscriptionId): {
    scope: resourceGroup(reference.subscriptionId, reference.resourceGroup)
    params: {
      accountName: reference.name
      principalId: principalId
    }
  }
]
