metadata description = 'Argus in one resource group: the function app, its storage, its events, and a pool of vision models in many regions.'

targetScope = 'resourceGroup'

import {
  alwaysReadyInstances
  applicationSettings
  existingNetworkReference
  ingestionMode
  networkMode
  signInSettings
  tagsByName
  visionDeployment
} from 'types.bicep'
import {
  catalogueRow
  deploymentName
  deploymentProblems
  environmentNameProblems
  modelKey
  poolName
  tokensPerMinute
} from 'deploymentProblems.bicep'

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

@description('Required. The pool: which model is deployed where, with which quota. Checked against the application\'s catalogue.')
@minLength(1)
@maxLength(200)
param deployments visionDeployment[]

@description('Optional. Retired models that this subscription may still deploy, as `name@version`.')
param allowedRetiredModels string[] = []

@description('Optional. How uploads reach the application: `blob` needs a second phase after the code is deployed (webhook.bicep), `queue` does not.')
param ingestion ingestionMode = 'blob'

@description('Optional. `private`: a virtual network with private endpoints; only with ingestion `queue`.')
param network networkMode = 'public'

@description('Optional. Address space of a new virtual network, /24 or larger.')
param addressSpace string = '10.20.0.0/24'

@description('Optional. A virtual network that is there already, instead of a new one.')
param existingNetwork existingNetworkReference?

@description('Optional. Resource id of a Log Analytics workspace that is there already, instead of a new one.')
param existingWorkspaceId string = ''

@description('Optional. Days that a new workspace keeps telemetry.')
@minValue(30)
@maxValue(730)
param telemetryDays int = 30

@description('Optional. Entra ID in front of the HTTP functions, instead of function keys.')
param signIn signInSettings?

@description('Optional. Version of Node.')
param nodeVersion '22' | '24' = '22'

@description('Optional. Memory of an instance, in MB. 512 is not offered: a 20 MB image takes 80 MB for a moment, and four run side by side.')
param instanceMemoryMB 2048 | 4096 = 2048

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

@description('Optional. What the operator is.')
param operatorPrincipalType 'User' | 'Group' | 'ServicePrincipal' = 'User'

@description('Optional. Tags of every resource, besides the environment\'s.')
param tags tagsByName = {}

// In a variable that is handed to functions: inside a function the catalogue would exceed the size of an expression.
var catalogue catalogueRow[] = map(loadJsonContent('../shared/catalog/models.json', 'models'), row => {
  key: '${row.name}@${row.version}'
  stage: row.lifecycle.stage
  answersOverChat: row.parameters.chatCompletions
  knowsAllRegions: row.regions.complete
  unknownSkus: row.regions.unknownSkus
  regionsBySku: row.regions.bySku
})

var problems = concat(
  environmentNameProblems(environmentName),
  deploymentProblems(catalogue, deployments, allowedRetiredModels),
  network == 'private' && ingestion == 'blob'
    ? ['With network "private" use ingestion "queue": Event Grid cannot call a webhook that is not public.']
    : [],
  network == 'public' && existingNetwork != null ? ['existingNetwork is used only with network "private".'] : []
)

// Speaks at snapshot, preflight and deployment. Everything is made from `pool`, so nothing is made where it fails.
var pool = empty(problems) ? deployments : fail(join(problems, ' '))

var environment = toLower(environmentName)
var token = uniqueString(resourceGroup().id, environment)
var prefix = 'argus-${environment}'
var allTags = union(tags, { 'azd-env-name': environmentName })

var hostAccountName = 'st${token}host'
var dataAccountName = 'st${token}data'
var componentName = '${prefix}-insights'
var functionAppName = '${prefix}-${token}'
var topicName = '${prefix}-uploads'
var applicationIdentityName = '${prefix}-application'
var eventsIdentityName = '${prefix}-events'

