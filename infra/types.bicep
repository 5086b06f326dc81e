metadata description = 'The shapes of the parameters: one list of deployments is the input, everything else follows from it.'

@export()
@description('How a deployment is billed and where its requests may be served. Batch types are left out: they answer hours later.')
type deploymentSku =
  | 'Standard'
  | 'DataZoneStandard'
  | 'GlobalStandard'
  | 'ProvisionedManaged'
  | 'DataZoneProvisionedManaged'
  | 'GlobalProvisionedManaged'

@export()
@sealed()
@description('An Azure OpenAI account that is there already, together with the deployment named in the entry. It is used, never changed.')
type existingAccountReference = {
  @description('Required. Name of the account.')
  @minLength(2)
  @maxLength(64)
  name: string

  @description('Optional. Its custom subdomain, where that is not its name.')
  @minLength(2)
  @maxLength(64)
  subdomain: string?

  @description('Optional. Its resource group; the one being deployed to when left out.')
  resourceGroup: string?

  @description('Optional. Its subscription; the one being deployed to when left out.')
  subscriptionId: string?

  @description('Optional. Whether a private endpoint leads to it, with network `private`. Default: false, since its owner must agree: the deployment approves the connection by itself only with the right to.')
  privateEndpoint: bool?
}

@export()
@sealed()
@description('One model deployed in one region with a quota. Entries of one region share one Azure OpenAI account.')
type visionDeployment = {
  @description('Optional. Its name in the pool, unique there. Default: `<deployment>-<region>`.')
  @minLength(2)
  @maxLength(90)
  name: string?

  @description('Optional. Its name in the account, unique in its region. Default: `<model>-<sku>` in lower case.')
  @minLength(2)
  @maxLength(64)
  deployment: string?

  @description('Required. Region of the account, as Azure writes it: `swedencentral`.')
  @minLength(3)
  region: string

  @description('Required. The model: `gpt-5.4-mini`.')
  @minLength(2)
  model: string

  @description('Required. The version of the model: `2026-03-17`.')
  @minLength(1)
  version: string

  @description('Required. The deployment type.')
  sku: deploymentSku

  @description('Required. Thousands of tokens per minute, or for a provisioned type its provisioned throughput units.')
  @minValue(1)
  capacity: int

  @description('Optional. Tokens per minute that the units of a provisioned type carry; required there and only there.')
  @minValue(1)
  tokensPerMinute: int?

  @description('Optional. Requests per minute; by default what the catalogue says for the model.')
  @minValue(1)
  requestsPerMinute: int?

  @description('Optional. Lower is used first. Default: 0.')
  @minValue(0)
  priority: int?

  @description('Optional. A dated API version for models that the v1 path does not serve.')
  @minLength(1)
  apiVersion: string?

  @description('Optional. The catalogue row whose token rule stands in for a model that the catalogue does not know: `gpt-5.4@2026-03-05`.')
  @minLength(1)
  like: string?

  @description('Optional. Content filter policy of a new deployment. One of your own must be in the account already. Default: the policy that Azure gives every deployment.')
  @minLength(1)
  raiPolicyName: string?

  @description('Optional. The account that holds the deployment already, instead of a new one.')
  existingAccount: existingAccountReference?
}

@export()
@sealed()
@description('Instances that are kept running, exempt from scaling to zero, billed while idle.')
type alwaysReadyInstances = {
  @description('Required. The group of functions that the platform scales together.')
  name: 'http' | 'blob' | 'function:onImageEvent' | 'function:onAnalysisDue' | 'function:onTimer'

  @description('Required. How many.')
  @minValue(1)
  @maxValue(1000)
  instanceCount: int
}

@export()
@sealed()
@description('Entra ID in front of the HTTP functions, instead of function keys.')
type signInSettings = {
  @description('Required. Application (client) id of the app registration that callers ask tokens for.')
  @minLength(36)
  @maxLength(36)
  clientId: string

  @description('Optional. Audiences that a token may name. Default: `api://<clientId>` and the client id.')
  allowedAudiences: string[]?
}

@export()
@sealed()
@description('A virtual network that is there already. Its application subnet is delegated to Microsoft.App/environments.')
type existingNetworkReference = {
  @description('Required. Resource id of the virtual network, for the links of the DNS zones.')
  virtualNetworkId: string

  @description('Required. Resource id of the subnet of the function app, /27 or larger.')
  applicationSubnetId: string

  @description('Required. Resource id of the subnet of the private endpoints.')
  endpointSubnetId: string
}

@export()
@description('A log of an Azure OpenAI account. None holds images, prompts or answers.')
type modelLogCategory = 'Audit' | 'RequestResponse' | 'Trace' | 'AzureOpenAIRequestUsage'

@export()
@sealed()
@description('Private DNS zones that are there already and linked to the network, by resource id.')
type dnsZoneIds = {
  @description('Required. `privatelink.blob.core.windows.net`.')
  blob: string

  @description('Required. `privatelink.queue.core.windows.net`.')
  queue: string

  @description('Required. `privatelink.table.core.windows.net`.')
  table: string

  @description('Required. `privatelink.openai.azure.com`.')
  openai: string

  @description('Required. `privatelink.cognitiveservices.azure.com`.')
  cognitiveServices: string

  @description('Required. `privatelink.azurewebsites.net`.')
  sites: string
}

@export()
@description('Where things may be reached from.')
type networkMode = 'public' | 'private'

@export()
@description('Copies of a storage account: `LRS`, three in one place; `ZRS`, one in each of three zones.')
type storageReplicationType = 'LRS' | 'ZRS'

@export()
@description('How uploads reach the application: `blob`, the blob trigger; `queue`, Event Grid messages in a queue.')
type ingestionMode = 'blob' | 'queue'

@export()
@description('What somebody with an object id is.')
type principalType = 'User' | 'Group' | 'ServicePrincipal'

@export()
@description('Tags by name.')
type tagsByName = {
  @description('Value of the tag.')
  *: string
}
