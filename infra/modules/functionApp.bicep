metadata description = 'The Flex Consumption plan and the function app, with every setting that the application and its host read.'

import { alwaysReadyInstances, ingestionMode, networkMode, signInSettings, tagsByName } from '../types.bicep'

@export()
@sealed()
@description('How far the app spreads out.')
type scaleLimits = {
  @description('Required. Memory of an instance, in MB.')
  instanceMemoryMB: 2048 | 4096

  @description('Required. Most instances of the app.')
  @minValue(1)
  @maxValue(1000)
  maximumInstanceCount: int

  @description('Required. HTTP requests that one instance takes at a time.')
  @minValue(1)
  @maxValue(1000)
  httpPerInstance: int
}

@export()
@sealed()
@description('Addresses of a storage account.')
type storageAddresses = {
  @description('Required. Address of its blobs.')
  blobServiceUri: string

  @description('Required. Address of its queues.')
  queueServiceUri: string

  @description('Required. Address of its tables.')
  tableServiceUri: string
}

@export()
@description('Settings by name.')
type settingsByName = {
  @description('Value of the setting.')
  *: string
}

@description('Required. Region of the app; the host\'s account is in the same.')
param location string

@description('Required. Name of the app.')
@minLength(2)
@maxLength(60)
param name string

@description('Required. Name of the plan.')
@maxLength(40)
param planName string

@description('Required. Resource id of the application\'s identity.')
param identityId string

@description('Required. Client id of the application\'s identity.')
param identityClientId string

@description('Required. Version of Node.')
param nodeVersion string

@description('Required. How far the app spreads out.')
param scale scaleLimits

@description('Required. Instances that are kept running.')
param alwaysReady alwaysReadyInstances[]

@description('Required. Addresses of the host\'s account.')
param hostStorage storageAddresses

@description('Required. Addresses of the account with the images.')
param imagesStorage storageAddresses

@description('Required. Container in the host\'s account that holds the deployed code.')
param packageContainer string

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

@description('Required. Subnet for outbound traffic, or empty.')
param applicationSubnetId string

@description('Required. Tags of both resources.')
param tags tagsByName

var functionOfIngestion = {
  blob: 'onImageUploaded'
  queue: 'onImageEvent'
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'argus' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: empty(applicationSubnetId) ? null : applicationSubnetId
    outboundVnetRouting: empty(applicationSubnetId) ? null : { allTraffic: true }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostStorage.blobServiceUri}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
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
          http: { perInstanceConcurrency: scale.httpPerInstance }
        }
      }
    }
    siteConfig: {
      ftpsState: 'Disabled'
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      remoteDebuggingEnabled: false
      // Private: callers come through the private endpoint. Code is still deployed from anywhere, with Entra ID only.
      ipSecurityRestrictionsDefaultAction: network == 'private' ? 'Deny' : 'Allow'
      scmIpSecurityRestrictionsDefaultAction: 'Allow'
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
      FUNCTIONS_EXTENSION_VERSION: '~4'
      AZURE_CLIENT_ID: identityClientId
      AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential'
      AzureWebJobsStorage__blobServiceUri: hostStorage.blobServiceUri
      AzureWebJobsStorage__queueServiceUri: hostStorage.queueServiceUri
      AzureWebJobsStorage__tableServiceUri: hostStorage.tableServiceUri
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identityClientId
      IMAGES_STORAGE__blobServiceUri: imagesStorage.blobServiceUri
      IMAGES_STORAGE__queueServiceUri: imagesStorage.queueServiceUri
      IMAGES_STORAGE__tableServiceUri: imagesStorage.tableServiceUri
      IMAGES_STORAGE__credential: 'managedidentity'
      IMAGES_STORAGE__clientId: identityClientId
      INGESTION: ingestion
      'AzureWebJobs.${functionOfIngestion.blob}.Disabled': toLower(string(ingestion != 'blob'))
      'AzureWebJobs.${functionOfIngestion.queue}.Disabled': toLower(string(ingestion != 'queue'))
      HTTP_AUTH: signIn == null ? 'key' : 'entra'
    })
  }

  resource entra 'config' = if (signIn != null) {
    name: 'authsettingsV2'
    properties: {
      platform: { enabled: true }
      globalValidation: {
        requireAuthentication: true
        unauthenticatedClientAction: 'Return401'
        // Event Grid brings the host's key instead, and a probe brings nothing.
        excludedPaths: ['/runtime/webhooks/blobs', '/api/health']
      }
      httpSettings: { requireHttps: true }
      identityProviders: {
        azureActiveDirectory: {
          enabled: true
          registration: {
            clientId: signIn.?clientId
            openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
          }
          validation: {
            allowedAudiences: signIn.?allowedAudiences ?? ['api://${signIn.?clientId}', signIn.?clientId ?? '']
          }
        }
      }
      login: {
        tokenStore: { enabled: false }
      }
    }
  }
}

@description('Host name of the app.')
output hostName string = app.properties.defaultHostName
