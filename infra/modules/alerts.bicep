metadata description = 'What wakes somebody up. docs/operate.md says for each alert what it means and what to do.'

import { tagsByName } from '../types.bicep'

@description('Required. Region of the rules on logs.')
param location string

@description('Required. Beginning of the names of the rules.')
param namePrefix string

@description('Required. Who gets the mails; empty: alerts only show in the portal.')
param mailAddresses string[]

@description('Required. Workspace with the telemetry.')
param workspaceId string

@description('Required. Application Insights component of the application.')
param componentId string

@description('Required. Topic of Event Grid.')
param topicId string

@description('Required. Names of the storage accounts whose poison queues are watched.')
param storageAccountNames string[]

@description('Required. Tags of all.')
param tags tagsByName

@description('A rule on logs.')
type logAlert = {
  @description('What the rule is called, after the prefix.')
  name: string

  @description('The sentence in the mail.')
  sentence: string

  @description('0 critical to 4 verbose.')
  severity: int

  @description('Query whose rows are counted.')
  query: string

  @description('Rows within the window that are too many, or for `LessThan` too few.')
  threshold: int

  @description('On which side of the threshold it rings.')
  operator: 'GreaterThan' | 'LessThan'

  @description('Window and period of the rule, ISO 8601.')
  window: string
}

// A signal is a log line or an event of that name, whichever way the telemetry came.
func signalQuery(componentId string, signal string) string =>
  'union isfuzzy=true AppTraces, AppEvents | where _ResourceId =~ "${componentId}" | where column_ifexists("Name", "") == "${signal}" or column_ifexists("Message", "") has "${signal}" or tostring(Properties) has "${signal}"'

func accountFilter(names string[]) string => join(map(names, name => '"${name}"'), ', ')

var logAlerts logAlert[] = [
  {
    name: 'analysis-deadlettered'
    sentence: 'An analysis was given up after all deliveries: its message lies in a poison queue.'
    severity: 1
    query: signalQuery(componentId, 'analysis.deadlettered')
    threshold: 0
    operator: 'GreaterThan'
    window: 'PT15M'
  }
  {
    name: 'poison-queue'
    sentence: 'A message was moved to a poison queue.'
    severity: 1
    query: 'StorageQueueLogs | where AccountName in (${accountFilter(storageAccountNames)}) | where OperationName == "PutMessage" and ObjectKey contains "-poison"'
    threshold: 0
    operator: 'GreaterThan'
    window: 'PT15M'
  }
  {
    name: 'analysis-failed'
    sentence: 'Analyses end as failed: something that waiting does not mend.'
    severity: 2
    query: signalQuery(componentId, 'analysis.failed')
    threshold: 0
    operator: 'GreaterThan'
    window: 'PT15M'
  }
  {
    name: 'backlog-stalled'
    sentence: 'Work waits and nothing gets done.'
    severity: 1
    query: signalQuery(componentId, 'backlog.stalled')
    threshold: 0
    operator: 'GreaterThan'
    window: 'PT15M'
  }
  {
    name: 'pool-throttled'
    sentence: 'The service refuses requests that the pool had booked: more than 20 in 15 minutes.'
    severity: 3
    query: signalQuery(componentId, 'pool.throttled')
    threshold: 20
    operator: 'GreaterThan'
    window: 'PT15M'
  }
  {
    name: 'pool-circuit-opened'
    sentence: 'A deployment is left out for a while, since it kept failing.'
    severity: 2
    query: signalQuery(componentId, 'pool.circuit_opened')
    threshold: 0
    operator: 'GreaterThan'
    window: 'PT15M'
  }
  {
    name: 'budget-reached'
    sentence: 'The budget is spent; analyses wait for its renewal.'
    severity: 2
    query: signalQuery(componentId, 'budget.reached')
    threshold: 0
    operator: 'GreaterThan'
    window: 'PT15M'
  }
  {
    name: 'http-errors'
    sentence: 'HTTP functions answered more than 5 times with 5xx in 15 minutes.'
    severity: 2
    query: 'AppRequests | where _ResourceId =~ "${componentId}" | where toint(ResultCode) between (500 .. 599)'
    threshold: 5
    operator: 'GreaterThan'
    window: 'PT15M'
  }
  {
    // The timer runs whatever the traffic, and it needs storage, the identity and the code: the cheapest true probe.
    name: 'no-heartbeat'
    sentence: 'The timer has not run through for half an hour: the application does not start, or sends no telemetry.'
    severity: 1
    query: 'AppRequests | where _ResourceId =~ "${componentId}" | where Name has "onTimer" or OperationName has "onTimer" | where Success == true'
    threshold: 1
    operator: 'LessThan'
    window: 'PT30M'
  }
]

var metricAlerts = [
  {
    name: 'event-deadlettered'
    sentence: 'Event Grid could not deliver an upload and wrote it to the container for dead letters.'
    severity: 2
    metric: 'DeadLetteredCount'
  }
  {
    name: 'event-dropped'
    sentence: 'Event Grid dropped an upload without a dead letter.'
    severity: 1
    metric: 'DroppedEventCount'
  }
]

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${namePrefix}-people'
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

resource logRule 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for alert in logAlerts: {
    name: '${namePrefix}-${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${namePrefix}: ${alert.name}'
      description: alert.sentence
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT15M'
      windowSize: alert.window
      autoMitigate: true
      // Tables of signals that were never sent do not exist yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
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

resource metricRule 'Microsoft.Insights/metricAlerts@2026-01-01' = [
  for alert in metricAlerts: {
    name: '${namePrefix}-${alert.name}'
    location: 'global'
    tags: tags
    properties: {
      description: alert.sentence
      severity: alert.severity
      enabled: true
      scopes: [topicId]
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
