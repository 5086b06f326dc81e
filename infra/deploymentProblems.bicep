metadata description = 'What is wrong with a list of deployments, as sentences that name what is possible. Pure: the catalogue comes in as an argument.'

import { visionDeployment } from './types.bicep'
import { deploymentName, modelKey, poolName } from './pool.bicep'
import { dateNumber, isApiVersion, isMadeOf } from './texts.bicep'

@export()
@sealed()
@description('A row of the application\'s catalogue, as far as the template asks.')
type catalogueRow = {
  @description('Name and version: `gpt-4@vision-preview`.')
  key: string

  @description('Where the model stands in its life: `retired` is refused unless allowed by name.')
  stage: string

  @description('Whether it answers over chat completions, which is how Argus asks.')
  answersOverChat: bool

  @description('Whether it is asked with a JSON Schema, which older API versions do not take.')
  takesJsonSchema: bool

  @description('Whether it thinks before it answers, which older API versions do not serve.')
  isReasoning: bool

  @description('Whether the catalogue knows all regions; if not, an unlisted one is taken on trust.')
  knowsAllRegions: bool

  @description('Deployment types of which the catalogue knows nothing.')
  unknownSkus: string[]

  @description('Regions in which it is offered, by deployment type.')
  regionsBySku: {
    @description('The regions of one type.')
    *: string[]
  }
}

@export()
@description('What the catalogue knows of dated API versions.')
type catalogueVersions = {
  @description('All that were ever served.')
  served: string[]

  @description('The first that takes a JSON Schema.')
  firstWithJsonSchema: string

  @description('The first that serves models that think before they answer.')
  firstWithReasoning: string
}

@description('Whether a deployment is paid by the unit, not by the token.')
func isProvisioned(deployment visionDeployment) bool => endsWith(deployment.sku, 'ProvisionedManaged')

@description('Tells apart accounts, so that two names in one account collide and two in different ones do not.')
func accountKey(deployment visionDeployment) string =>
  deployment.?existingAccount.?subdomain ?? deployment.?existingAccount.?name ?? deployment.region

@description('The values that stand in a list more than once, each one time.')
func repeated(values string[]) string[] =>
  union(filter(values, value => length(filter(values, other => toLower(other) == toLower(value))) > 1), [])

@description('Where a model of the catalogue is offered, for the sentence that says where it is not. Batch types are left out: no pool takes them.')
func offers(row catalogueRow) string =>
  join(
    map(
      filter(items(row.regionsBySku), offer => !endsWith(offer.key, 'Batch') && !empty(offer.value)),
      offer => '${offer.key} in ${join(offer.value, ', ')}'
    ),
    '; '
  )

@description('Whether the catalogue knows that a model is not offered so.')
func isNotOffered(row catalogueRow, deployment visionDeployment) bool =>
  row.knowsAllRegions && !contains(row.unknownSkus, deployment.sku) && !contains(
    row.regionsBySku[?deployment.sku] ?? [],
    deployment.region
  )

@description('Problems of one deployment whose model the catalogue has.')
func knownModelProblems(row catalogueRow, deployment visionDeployment, allowedRetiredModels string[]) string[] =>
  concat(
    row.stage == 'retired' && !contains(allowedRetiredModels, row.key)
      ? [
          '${row.key} (${poolName(deployment)}) is retired; name it in allowedRetiredModels if you still have access to it.'
        ]
      : [],
    row.answersOverChat
      ? []
      : [
          '${row.key} (${poolName(deployment)}) answers only over the Responses API; it can be estimated, but not deployed in a pool.'
        ],
    !isNotOffered(row, deployment)
      ? []
      : empty(row.regionsBySku[?deployment.sku] ?? [])
          ? ['${row.key} is not offered as ${deployment.sku}; it is offered as: ${offers(row)}.']
          : [
              '${row.key} (${deployment.sku}) is not offered in ${deployment.region}; it is in: ${join(row.regionsBySku[deployment.sku], ', ')}.'
            ]
  )

@description('Whether a date was never one of an API version; those newer than all that are known are taken on trust.')
func isNeverServed(versions catalogueVersions, apiVersion string) bool =>
  !contains(versions.served, apiVersion) && dateNumber(apiVersion) <= max(map(
    versions.served,
    version => dateNumber(version)
  ))

@description('Whether one of the rows is the model of a deployment, or the one that it is like.')
func isOneOf(rows catalogueRow[], deployment visionDeployment) bool =>
  contains(map(rows, row => row.key), deployment.?like ?? modelKey(deployment))

