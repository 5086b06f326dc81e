metadata description = 'A workbook for the portal: backlog, use of quota, money, refusals, circuits, failures. Its queries are the files of infra/workbook.'

import { resourceNames } from '../names.bicep'
import { tagsByName } from '../types.bicep'

@sealed()
@description('A query with its heading.')
type chart = {
  @description('What the reader sees above it.')
  title: string

  @description('The query, in which `{component}` stands for the component.')
  query: string

  @description('How its rows are shown.')
  visualization: 'table' | 'timechart' | 'barchart'
}

@description('Required. Region of the workbook.')
param location string

@description('Required. Names of the component that it reads, and of the workbook.')
param names resourceNames

@description('Required. Workspace with the telemetry.')
param workspaceId string

@description('Required. Tags of the workbook.')
param tags tagsByName

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: names.component
}

var charts chart[] = [
  {
    title: 'Backlog: analyses that wait, and how long the oldest has waited'
    query: loadTextContent('../workbook/backlog.kql')
    visualization: 'timechart'
  }
  {
    title: 'Expected end of the backlog, at the pace of the last half hour'
    query: loadTextContent('../workbook/expectedEnd.kql')
    visualization: 'table'
  }
  {
    title: 'Quota in use by deployment, in percent'
    query: loadTextContent('../workbook/utilisation.kql')
    visualization: 'timechart'
  }
  {
    title: 'Money by day and model, in US dollars'
    query: loadTextContent('../workbook/money.kql')
    visualization: 'barchart'
  }
  {
    title: 'Requests that the service refused (429), by deployment'
    query: loadTextContent('../workbook/refusals.kql')
    visualization: 'timechart'
  }
  {
    title: 'Circuits that opened, and why'
    query: loadTextContent('../workbook/circuits.kql')
    visualization: 'table'
  }
  {
    title: 'Failures by code'
    query: loadTextContent('../workbook/failures.kql')
    visualization: 'table'
  }
]

var timeRange = {
  type: 9
  content: {
    version: 'KqlParameterItem/1.0'
    parameters: [
      {
        id: '5b0c6f6e-3f0d-4a0e-9f5c-0f1a7c2f4d11'
        version: 'KqlParameterItem/1.0'
        name: 'Time'
        type: 4
        isRequired: true
        value: { durationMs: 86400000 }
        typeSettings: {
          selectableValues: [{ durationMs: 3600000 }, { durationMs: 86400000 }, { durationMs: 604800000 }, { durationMs: 2592000000 }]
          allowCustom: true
        }
      }
    ]
    style: 'pills'
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
  }
  name: 'time'
}

resource workbook 'Microsoft.Insights/workbooks@2022-04-01' = {
  name: guid(component.id, 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    category: 'workbook'
    displayName: names.prefix
    sourceId: workspaceId
    version: 'Notebook/1.0'
    serializedData: string({
      version: 'Notebook/1.0'
      items: concat(
        [timeRange],
        map(charts, (chart, index) => {
          type: 3
          name: 'chart-${index + 1}'
          content: {
            version: 'KqlItem/1.0'
            title: chart.title
            query: replace(chart.query, '{component}', component.id)
            size: 0
            timeContextFromParameter: 'Time'
            queryType: 0
            resourceType: 'microsoft.operationalinsights/workspaces'
            crossComponentResources: [workspaceId]
            visualization: chart.visualization
          }
        })
      )
      fallbackResourceIds: [workspaceId]
      '$schema': 'https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json'
    })
  }
}

@description('Where the workbook opens in the portal.')
output url string = '${environment().portal}/#resource${workbook.id}/workbook'