// Ids are computed as well: what-if and preflight then see whole resources instead of references.
var applicationIdentityId = resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', applicationIdentityName)
var eventsIdentityId = resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', eventsIdentityName)
var hostAccountId = resourceId('Microsoft.Storage/storageAccounts', hostAccountName)
var dataAccountId = resourceId('Microsoft.Storage/storageAccounts', dataAccountName)
var functionAppId = resourceId('Microsoft.Web/sites', functionAppName)
var topicId = resourceId('Microsoft.EventGrid/systemTopics', topicName)
var componentId = resourceId('Microsoft.Insights/components', componentName)
var workspaceName = '${prefix}-logs'
var workspaceId = empty(existingWorkspaceId)
  ? resourceId('Microsoft.OperationalInsights/workspaces', workspaceName)
  : existingWorkspaceId
var networkName = '${prefix}-network'
var usedNetwork = existingNetwork ?? {
  virtualNetworkId: resourceId('Microsoft.Network/virtualNetworks', networkName)
  applicationSubnetId: resourceId('Microsoft.Network/virtualNetworks/subnets', networkName, 'application')
  endpointSubnetId: resourceId('Microsoft.Network/virtualNetworks/subnets', networkName, 'endpoints')
}

var imagesContainer = 'images'
var resultsContainer = 'results'
var resultsContainers = [resultsContainer, '${resultsContainer}-http']
var inboxContainer = 'inbox'
var deadLettersContainer = 'deadletters'
var packageContainer = 'packages'
var eventsQueue = 'image-events'
var queues = ['analyses-due', 'analyses-due-poison', eventsQueue, '${eventsQueue}-poison', 'webjobs-blobtrigger-poison']
var tables = ['analyses', 'analysesByTime', 'answers', 'budget', 'usage', 'pool', 'progress']
var daysThatDeadLettersAreKept = 30

var newRegions = union(map(filter(pool, entry => entry.?existingAccount == null), entry => entry.region), [])
var existingAccounts = union(
  map(filter(pool, entry => entry.?existingAccount != null), entry => {
    name: entry.?existingAccount.?name ?? ''
    resourceGroup: entry.?existingAccount.?resourceGroup ?? resourceGroup().name
    subscriptionId: entry.?existingAccount.?subscriptionId ?? subscription().subscriptionId
  }),
  []
)

// A custom subdomain is unique in the world, so the token tells apart equal environments of different groups.
func accountName(prefix string, region string, token string) string => '${prefix}-${region}-${token}'

// Endpoints are computed, not read from the accounts: so the setting is plain JSON before anything is deployed.
var visionDeployments = [
  for entry in pool: union(
    {
      name: poolName(entry)
      deployment: deploymentName(entry)
      endpoint: 'https://${entry.?existingAccount.?subdomain ?? entry.?existingAccount.?name ?? accountName(prefix, entry.region, token)}.openai.azure.com'
      region: entry.region
      model: entry.model
      version: entry.version
      sku: entry.sku
      tokensPerMinute: tokensPerMinute(entry)
      priority: entry.?priority ?? 0
    },
    entry.?requestsPerMinute == null ? {} : { requestsPerMinute: entry.?requestsPerMinute },
    entry.?apiVersion == null ? {} : { apiVersion: entry.?apiVersion },
    entry.?like == null ? {} : { like: entry.?like }
  )
]

// How many analyses the quota lets run at a time: one takes about 2,000 tokens at the door and a quarter of a minute.
var poolTokensPerMinute = reduce(map(pool, entry => tokensPerMinute(entry)), 0, (sum, next) => sum + next)
var analysesAtATime = max(1, poolTokensPerMinute / 2000 / 4)
// As many side by side as the memory holds, each with an image of 20 MB, or as the quota feeds.
var analysesPerInstance = min(instanceMemoryMB / 512, analysesAtATime)
// Twice: uploads and HTTP requests are scaled apart.
var instances = min(1000, 2 * ((analysesAtATime + analysesPerInstance - 1) / analysesPerInstance))

func storageUri(account string, service string, suffix string) string => 'https://${account}.${service}.${suffix}/'

var storageSuffix = az.environment().suffixes.storage

module identity 'modules/identity.bicep' = {
  params: {
    location: location
    applicationIdentityName: applicationIdentityName
    eventsIdentityName: eventsIdentityName
    tags: allTags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    location: location
    workspaceName: workspaceName
    componentName: componentName
    existingWorkspaceId: existingWorkspaceId
    telemetryDays: telemetryDays
    tags: allTags
  }
}

