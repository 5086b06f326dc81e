metadata description = 'What is wrong with the place of the app and its instances, as sentences. Pure.'

import { scaleLimits } from './pool.bicep'
import { alwaysReadyInstances, ingestionMode, storageReplicationType } from './types.bicep'

@export()
@description('Where Flex Consumption is known to be offered.')
type flexConsumptionRegions = {
  @description('Where that is written.')
  source: string

  @description('When it was read there.')
  on: string

  @description('The regions.')
  regions: string[]
}

@description('A region as Azure writes it: `swedencentral`.')
func regionName(location string) string => toLower(replace(location, ' ', ''))

@export()
@description('What is wrong with the region of the app.')
func regionProblems(location string, known flexConsumptionRegions, moreRegions string[]) string[] =>
  contains(concat(known.regions, map(moreRegions, region => regionName(region))), regionName(location))
    ? []
    : [
        'The location ${location} is not known to offer Flex Consumption; on ${known.on} these did: ${join(known.regions, ', ')}. If `az functionapp list-flexconsumption-locations` shows it, name it in moreRegions.'
      ]

@export()
@description('What is wrong with the daily cap of telemetry.')
func dailyCapProblems(existingWorkspaceId string, hasDailyCap bool) string[] =>
  empty(existingWorkspaceId) || !hasDailyCap
    ? []
    : ['telemetryDailyCapGB is for a new workspace; the one of existingWorkspaceId has its own. Leave one of them out.']

@export()
@description('What is wrong with zone redundancy.')
func zoneProblems(zoneRedundant bool, replication storageReplicationType) string[] =>
  zoneRedundant && replication != 'ZRS'
    ? [
        'zoneRedundant is on and storageReplication is ${replication}: code, queues and records would stay in one zone. Set storageReplication to "ZRS".'
      ]
    : []

@description('The group that has the uploads in the place of this one; empty where this one has functions of its own.')
func groupInstead(name string, ingestion ingestionMode) string =>
  ingestion == 'blob' && name == 'function:onImageEvent'
    ? 'blob'
    : ingestion == 'queue' && name == 'blob' ? 'function:onImageEvent' : ''

@export()
@description('What is wrong with the instances that are kept running.')
func alwaysReadyProblems(
  alwaysReady alwaysReadyInstances[],
  ingestion ingestionMode,
  scale scaleLimits
) string[] =>
  concat(
    map(
      filter(alwaysReady, group => group.instanceCount > scale.maximumInstanceCount),
      group =>
        'alwaysReady keeps ${group.instanceCount} instances of ${group.name}, and maximumInstanceCount is ${scale.maximumInstanceCount}; keep fewer, or raise maximumInstanceCount.'
    ),
    map(
      filter(alwaysReady, group => !empty(groupInstead(group.name, ingestion))),
      group =>
        'alwaysReady names ${group.name}, in which no function runs with ingestion "${ingestion}"; name ${groupInstead(group.name, ingestion)}.'
    ),
    map(
      filter(
        union(map(alwaysReady, group => group.name), []),
        name => length(filter(alwaysReady, group => group.name == name)) > 1
      ),
      name => 'alwaysReady names ${name} more than once; give it one count.'
    )
  )
