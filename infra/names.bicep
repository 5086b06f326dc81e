metadata description = 'What everything is called. Names follow from the environment, so that ids are known before anything exists.'

@export()
@sealed()
@description('Names of the resources of one installation.')
type resourceNames = {
  @description('Beginning of every name that is unique in its resource group only.')
  prefix: string

  @description('Tells apart equal environments of different groups, in names that are unique in the world.')
  token: string

  @description('The application\'s identity.')
  identity: string

  @description('The account of the Functions host.')
  hostAccount: string

  @description('The account with the images.')
  dataAccount: string

  @description('The Log Analytics workspace, where a new one is made.')
  workspace: string

  @description('The Application Insights component.')
  component: string

  @description('The function app.')
  functionApp: string

  @description('Event Grid\'s topic.')
  topic: string

  @description('The virtual network, where a new one is made.')
  network: string
}

@export()
@description('The names of an environment.')
func namesFor(environmentName string, token string) resourceNames => {
  prefix: 'argus-${toLower(environmentName)}'
  token: token
  identity: 'argus-${toLower(environmentName)}-application'
  hostAccount: 'st${token}host'
  dataAccount: 'st${token}data'
  workspace: 'argus-${toLower(environmentName)}-logs'
  component: 'argus-${toLower(environmentName)}-insights'
  functionApp: 'argus-${toLower(environmentName)}-${token}'
  topic: 'argus-${toLower(environmentName)}-uploads'
  network: 'argus-${toLower(environmentName)}-network'
}

@export()
@description('Name and custom subdomain of the Azure OpenAI account of a region.')
func accountName(names resourceNames, region string) string => '${names.prefix}-${region}-${names.token}'
