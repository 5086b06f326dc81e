metadata description = 'What wakes somebody up: the rules of alertRules.bicep, and who is told.'

import { resourceNames } from '../names.bicep'
import { tagsByName } from '../types.bicep'
import { logAlerts, metricAlerts, orNoRows } from 'alertRules.bicep'

@description('Required. Region of the rules on logs.')
param location string

@description('Required. Names of what is watched.')
param names resourceNames

@description('Required. Workspace with the telemetry.')
param workspaceId string

@description('Required. Who gets the mails; empty: alerts only show in the portal.')
param mailAddresses string[]

@description('Required. Tags of all.')
param tags tagsByName

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: names.component
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: names.topic
}

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${names.prefix}-people'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'argus'
    emailReceivers: [
      for (mailAddress, index) in mailAddresses: {
        name: 'mail-${index + 1}'
        emailAddress: mailAddress
        useCommonAlertSchema: true
      }
    ]
  }
}

resource logRule 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = [
  for alert in logAlerts(component.id, names.dataAccount): {
    name: '${names.prefix}-${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${names.prefix}: ${alert.name}'
      description: alert.sentence
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT15M'
      windowSize: alert.window
      autoMitigate: true
      // It checks for tables, and those that nothing was written to do not exist yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: orNoRows(alert.query)
            timeAggregation: 'Count'
            operator: alert.operator
            threshold: alert.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [actionGroup.id]
      }
    }
  }
]

resource metricRule 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in metricAlerts: {
    name: '${names.prefix}-${alert.name}'
    location: 'global'
    tags: tags
    properties: {
      description: alert.sentence
      severity: alert.severity
      enabled: true
      scopes: [topic.id]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: alert.metric
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: 'Microsoft.EventGrid/systemTopics'
            metricName: alert.metric
            timeAggregation: 'Total'
            operator: 'GreaterThan'
            threshold: 0
          }
        ]
      }
      actions: [{ actionGroupId: actionGroup.id }]
    }
  }
]