@description('What is wrong with a dated API version.')
func datedVersionProblems(
  catalogue catalogueRow[],
  versions catalogueVersions,
  deployment visionDeployment,
  apiVersion string
) string[] =>
  isNeverServed(versions, apiVersion)
    ? [
        '${poolName(deployment)} has the apiVersion ${apiVersion}, which was never served; there are: ${join(versions.served, ', ')}. Leave apiVersion out for v1.'
      ]
    : dateNumber(apiVersion) < dateNumber(versions.firstWithReasoning) && isOneOf(
          filter(catalogue, row => row.isReasoning),
          deployment
        )
        ? [
            '${poolName(deployment)} has the apiVersion ${apiVersion}, which is too old for ${modelKey(deployment)}; the first that serves it is ${versions.firstWithReasoning}. Leave apiVersion out for v1.'
          ]
        : dateNumber(apiVersion) < dateNumber(versions.firstWithJsonSchema) && isOneOf(
              filter(catalogue, row => row.takesJsonSchema),
              deployment
            )
            ? [
                '${poolName(deployment)} has the apiVersion ${apiVersion}, which takes no JSON Schema; the first that does is ${versions.firstWithJsonSchema}. Leave apiVersion out for v1.'
              ]
            : []

@description('What is wrong with the API version of a deployment; without one it is asked on the v1 path.')
func apiVersionProblems(catalogue catalogueRow[], versions catalogueVersions, deployment visionDeployment) string[] =>
  deployment.?apiVersion == null
    ? []
    : !isApiVersion(deployment.?apiVersion ?? '')
        ? [
            '${poolName(deployment)} has the apiVersion "${deployment.?apiVersion}"; write a date such as 2024-10-21 or 2024-08-01-preview, or leave it out for v1.'
          ]
        : datedVersionProblems(catalogue, versions, deployment, deployment.?apiVersion ?? '')

@description('The name of an account in an address that was pasted in its place: `eyes` of `https://eyes.openai.azure.com/openai/v1`.')
func accountInAddress(address string) string => split(split(last(split(split(address, '?')[0], '//')), '/')[0], '.')[0]

@description('What is wrong with the account of a deployment. A query is not repeated: people paste keys in it.')
func accountProblems(deployment visionDeployment) string[] =>
  concat(
    map(
      filter(
        [deployment.?existingAccount.?name ?? 'none', deployment.?existingAccount.?subdomain ?? 'none'],
        name => !isMadeOf(toLower(name), 'abcdefghijklmnopqrstuvwxyz0123456789-._') || contains(name, '.azure.')
      ),
      name =>
        '${poolName(deployment)} has the account "${split(name, '?')[0]}"; write its name alone: ${accountInAddress(name)}.'
    ),
    deployment.?raiPolicyName == null || deployment.?existingAccount == null
      ? []
      : [
          '${poolName(deployment)} names a raiPolicyName, and its deployment is there already and stays as it is; leave it out, and set the policy in that account.'
        ]
  )

@description('Problems of one deployment.')
func problemsOfOne(
  catalogue catalogueRow[],
  versions catalogueVersions,
  deployment visionDeployment,
  allowedRetiredModels string[]
) string[] =>
  concat(
    flatten(map(
      filter(catalogue, row => row.key == modelKey(deployment)),
      row => knownModelProblems(row, deployment, allowedRetiredModels)
    )),
    apiVersionProblems(catalogue, versions, deployment),
    accountProblems(deployment),
    contains(map(catalogue, row => row.key), deployment.?like ?? modelKey(deployment))
      ? []
      : [
          '${deployment.?like ?? modelKey(deployment)} (${poolName(deployment)}) is not in the catalogue; it has: ${join(map(catalogue, row => row.key), ', ')}. For a model of your own, name in "like" the row whose token rule it shares.'
        ],
    deployment.region == toLower(replace(deployment.region, ' ', ''))
      ? []
      : [
          '${poolName(deployment)} names its region ${deployment.region}; write ${toLower(replace(deployment.region, ' ', ''))}.'
        ],
    isProvisioned(deployment) && deployment.?tokensPerMinute == null
      ? [
          '${poolName(deployment)} is provisioned (${deployment.capacity} units); give the tokensPerMinute that the units carry.'
        ]
      : [],
    !isProvisioned(deployment) && deployment.?tokensPerMinute != null
      ? [
          '${poolName(deployment)} is no provisioned deployment; its tokens per minute are its capacity times 1,000, so leave tokensPerMinute out.'
        ]
      : []
  )

@export()
@description('Every problem of a list of deployments; empty where there is none.')
func deploymentProblems(
  catalogue catalogueRow[],
  versions catalogueVersions,
  deployments visionDeployment[],
  allowedRetiredModels string[]
) string[] =>
  union(
    flatten(map(deployments, deployment => problemsOfOne(catalogue, versions, deployment, allowedRetiredModels))),
    map(
      repeated(map(deployments, deployment => poolName(deployment))),
      name => '${name} stands in the pool more than once; give each entry a name of its own.'
    ),
    map(
      repeated(map(deployments, deployment => '${deploymentName(deployment)} in ${accountKey(deployment)}')),
      name =>
        '${name} stands in the list more than once; raise its capacity instead, or give each entry a deployment name of its own.'
    )
  )

@export()
@description('What is wrong with the name of an environment, which becomes part of host names.')
func environmentNameProblems(environmentName string) string[] =>
  isMadeOf(toLower(environmentName), 'abcdefghijklmnopqrstuvwxyz0123456789-')
    ? []
    : ['The environment is called "${environmentName}"; only letters, digits and hyphens can be part of a host name.']
