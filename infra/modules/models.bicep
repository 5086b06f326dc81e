metadata description = 'Azure OpenAI accounts in every region of the pool. The right to ask them is given by modelAccess.bicep.'

import { accountName, resourceNames } from '../names.bicep'
import { newRegions } from '../pool.bicep'
import { modelLogCategory, networkMode, tagsByName, visionDeployment } from '../types.bicep'

@description('Required. Names of the accounts.')
param names resourceNames

@description('Required. The pool.')
param pool visionDeployment[]

@description('Required. `private`: new accounts are reached only through their private endpoints.')
param network networkMode

@description('Required. Host names that new accounts may call.')
param mayCall string[]

@description('Required. Workspace for the logs of new accounts.')
param workspaceId string

@description('Required. Which of their logs go there.')
param logs modelLogCategory[]

@description('Required. Tags of the accounts.')
param tags tagsByName

module account 'openai.bicep' = [
  for region in newRegions(pool): {
    params: {
      name: accountName(names, region)
      location: region
      deployments: filter(pool, entry => entry.?existingAccount == null && entry.region == region)
      network: network
      mayCall: mayCall
      workspaceId: workspaceId
      logs: logs
      tags: tags
    }
  }
]
