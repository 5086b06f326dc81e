metadata description = 'What is wrong with the network, its DNS zones and its private endpoints, as sentences. Pure.'

import { poolName } from './pool.bicep'
import { isAddressRange } from './texts.bicep'
import { dnsZoneIds, ingestionMode, networkMode, visionDeployment } from './types.bicep'

@export()
@description('What is wrong with the network, with where code may be deployed from, and with endpoints of accounts that are there already.')
func networkProblems(
  network networkMode,
  ingestion ingestionMode,
  hasExistingNetwork bool,
  deployFrom string[],
  deployments visionDeployment[]
) string[] =>
  concat(
    network == 'private' && ingestion == 'blob'
      ? ['With network "private" use ingestion "queue": Event Grid cannot call a webhook that is not public.']
      : [],
    network == 'public' && hasExistingNetwork ? ['existingNetwork is used only with network "private".'] : [],
    map(
      filter(deployFrom, range => !isAddressRange(range)),
      range => 'deployFrom has "${range}"; write a range of public addresses such as 203.0.113.0/24 or 2001:db8::/48.'
    ),
    map(
      filter(deployments, entry => network == 'public' && (entry.?existingAccount.?privateEndpoint ?? false)),
      entry => '${poolName(entry)} asks for a private endpoint to its account; that needs network "private".'
    )
  )

@description('What each zone is called, up to the suffix of the cloud.')
var zoneBeginnings = {
  blob: 'privatelink.blob.'
  queue: 'privatelink.queue.'
  table: 'privatelink.table.'
  openai: 'privatelink.openai.'
  cognitiveServices: 'privatelink.cognitiveservices.'
  sites: 'privatelink.azurewebsites.'
}

@export()
@description('What is wrong with DNS zones that are there already.')
func dnsZoneProblems(network networkMode, zones dnsZoneIds?) string[] =>
  zones == null
    ? []
    : network == 'public'
        ? ['existingDnsZoneIds is used only with network "private".']
        : map(
            filter(
              items(zones!),
              zone => !contains(toLower(zone.value), '/microsoft.network/privatednszones/${zoneBeginnings[zone.key]}')
            ),
            zone =>
              'existingDnsZoneIds.${zone.key} is "${zone.value}"; write the resource id of the zone ${zoneBeginnings[zone.key]}…'
          )
