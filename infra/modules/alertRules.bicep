metadata description = 'What wakes somebody up. docs/operate.md says for each alert what it means and what to do.'

@export()
@sealed()
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

// The host writes a line of the worker's console into Message as it is (azure-functions-host, WorkerProcess.cs,
// WorkerConsoleLogService.cs). The signal is the line's event: its other fields hold names that others chose.
@description('Rows of a signal, a JSON line of the application. The search for its words spares most rows the parsing.')
func signalQuery(componentId string, signal string) string =>
  'AppTraces | where _ResourceId =~ "${componentId}" | where Message has "${signal}" | where tostring(parse_json(Message).event) == "${signal}"'

@export()
@description('''
A query of one table that gives no rows where the workspace does not know the table yet. A table has no schema before its
first row, and the system switches off a rule that fails for a week (AzureMonitorCommunity 175).
''')
func orNoRows(query string) string => 'union isfuzzy=true (datatable(TimeGenerated: datetime)[]), (${query})'

@export()
@description('The rules on logs. docs/operate.md says for each what it means and what to do.')
func logAlerts(componentId string, dataAccountName string) logAlert[] => [
  {
    name: 'analysis-deadlettered'
    sentence: 'A message failed at every delivery, or an event could not be delivered: its analysis is failed, or was queued late.'
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
    query: 'StorageQueueLogs | where AccountName == "${dataAccountName}" | where OperationName == "PutMessage" and ObjectKey contains "-poison"'
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
    name: 'deployment-misconfigured'
    sentence: 'A deployment refuses what others of its model take, or says that its settings are wrong: an operator must change it.'
    severity: 2
    query: signalQuery(componentId, 'deployment.misconfigured')
    threshold: 0
    operator: 'GreaterThan'
    window: 'PT15M'
  }
  {
    name: 'pool-ledger-lost'
    sentence: 'Instances cannot use the shared state of the pool and go on with a tenth of every quota, or it could not be read and was begun anew.'
    severity: 1
    query: signalQuery(componentId, 'pool.ledger_lost')
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

@export()
@description('The rules on metrics of Event Grid\'s topic.')
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
