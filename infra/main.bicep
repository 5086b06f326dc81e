metadata description = 'Argus in one resource group: the function app, its storage, its events, and a pool of vision models in many regions.'

targetScope = 'resourceGroup'

import { applicationSettings, settingsAsText } from 'applicationSettings.bicep'
import { catalogueRow, catalogueVersions, deploymentProblems, environmentNameProblems } from 'deploymentProblems.bicep'
import {
  alwaysReadyProblems
  dailyCapProblems
  flexConsumptionRegions
  regionProblems
  zoneProblems
} from 'hostProblems.bicep'
import { namesFor } from 'names.bicep'
import { dnsZoneProblems, networkProblems } from 'networkProblems.bicep'
import { accountsToReach, modelKey, newRegions, poolSetting, scaleFor } from 'pool.bicep'
import { settingsProblems } from 'settingsProblems.bicep'
import {
  applicationQueues
  applicationTables
  deadLettersContainer
  imagesContainer
  inboxContainer
  packageContainer
  resultsContainer
  resultsContainers
} from 'storageContents.bicep'
import {
  alwaysReadyInstances
  dnsZoneIds
  existingNetworkReference
  ingestionMode
  modelLogCategory
  networkMode
  principalType
  signInSettings
  storageReplicationType
  tagsByName
  visionDeployment
} from 'types.bicep'

@description('Required. Name of the environment, part of the names of resources: letters, digits, hyphens.')
@minLength(1)
@maxLength(20)
param environmentName string

@description('Optional. Region of everything but the models.')
@metadata({
  azd: {
    type: 'location'
    usageName: ['OpenAI.GlobalStandard.gpt-5.4-mini,100']
  }
})
param location string = resourceGroup().location

@description('Optional. Regions that offer Flex Consumption and that the template does not know of yet.')
param moreRegions string[] = []

@description('Required. The pool: which model is deployed where, with which quota. Checked against the application\'s catalogue.')
@minLength(1)
@maxLength(200)
param deployments visionDeployment[]

@description('Optional. Retired models that this subscription may still deploy, as `name@version`.')
param allowedRetiredModels string[] = []

@description('Optional. How uploads reach the application: Event Grid calls the blob trigger, or writes to a queue. Either way connectUploads.ts makes the event subscription after the code is deployed.')
param ingestion ingestionMode = 'blob'

@description('Optional. `private`: a virtual network with private endpoints; only with ingestion `queue`.')
param network networkMode = 'public'

@description('Optional. Address space of a new virtual network, /24 or larger.')
param addressSpace string = '10.20.0.0/24'

@description('Optional. A virtual network that is there already, instead of a new one.')
param existingNetwork existingNetworkReference?

@description('Optional. Private DNS zones that are there already and linked to the network, as in a hub. Default: zones are made here, so that a team without a hub needs nothing else.')
param existingDnsZoneIds dnsZoneIds?

@description('Optional. Ranges of public addresses from which code may be deployed, such as those of a pipeline: `203.0.113.0/24`. Empty: from anywhere; with network `private` only from inside it.')
@maxLength(500)
param deployFrom string[] = []

@description('Optional. Resource id of a Log Analytics workspace that is there already, instead of a new one.')
param existingWorkspaceId string = ''

@description('Optional. Days that a new workspace keeps telemetry.')
@minValue(30)
@maxValue(730)
param telemetryDays int = 30

@description('Optional. Gigabytes a day after which a new workspace takes no more telemetry until the next day. Default: no cap, since the alerts look at this telemetry: a cap silences them for the rest of the day.')
@minValue(1)
param telemetryDailyCapGB int?

@description('Optional. Logs of the Azure OpenAI accounts that go to the workspace. Default: `Audit`, a row for each read of the keys and each change of the account. `RequestResponse` is a row for each model call, which the application logs already.')
param modelLogs modelLogCategory[] = ['Audit']

@description('Optional. Host names that the Azure OpenAI accounts may call. None by default: images travel as bytes, so an account has nothing to fetch.')
@maxLength(1000)
param modelsMayCall string[] = []

@description('Optional. Entra ID in front of the HTTP functions, instead of function keys.')
param signIn signInSettings?

@description('Optional. Version of Node. 24 is maintained until April 2028, 22 until April 2027.')
param nodeVersion '22' | '24' = '24'

@description('Optional. Whether instances are spread over availability zones; only with storageReplication `ZRS`. Off: the platform then keeps at least two instances of each group of functions running and bills them, while a small team\'s backlog can wait until a zone is back.')
param zoneRedundant bool = false

@description('Optional. Copies of both storage accounts: `LRS`, three in one place; `ZRS`, one in each of three zones. LRS is the cheaper, and enough where senders keep their images and results can be made again. Choose before the first deployment: Azure converts an account only on request.')
param storageReplication storageReplicationType = 'LRS'

