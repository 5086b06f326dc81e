metadata description = 'Entra ID in front of the HTTP functions.'

import { signInSettings } from '../types.bicep'

@description('Required. Name of the function app.')
param functionAppName string

@description('Required. Whose tokens are accepted.')
param signIn signInSettings

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: functionAppName
}

resource authentication 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
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
          clientId: signIn.clientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: signIn.?allowedAudiences ?? ['api://${signIn.clientId}', signIn.clientId]
        }
      }
    }
    login: {
      tokenStore: { enabled: false }
    }
  }
}
