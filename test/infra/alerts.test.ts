import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './compile.ts';
import { goldenSnapshots, ofType, type PredictedResource } from './snapshot.ts';

const snapshot = goldenSnapshots.get('infra/main.bicepparam') ?? { predictedResources: [], diagnostics: [] };
const logRules = ofType(snapshot, 'Microsoft.Insights/scheduledQueryRules');
const metricRules = ofType(snapshot, 'Microsoft.Insights/metricAlerts');
const shortName = ({ name }: PredictedResource): string => name.replace('argus-dev-', '');

function queryOf(name: string): string {
  return logRules.find((rule) => shortName(rule) === name)?.properties.criteria.allOf[0].query ?? '';
}

describe('alerts', () => {
  it.each([
    ['analysis-deadlettered', 'analysis.deadlettered'],
    ['analysis-failed', 'analysis.failed'],
    ['backlog-stalled', 'backlog.stalled'],
    ['pool-throttled', 'pool.throttled'],
    ['pool-circuit-opened', 'pool.circuit_opened'],
    ['budget-reached', 'budget.reached'],
  ])('%s looks for the signal %s, as a log line or as an event, of this application alone', (name, signal) => {
    expect(queryOf(name)).toContain('union isfuzzy=true AppTraces, AppEvents');
    expect(queryOf(name)).toContain(`"${signal}"`);
    expect(queryOf(name)).toContain('/components/argus-dev-insights"');
  });

  it('watch what is not a signal: poison queues, dead letters, answers of 5xx, and a timer that stops', () => {
    expect(queryOf('poison-queue')).toMatch(/StorageQueueLogs.*host".*data".*"PutMessage".*"-poison"/);
    expect(queryOf('http-errors')).toContain('500 .. 599');
    expect(queryOf('no-heartbeat')).toContain('onTimer');
    expect(metricRules.map((rule) => rule.properties.criteria.allOf[0].metricName)).toEqual([
      'DeadLetteredCount',
      'DroppedEventCount',
    ]);
  });

  it('all tell the same people', () => {
    for (const { properties } of logRules) expect(properties.actions.actionGroups).toHaveLength(1);
    for (const { properties } of metricRules) expect(properties.actions[0].actionGroupId).toMatch(/argus-dev-people$/);
    const people = ofType(
      goldenSnapshots.get('infra/examples/provisioned.bicepparam') ?? snapshot,
      'Microsoft.Insights/actionGroups',
    );
    expect(people[0]?.properties.emailReceivers[0].emailAddress).toBe('platform@example.com');
  });

  it('are all explained in docs/operate.md, and nothing is explained that does not ring', () => {
    const page = readFileSync(join(ROOT, 'docs/operate.md'), 'utf8');
    const explained = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
    expect(explained.sort()).toEqual([...logRules, ...metricRules].map(shortName).sort());
  });
});