@description('Optional. Whether a lock keeps the account with the images from being deleted. Off: making it takes the right to write locks, and `azd down` fails until it is removed.')
param lockImages bool = false

@description('Optional. Memory of an instance, in MB. 512 is not offered: a 20 MB image takes 80 MB for a moment, and four run side by side.')
param instanceMemoryMB 2048 | 4096 = 2048

@description('Optional. Most instances of each group of functions. Default: what the quota of the pool feeds, at least 40. Some regions refuse less than 40.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int?

@description('Optional. HTTP calls that one instance takes side by side. Default: as many of the largest bodies as the memory holds. More of them lower the largest body.')
@minValue(1)
@maxValue(200)
param httpCallsPerInstance int?

@description('Optional. Instances that are kept running, exempt from scaling to zero.')
param alwaysReady alwaysReadyInstances[] = []

@description('Optional. Settings of the application that differ from its defaults.')
param settings applicationSettings = {}

@description('Optional. Days for which deleted blobs and containers can be brought back.')
@minValue(1)
@maxValue(365)
param softDeleteDays int = 7

@description('Optional. Who gets a mail when an alert rings.')
param alertMailAddresses string[] = []

@description('Optional. Object id of the person or group that uploads images and reads results; empty: nobody but the application.')
param operatorPrincipalId string = ''

@description('Optional. What the operator is. Left out, Azure looks it up; needed where the right to assign roles is limited to a type.')
param operatorPrincipalType principalType?

@description('Optional. Tags of every resource, besides the environment\'s.')
param tags tagsByName = {}

// In a variable that is handed to functions: inside a function the catalogue would exceed the size of an expression.
var catalogue catalogueRow[] = map(loadJsonContent('../shared/catalog/models.json', 'models'), row => {
  key: '${row.name}@${row.version}'
  stage: row.lifecycle.stage
  answersOverChat: row.parameters.chatCompletions
  takesJsonSchema: row.parameters.jsonSchema
  isReasoning: !empty(row.parameters.reasoningEfforts)
  knowsAllRegions: row.regions.complete
  unknownSkus: row.regions.unknownSkus
  regionsBySku: row.regions.bySku
})

var apiVersions catalogueVersions = loadJsonContent('../shared/catalog/models.json', 'apiVersions')

var flexConsumption flexConsumptionRegions = loadJsonContent('knownToAzure.json', 'flexConsumption')

var problems = concat(
  environmentNameProblems(environmentName),
  deploymentProblems(catalogue, apiVersions, deployments, allowedRetiredModels),
  settingsProblems(deployments, settings),
  regionProblems(location, flexConsumption, moreRegions),
  zoneProblems(zoneRedundant, storageReplication),
  dailyCapProblems(existingWorkspaceId, telemetryDailyCapGB != null),
  networkProblems(network, ingestion, existingNetwork != null, deployFrom, deployments),
  dnsZoneProblems(network, existingDnsZoneIds),
  alwaysReadyProblems(
    alwaysReady,
    ingestion,
    scaleFor(deployments, instanceMemoryMB, maximumInstanceCount, httpCallsPerInstance)
  )
)

// Speaks at snapshot, preflight and deployment. Everything is made from `pool`, so nothing is made where it fails.
var pool = empty(problems) ? deployments : fail(join(problems, ' '))

var names = namesFor(environmentName, uniqueString(resourceGroup().id, toLower(environmentName)))
var allTags = union(tags, { 'azd-env-name': environmentName })
var daysThatDeadLettersAreKept = 30

// Ids are computed: what-if and preflight then see whole resources instead of references.
var workspaceId = empty(existingWorkspaceId)
  ? resourceId('Microsoft.OperationalInsights/workspaces', names.workspace)
  : existingWorkspaceId
var usedNetwork = existingNetwork ?? {
  virtualNetworkId: resourceId('Microsoft.Network/virtualNetworks', names.network)
  applicationSubnetId: resourceId('Microsoft.Network/virtualNetworks/subnets', names.network, 'application')
  endpointSubnetId: resourceId('Microsoft.Network/virtualNetworks/subnets', names.network, 'endpoints')
}

module identity 'modules/identity.bicep' = {
  params: {
    location: location
    name: names.identity
    tags: allTags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    location: location
    names: names
    existingWorkspaceId: existingWorkspaceId
    telemetryDays: telemetryDays
    dailyCapGB: telemetryDailyCapGB
    tags: allTags
  }
}

module hostStorage 'modules/storage.bicep' = {
  params: {
    name: names.hostAccount
    location: location
    containers: [packageContainer]
    queues: []
    tables: []
    lifetimes: []
    softDeleteDays: softDeleteDays
    replication: storageReplication
    isLocked: false
    network: network
    workspaceId: workspaceId
    tags: allTags
  }
  dependsOn: [monitoring]
}

module dataStorage 'modules/storage.bicep' = {
  params: {
    name: names.dataAccount
    location: location
    containers: concat([imagesContainer, deadLettersContainer, inboxContainer], resultsContainers)
    queues: applicationQueues
    tables: applicationTables
    // Records, results and inbox are the application's to clear, by its RETENTION_DAYS.
    lifetimes: [{ container: deadLettersContainer, days: daysThatDeadLettersAreKept }]
    softDeleteDays: softDeleteDays
    replication: storageReplication
    isLocked: lockImages
    network: network
    workspaceId: workspaceId
    tags: allTags
  }
  dependsOn: [monitoring]
}

module models 'modules/models.bicep' = {
  params: {
    names: names
    pool: pool
    network: network
    mayCall: modelsMayCall
    workspaceId: workspaceId
    logs: modelLogs
    tags: allTags
  }
  dependsOn: [monitoring]
}

module uploadsTopic 'modules/uploadsTopic.bicep' = {
  params: {
    location: location
    names: names
    workspaceId: workspaceId
    tags: allTags
  }
  dependsOn: [dataStorage]
}

module modelAccess 'modules/modelAccess.bicep' = {
  params: {
    names: names
    pool: pool
    // What-if cannot name these assignments beforehand: their names hold the principal, so that they survive a new one.
    #disable-next-line what-if-short-circuiting
    principalId: identity.outputs.principalId
  }
  dependsOn: [models]
}

module roles 'modules/roles.bicep' = {
  params: {
    names: names
    #disable-next-line what-if-short-circuiting
    applicationPrincipalId: identity.outputs.principalId
    #disable-next-line what-if-short-circuiting
    eventsPrincipalId: uploadsTopic.outputs.principalId
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
    ingestion: ingestion
  }
  dependsOn: [hostStorage, monitoring]
}

module newNetwork 'modules/network.bicep' = if (network == 'private' && existingNetwork == null) {
  params: {
    location: location
    name: names.network
    addressSpace: addressSpace
    tags: allTags
  }
}

module functionApp 'modules/functionApp.bicep' = {
  params: {
    location: location
    names: names
    identityClientId: identity.outputs.clientId
    nodeVersion: nodeVersion
    zoneRedundant: zoneRedundant
    scale: scaleFor(pool, instanceMemoryMB, maximumInstanceCount, httpCallsPerInstance)
    alwaysReady: alwaysReady
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    ingestion: ingestion
    settings: union(settingsAsText(settings), {
      VISION_DEPLOYMENTS: poolSetting(pool, names)
      DEFAULT_MODEL: empty(settings.?defaultModel ?? '') ? modelKey(pool[0]) : settings.?defaultModel!
      IMAGES_CONTAINER: imagesContainer
      RESULTS_CONTAINER: resultsContainer
    })
    signIn: signIn
    network: network
    deployFrom: deployFrom
    applicationSubnetId: network == 'private' ? usedNetwork.applicationSubnetId : ''
    tags: allTags
  }
  // The roles must be there before the host starts and looks for its code.
  dependsOn: [roles, newNetwork]
}

module endpoints 'modules/privateEndpoints.bicep' = if (network == 'private') {
  params: {
    location: location
    names: names
    regions: newRegions(pool)
    existingAccounts: accountsToReach(pool, resourceGroup().name, subscription().subscriptionId)
    network: usedNetwork
    existingZoneIds: existingDnsZoneIds
    tags: allTags
  }
  dependsOn: [newNetwork, hostStorage, dataStorage, models, functionApp]
}

module alerts 'modules/alerts.bicep' = {
  params: {
    location: location
    names: names
    workspaceId: workspaceId
    mailAddresses: alertMailAddresses
    tags: allTags
  }
  dependsOn: [monitoring, uploadsTopic]
}

module workbook 'modules/workbook.bicep' = {
  params: {
    location: location
    names: names
    workspaceId: workspaceId
    tags: allTags
  }
  dependsOn: [monitoring]
}

@description('Name of the function app.')
output FUNCTION_APP_NAME string = names.functionApp

@description('Where the HTTP functions are.')
output API_URL string = 'https://${functionApp.outputs.hostName}/api'

@description('How uploads reach the application.')
output INGESTION string = ingestion

@description('Name of the account with the images.')
output IMAGES_ACCOUNT_NAME string = names.dataAccount

@description('Name of the account of the Functions host.')
output HOST_ACCOUNT_NAME string = names.hostAccount

@description('Name of Event Grid\'s topic.')
output UPLOADS_TOPIC_NAME string = names.topic

@description('Where the workbook opens in the portal.')
output WORKBOOK_URL string = workbook.outputs.url
