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
    expect(queryOf('poison-queue')).toMatch(/StorageQueueLogs.*data".*"PutMessage".*"-poison"/);
    expect(queryOf('http-errors')).toContain('500 .. 599');
    expect(queryOf('no-heartbeat')).toContain('onTimer');
    expect(metricRules.map((rule) => rule.properties.criteria.allOf[0].metricName)).toEqual([
      'DeadLetteredCount',
      'DroppedEventCount',
    ]);
  });

  it('look for signals that the application sends', () => {
    const source = readFileSync(join(ROOT, 'shared/signals.ts'), 'utf8');
    const sent = new Set([...source.matchAll(/'([a-z]+\.[a-z_]+)'/g)].map(([, signal]) => signal));
    const lookedFor = logRules.flatMap(({ properties }) => [
      ...properties.criteria.allOf[0].query.matchAll(/has "([a-z]+\.[a-z_]+)"/g),
    ]);
    expect(lookedFor.length).toBeGreaterThan(0);
    for (const [, signal] of lookedFor) expect(sent, signal).toContain(signal);
  });

  it('count rows that the host does not thin out', () => {
    const { logging } = JSON.parse(readFileSync(join(ROOT, 'host.json'), 'utf8'));
    const whole = logging.applicationInsights.samplingSettings.excludedTypes.split(';');
    const tableOf: Readonly<Record<string, string>> = {
      AppTraces: 'Trace',
      AppEvents: 'Event',
      AppRequests: 'Request',
    };
    for (const { properties } of logRules) {
      const tables = properties.criteria.allOf[0].query.match(/App(?:Traces|Events|Requests)/g) ?? [];
      for (const table of tables) expect(whole, table).toContain(tableOf[table]);
    }
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
