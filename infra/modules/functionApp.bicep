metadata description = 'The Flex Consumption plan and the function app, with every setting that the application and its host read.'

import { settingsByName } from '../applicationSettings.bicep'
import { resourceNames } from '../names.bicep'
import { scaleLimits } from '../pool.bicep'
import { packageContainer } from '../storageContents.bicep'
import { alwaysReadyInstances, ingestionMode, networkMode, signInSettings, tagsByName } from '../types.bicep'

@description('Required. Region of the app; the host\'s account is in the same.')
param location string

@description('Required. Names of the app, of its identity and of the storage accounts.')
param names resourceNames

@description('Required. Client id of the application\'s identity.')
param identityClientId string

@description('Required. Version of Node.')
param nodeVersion string

@description('Required. Whether instances are spread over availability zones.')
param zoneRedundant bool

@description('Required. How far the app spreads out.')
param scale scaleLimits

@description('Required. Instances that are kept running.')
param alwaysReady alwaysReadyInstances[]

@description('Required. Connection string of Application Insights; holds no key that works, since local authentication is off.')
param applicationInsightsConnectionString string

@description('Required. Which of the two functions for uploads runs.')
param ingestion ingestionMode

@description('Required. Settings of the application.')
param settings settingsByName

@description('Required. Entra ID in front of the HTTP functions; null: function keys.')
param signIn signInSettings?

@description('Required. `private`: reached only through its private endpoint.')
param network networkMode

@description('Required. Ranges of public addresses from which code may be deployed; empty: anywhere, or with `private` only from the network.')
param deployFrom string[]

@description('Required. Subnet for outbound traffic, or empty.')
param applicationSubnetId string

@description('Required. Tags of both resources.')
param tags tagsByName

func serviceUri(account string, service string, storageSuffix string) string =>
  'https://${account}.${service}.${storageSuffix}/'

var storageSuffix = environment().suffixes.storage

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: names.identity
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: '${names.prefix}-plan'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: names.functionApp
  location: location
  tags: union(tags, { 'azd-service-name': 'argus' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    // With ranges to deploy from the site has a public address, whose main part is closed to all below.
    publicNetworkAccess: network == 'private' && empty(deployFrom) ? 'Disabled' : 'Enabled'
    virtualNetworkSubnetId: empty(applicationSubnetId) ? null : applicationSubnetId
    outboundVnetRouting: empty(applicationSubnetId) ? null : { allTraffic: true }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${serviceUri(names.hostAccount, 'blob', storageSuffix)}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: {
        name: 'node'
        version: nodeVersion
      }
      scaleAndConcurrency: {
        instanceMemoryMB: scale.instanceMemoryMB
        maximumInstanceCount: scale.maximumInstanceCount
        alwaysReady: alwaysReady
        triggers: {
          http: { perInstanceConcurrency: scale.httpCallsPerInstance }
        }
      }
    }
    siteConfig: {
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      remoteDebuggingEnabled: false
      ipSecurityRestrictionsDefaultAction: network == 'private' ? 'Deny' : 'Allow'
      scmIpSecurityRestrictionsDefaultAction: network == 'private' || !empty(deployFrom) ? 'Deny' : 'Allow'
      scmIpSecurityRestrictions: map(deployFrom, (range, index) => {
        name: 'deploy-from-${index + 1}'
        priority: 100 + index
        action: 'Allow'
        ipAddress: range
      })
      scmIpSecurityRestrictionsUseMain: false
    }
  }

  resource noFtpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource noDeploymentPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(settings, {
      APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
      AZURE_CLIENT_ID: identityClientId
      AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential'
      AzureWebJobsStorage__blobServiceUri: serviceUri(names.hostAccount, 'blob', storageSuffix)
      AzureWebJobsStorage__queueServiceUri: serviceUri(names.hostAccount, 'queue', storageSuffix)
      AzureWebJobsStorage__tableServiceUri: serviceUri(names.hostAccount, 'table', storageSuffix)
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identityClientId
      IMAGES_STORAGE__blobServiceUri: serviceUri(names.dataAccount, 'blob', storageSuffix)
      IMAGES_STORAGE__queueServiceUri: serviceUri(names.dataAccount, 'queue', storageSuffix)
      IMAGES_STORAGE__tableServiceUri: serviceUri(names.dataAccount, 'table', storageSuffix)
      IMAGES_STORAGE__credential: 'managedidentity'
      IMAGES_STORAGE__clientId: identityClientId
      INGESTION: ingestion
      FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: string(scale.httpBodyMaxBytes)
      AzureFunctionsJobHost__extensions__blobs__maxDegreeOfParallelism: string(scale.analysesPerInstance)
      // Together they are what runs side by side. Half is fetched when half is done, so no place waits for the slowest.
      AzureFunctionsJobHost__extensions__queues__batchSize: string(scale.analysesPerInstance - scale.analysesPerInstance / 2)
      AzureFunctionsJobHost__extensions__queues__newBatchThreshold: string(scale.analysesPerInstance / 2)
      'AzureWebJobs.onImageUploaded.Disabled': toLower(string(ingestion != 'blob'))
      'AzureWebJobs.onImageEvent.Disabled': toLower(string(ingestion != 'queue'))
      HTTP_AUTH: signIn == null ? 'key' : 'entra'
    })
  }
}

module entra 'signIn.bicep' = if (signIn != null) {
  params: {
    functionAppName: app.name
    signIn: signIn!
  }
}

@description('Host name of the app.')
output hostName string = app.properties.defaultHostName