module hostStorage 'modules/storage.bicep' = {
  params: {
    name: hostAccountName
    location: location
    containers: [packageContainer]
    queues: []
    tables: []
    lifetimes: []
    softDeleteDays: softDeleteDays
    network: network
    workspaceId: workspaceId
    tags: allTags
  }
  dependsOn: [monitoring]
}

module dataStorage 'modules/storage.bicep' = {
  params: {
    name: dataAccountName
    location: location
    containers: concat([imagesContainer, deadLettersContainer, inboxContainer], resultsContainers)
    queues: queues
    tables: tables
    // Records, results and inbox are the application's to clear, by its RETENTION_DAYS.
    lifetimes: [
      {
        container: deadLettersContainer
        days: daysThatDeadLettersAreKept
      }
    ]
    softDeleteDays: softDeleteDays
    network: network
    workspaceId: workspaceId
    tags: allTags
  }
  dependsOn: [monitoring]
}

module models 'modules/openai.bicep' = [
  for region in newRegions: {
    params: {
      name: accountName(prefix, region, token)
      location: region
      deployments: filter(pool, entry => entry.?existingAccount == null && entry.region == region)
      network: network
      tags: allTags
    }
  }
]

module modelAccess 'modules/openaiAccess.bicep' = [
  for region in newRegions: {
    params: {
      accountName: accountName(prefix, region, token)
      principalId: identity.outputs.applicationPrincipalId
      identityName: applicationIdentityName
    }
    dependsOn: [models]
  }
]

module existingModelAccess 'modules/openaiAccess.bicep' = [
  for account in existingAccounts: {
    scope: resourceGroup(account.subscriptionId, account.resourceGroup)
    params: {
      accountName: account.name
      principalId: identity.outputs.applicationPrincipalId
      identityName: applicationIdentityName
    }
  }
]

module roles 'modules/roles.bicep' = {
  params: {
    applicationPrincipalId: identity.outputs.applicationPrincipalId
    eventsPrincipalId: identity.outputs.eventsPrincipalId
    applicationIdentityName: applicationIdentityName
    eventsIdentityName: eventsIdentityName
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
    hostAccountName: hostAccountName
    dataAccountName: dataAccountName
    componentName: componentName
    ingestion: ingestion
    imagesContainer: imagesContainer
    resultsContainers: resultsContainers
    inboxContainer: inboxContainer
    deadLettersContainer: deadLettersContainer
    eventsQueue: eventsQueue
  }
  dependsOn: [hostStorage, dataStorage, monitoring]
}

module newNetwork 'modules/network.bicep' = if (network == 'private' && existingNetwork == null) {
  params: {
    location: location
    name: networkName
    addressSpace: addressSpace
    tags: allTags
  }
}

