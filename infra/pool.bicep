metadata description = 'What follows from the list of deployments: names, accounts, the application\'s setting, how far the app spreads out.'

import { visionDeployment } from 'types.bicep'
import { accountName, resourceNames } from 'names.bicep'

@export()
@sealed()
@description('An account that was there already, wherever it is.')
type accountReference = {
  @description('Required. Name of the account.')
  name: string

  @description('Required. Its resource group.')
  resourceGroup: string

  @description('Required. Its subscription.')
  subscriptionId: string
}

@export()
@sealed()
@description('How far the app spreads out.')
type scaleLimits = {
  @description('Required. Memory of an instance, in MB.')
  instanceMemoryMB: int

  @description('Required. Analyses that one instance runs side by side.')
  analysesPerInstance: int

  @description('Required. HTTP calls that one instance takes side by side.')
  httpCallsPerInstance: int

  @description('Required. Largest HTTP body that the host takes, in bytes.')
  httpBodyMaxBytes: int

  @description('Required. Most instances of each group of functions: the platform scales uploads, HTTP and each queue apart.')
  maximumInstanceCount: int
}

@export()
@description('Name and version as one word: `gpt-4@vision-preview`.')
func modelKey(deployment visionDeployment) string => '${deployment.model}@${deployment.version}'

@export()
@description('Name of a deployment in its account.')
func deploymentName(deployment visionDeployment) string =>
  deployment.?deployment ?? '${deployment.model}-${toLower(deployment.sku)}'

@export()
@description('Name of a deployment in the pool.')
func poolName(deployment visionDeployment) string =>
  deployment.?name ?? '${deploymentName(deployment)}-${deployment.region}'

@export()
@description('Tokens per minute of a deployment.')
func tokensPerMinute(deployment visionDeployment) int => deployment.?tokensPerMinute ?? deployment.capacity * 1000

@export()
@description('Regions in which an account is made.')
func newRegions(pool visionDeployment[]) string[] =>
  union(map(filter(pool, entry => entry.?existingAccount == null), entry => entry.region), [])

@export()
@description('Accounts that were there already, each once; what an entry leaves out is where the deployment goes.')
func existingAccounts(pool visionDeployment[], resourceGroupName string, subscriptionId string) accountReference[] =>
  union(
    map(filter(pool, entry => entry.?existingAccount != null), entry => {
      name: entry.?existingAccount.?name ?? ''
      resourceGroup: entry.?existingAccount.?resourceGroup ?? resourceGroupName
      subscriptionId: entry.?existingAccount.?subscriptionId ?? subscriptionId
    }),
    []
  )

@export()
@description('Accounts that were there already and get a private endpoint, each once.')
func accountsToReach(pool visionDeployment[], resourceGroupName string, subscriptionId string) accountReference[] =>
  existingAccounts(
    filter(pool, entry => entry.?existingAccount.?privateEndpoint ?? false),
    resourceGroupName,
    subscriptionId
  )

@export()
@description('Custom subdomain of the account of a deployment: unique in the world, and where requests go.')
func subdomain(deployment visionDeployment, names resourceNames) string =>
  deployment.?existingAccount.?subdomain ?? deployment.?existingAccount.?name ?? accountName(names, deployment.region)

@export()
@description('VISION_DEPLOYMENTS. Endpoints are computed, not read from the accounts: so it is plain JSON before anything is deployed.')
func poolSetting(pool visionDeployment[], names resourceNames) string =>
  string(map(pool, entry => union(
    {
      name: poolName(entry)
      deployment: deploymentName(entry)
      endpoint: 'https://${subdomain(entry, names)}.openai.azure.com'
      region: entry.region
      model: entry.model
      version: entry.version
      sku: entry.sku
      tokensPerMinute: tokensPerMinute(entry)
      priority: entry.?priority ?? 0
    },
    entry.?existingAccount.?subscriptionId == null ? {} : { subscription: entry.?existingAccount.?subscriptionId },
    entry.?requestsPerMinute == null ? {} : { requestsPerMinute: entry.?requestsPerMinute },
    entry.?apiVersion == null ? {} : { apiVersion: entry.?apiVersion },
    entry.?like == null ? {} : { like: entry.?like }
  )))

@description('Analyses that the quota lets run at a time: one takes about 2,000 tokens at the door and a quarter of a minute.')
func analysesAtATime(pool visionDeployment[]) int =>
  max(1, reduce(map(pool, entry => tokensPerMinute(entry)), 0, (sum, next) => sum + next) / 2000 / 4)

@description('As many side by side as the memory holds, each with an image of 20 MB, or as the quota feeds.')
func analysesPerInstance(pool visionDeployment[], instanceMemoryMB int) int =>
  min(instanceMemoryMB / 512, analysesAtATime(pool))

@description('Largest HTTP body that the host ever takes, in MiB: just above the 95 MiB at which the application refuses with a sentence.')
var httpBodyMostMiB = 96

@description('Memory that an HTTP call takes for each byte of its body. The host reads a body with Content-Length into a string, five times its size; the application holds its parts and the whole of it.')
var memoryTimesBody = 5 + 2

@description('Memory that host and application take without a body, in MiB.')
var idleMaxMiB = 512

@description('As many HTTP calls side by side as the memory holds, each with the largest body. At most two for each analysis: half of the calls ask no model.')
func defaultHttpCalls(pool visionDeployment[], instanceMemoryMB int) int =>
  min(
    2 * analysesPerInstance(pool, instanceMemoryMB),
    (instanceMemoryMB - idleMaxMiB) / memoryTimesBody / httpBodyMostMiB
  )

@description('Largest HTTP body of so many calls side by side that the memory holds, in MiB.')
func httpBodyMiB(httpCalls int, instanceMemoryMB int) int =>
  min(httpBodyMostMiB, (instanceMemoryMB - idleMaxMiB) / memoryTimesBody / httpCalls)

@description('''
The smallest limit of instances that every region takes. Below it some still refused in 2026 (azure-functions-host 10523,
Azure-Functions 2650). Instances without work cost nothing, so a limit above the need is safe; one below is the operator's.
''')
var fewestInstancesEverywhere = 40

@description('Instances that the quota of the pool feeds, when each runs so many analyses.')
func instancesFed(pool visionDeployment[], analysesOfOne int) int =>
  (analysesAtATime(pool) + analysesOfOne - 1) / analysesOfOne

@export()
@description('How far the app spreads out: as far as the quota of the pool feeds it, where the operator says nothing else.')
func scaleFor(
  pool visionDeployment[],
  instanceMemoryMB int,
  maximumInstanceCount int?,
  httpCallsPerInstance int?
) scaleLimits => {
  instanceMemoryMB: instanceMemoryMB
  analysesPerInstance: analysesPerInstance(pool, instanceMemoryMB)
  httpCallsPerInstance: httpCallsPerInstance ?? defaultHttpCalls(pool, instanceMemoryMB)
  httpBodyMaxBytes: 1048576 * httpBodyMiB(
    httpCallsPerInstance ?? defaultHttpCalls(pool, instanceMemoryMB),
    instanceMemoryMB
  )
  maximumInstanceCount: maximumInstanceCount ?? min(
    1000,
    max(
      fewestInstancesEverywhere,
      instancesFed(
        pool,
        min(
          analysesPerInstance(pool, instanceMemoryMB),
          httpCallsPerInstance ?? defaultHttpCalls(pool, instanceMemoryMB)
        )
      )
    )
  )
}
