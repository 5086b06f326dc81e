// What `azd up` deploys: a model that is planned to stay until September 2027, in three regions. Global deployments of a model
// share one quota: these take 300 of the 1,000 thousand tokens a minute that a pay-as-you-go subscription begins with. The
// regions are for resilience. Change the list; the template says what cannot be.
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'swedencentral')
param operatorPrincipalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
// azd sets no type. Azure looks it up; set one where the right to assign roles is limited to a type.
var principalType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', '')
param operatorPrincipalType = empty(principalType) ? null : principalType

param deployments = [
  {
    region: 'swedencentral'
    model: 'gpt-5.4-mini'
    version: '2026-03-17'
    sku: 'GlobalStandard'
    capacity: 100
  }
  {
    region: 'eastus2'
    model: 'gpt-5.4-mini'
    version: '2026-03-17'
    sku: 'GlobalStandard'
    capacity: 100
  }
  {
    region: 'japaneast'
    model: 'gpt-5.4-mini'
    version: '2026-03-17'
    sku: 'GlobalStandard'
    capacity: 100
  }
]