module functionApp 'modules/functionApp.bicep' = {
  params: {
    location: location
    name: functionAppName
    planName: '${prefix}-plan'
    identityId: applicationIdentityId
    identityClientId: identity.outputs.applicationClientId
    nodeVersion: nodeVersion
    scale: {
      instanceMemoryMB: instanceMemoryMB
      maximumInstanceCount: instances
      httpPerInstance: 2 * analysesPerInstance
    }
    alwaysReady: alwaysReady
    hostStorage: {
      blobServiceUri: storageUri(hostAccountName, 'blob', storageSuffix)
      queueServiceUri: storageUri(hostAccountName, 'queue', storageSuffix)
      tableServiceUri: storageUri(hostAccountName, 'table', storageSuffix)
    }
    imagesStorage: {
      blobServiceUri: storageUri(dataAccountName, 'blob', storageSuffix)
      queueServiceUri: storageUri(dataAccountName, 'queue', storageSuffix)
      tableServiceUri: storageUri(dataAccountName, 'table', storageSuffix)
    }
    packageContainer: packageContainer
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    ingestion: ingestion
    // What is empty has the application's default.
    settings: {
      VISION_DEPLOYMENTS: string(visionDeployments)
      DEFAULT_MODEL: settings.?defaultModel ?? modelKey(pool[0])
      IMAGES_CONTAINER: imagesContainer
      RESULTS_CONTAINER: resultsContainer
      DEFAULT_TASK: settings.?defaultTask ?? ''
      BLOB_BINDING: settings.?blobBinding ?? ''
      UPLOAD_MAX_BYTES: string(settings.?uploadMaxBytes ?? '')
      IMAGE_MAX_PIXELS: string(settings.?imageMaxPixels ?? '')
      INLINE_WAIT_MS: string(settings.?inlineWaitMs ?? '')
      HTTP_SHARE: settings.?httpShare ?? ''
      REUSE_ANSWERS: toLower(string(settings.?reuseAnswers ?? ''))
      ANSWER_LANGUAGE: settings.?answerLanguage ?? ''
      RETENTION_DAYS: settings.?retentionDays == null ? '' : string(settings.?retentionDays)
      DAILY_BUDGET_USD: settings.?dailyBudgetUsd ?? ''
      MONTHLY_BUDGET_USD: settings.?monthlyBudgetUsd ?? ''
      TOKEN_SCOPE: settings.?tokenScope ?? ''
      AzureFunctionsJobHost__extensions__blobs__maxDegreeOfParallelism: string(analysesPerInstance)
      AzureFunctionsJobHost__extensions__queues__batchSize: string(analysesPerInstance)
    }
    signIn: signIn
    network: network
    applicationSubnetId: network == 'private' ? usedNetwork.applicationSubnetId : ''
    tags: allTags
  }
  // The roles must be there before the host starts and looks for its code.
  dependsOn: [roles, newNetwork]
}

module endpoints 'modules/privateEndpoints.bicep' = if (network == 'private') {
  params: {
    location: location
    namePrefix: prefix
    virtualNetworkId: usedNetwork.virtualNetworkId
    subnetId: usedNetwork.endpointSubnetId
    targets: concat(
      flatten(map(['blob', 'queue', 'table'], service => [
        {
          name: 'host-${service}'
          resourceId: hostAccountId
          service: service
        }
        {
          name: 'data-${service}'
          resourceId: dataAccountId
          service: service
        }
      ])),
      map(newRegions, region => {
        name: 'models-${region}'
        resourceId: resourceId('Microsoft.CognitiveServices/accounts', accountName(prefix, region, token))
        service: 'account'
      }),
      [
        {
          name: 'app'
          resourceId: functionAppId
          service: 'sites'
        }
      ]
    )
    tags: allTags
  }
  dependsOn: [newNetwork, hostStorage, dataStorage, models, functionApp]
}

module uploads 'modules/uploads.bicep' = {
  params: {
    location: location
    topicName: topicName
    subscriptionName: 'uploads'
    storageAccountId: dataAccountId
    eventsIdentityId: eventsIdentityId
    imagesContainer: imagesContainer
    deadLettersContainer: deadLettersContainer
    eventsQueue: eventsQueue
    ingestion: ingestion
    workspaceId: workspaceId
    tags: allTags
  }
  // The role must be there before the subscription, or the first deliveries fail.
  dependsOn: [roles]
}

module alerts 'modules/alerts.bicep' = {
  params: {
    location: location
    namePrefix: prefix
    mailAddresses: alertMailAddresses
    workspaceId: workspaceId
    componentId: componentId
    topicId: topicId
    storageAccountNames: [hostAccountName, dataAccountName]
    tags: allTags
  }
  dependsOn: [monitoring, functionApp, uploads]
}

@description('Name of the function app.')
output FUNCTION_APP_NAME string = functionAppName

@description('Where the HTTP functions are.')
output API_URL string = 'https://${functionApp.outputs.hostName}/api'

@description('How uploads reach the application; `blob` has a second phase.')
output INGESTION string = ingestion

@description('Name of the account with the images.')
output IMAGES_ACCOUNT_NAME string = dataAccountName

@description('Name of Event Grid\'s topic.')
output UPLOADS_TOPIC_NAME string = topicName

@description('Name of the identity with which Event Grid delivers.')
output EVENTS_IDENTITY_NAME string = eventsIdentityName
