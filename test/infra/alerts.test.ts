import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { logSignal, type Signal } from '../../shared/signals/signals.ts';
import { ROOT } from './compile.ts';
import { goldenSnapshots, ofType, type PredictedResource } from './snapshot.ts';

const snapshot = goldenSnapshots.get('infra/main.bicepparam') ?? { predictedResources: [], diagnostics: [] };
const logRules = ofType(snapshot, 'Microsoft.Insights/scheduledQueryRules');
const metricRules = ofType(snapshot, 'Microsoft.Insights/metricAlerts');
const shortName = ({ name }: PredictedResource): string => name.replace('argus-dev-', '');

/** What stands before the query of every rule: rows that are always there, none. */
const NO_ROWS = 'union isfuzzy=true (datatable(TimeGenerated: datetime)[]), (';

function wholeQuery(rule: PredictedResource | undefined): string {
  return rule?.properties.criteria.allOf[0].query ?? '';
}

function queryOf(name: string): string {
  return wholeQuery(logRules.find((rule) => shortName(rule) === name)).slice(NO_ROWS.length, -1);
}

const SIGNALS = [
  ['analysis-deadlettered', 'analysis.deadlettered'],
  ['analysis-failed', 'analysis.failed'],
  ['backlog-stalled', 'backlog.stalled'],
  ['pool-throttled', 'pool.throttled'],
  ['pool-circuit-opened', 'pool.circuit_opened'],
  ['deployment-misconfigured', 'deployment.misconfigured'],
  ['pool-ledger-lost', 'pool.ledger_lost'],
  ['budget-reached', 'budget.reached'],
] as const;

/** The line that the application writes for a signal. */
function lineOf(signal: Signal): string {
  const lines: string[] = [];
  const console = vi.spyOn(globalThis.console, 'log').mockImplementation((line) => lines.push(line));
  logSignal(signal);
  console.mockRestore();
  return lines.join('\n');
}

/** Whether a rule counts a row of AppTraces with this message: the query of a signal, read as Kusto reads it. */
function counts(name: string, message: string): boolean {
  const [table, ofComponent, hasWords, isEvent, ...more] = queryOf(name).split(' | ');
  expect([table, more]).toEqual(['AppTraces', []]);
  expect(ofComponent).toMatch(/^where _ResourceId =~ "\/subscriptions\/.+\/components\/argus-dev-insights"$/);
  const words = /^where Message has "([^"]+)"$/.exec(hasWords ?? '')?.[1];
  const event = /^where tostring\(parse_json\(Message\)\.event\) == "([^"]+)"$/.exec(isEvent ?? '')?.[1];
  if (words === undefined || event === undefined) throw new Error(`${name} is no query of a signal.`);
  return message.includes(words) && eventOf(message) === event;
}

/** Empty where Kusto finds none: `parse_json` gives back what is no JSON. */
function eventOf(message: string): string {
  try {
    return String(JSON.parse(message).event ?? '');
  } catch {
    return '';
  }
}

describe('alerts', () => {
  it.each(SIGNALS)('%s rings at the line that the application writes for %s', (name, event) => {
    expect(counts(name, lineOf({ event, facts: { deployment: 'westus', detail: 'It said "no".' } }))).toBe(true);
  });

  it.each(SIGNALS)('%s does not ring at a file that is called %s', (name, event) => {
    const facts = { name: `images/${event}.png`, detail: `{"event":"${event}"}` };
    expect(counts(name, lineOf({ event: 'sweep.recovered', facts }))).toBe(false);
    expect(
      counts(name, `Executing 'Functions.onImageUploaded' (Reason='New blob detected: images/${event}.png')`),
    ).toBe(false);
  });

  it('are not switched off for failing: without its table a query gives no rows, and is not refused', () => {
    for (const rule of logRules) {
      expect(wholeQuery(rule).startsWith(NO_ROWS), rule.name).toBe(true);
      expect(wholeQuery(rule), rule.name).toMatch(
        /^[^()]+\(datatable\(TimeGenerated: datetime\)\[\]\), \((?:App|Storage)\w+ \| .+\)$/,
      );
      expect(rule.properties).toMatchObject({ enabled: true, skipQueryValidation: true, autoMitigate: true });
    }
    expect(logRules).toHaveLength(11);
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

  it('are looked for by hand in the way in which they look', () => {
    const page = readFileSync(join(ROOT, 'docs/operate.md'), 'utf8');
    expect(queryOf('pool-throttled')).toContain(/where tostring.+? == "pool\.throttled"/.exec(page)?.[0]);
  });

  it('are all explained in docs/operate.md, and nothing is explained that does not ring', () => {
    const page = readFileSync(join(ROOT, 'docs/operate.md'), 'utf8');
    const explained = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
    expect(explained.sort()).toEqual([...logRules, ...metricRules].map(shortName).sort());
  });
});
