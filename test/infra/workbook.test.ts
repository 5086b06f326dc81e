import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './compile.ts';
import { goldenSnapshots, ofType } from './snapshot.ts';

interface Diagnostics {
  readonly Count: number;
  readonly getItem: (place: number) => { readonly Message: string };
}

interface KustoLanguage {
  readonly KustoCode: { readonly Parse: (query: string) => { readonly GetDiagnostics: () => Diagnostics } };
}

/** Kusto's own parser. It is compiled from C# and puts its names into the global object. */
function loadKusto(): KustoLanguage {
  const require = createRequire(import.meta.url);
  require('@kusto/language-service-next/bridge.js');
  require('@kusto/language-service-next');
  return (globalThis as unknown as { readonly Kusto: { readonly Language: KustoLanguage } }).Kusto.Language;
}

const kusto = loadKusto();

function syntaxErrors(query: string): readonly string[] {
  const found = kusto.KustoCode.Parse(query).GetDiagnostics();
  return Array.from({ length: found.Count }, (_none, place) => found.getItem(place).Message);
}

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** The queries by the name of their file. */
const queries = globSync('infra/workbook/*.kql', { cwd: ROOT })
  .toSorted()
  .map((file) => [basename(file, '.kql'), read(file)] as const);

/** What the first group of a pattern finds, each once. */
function found(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))];
}

const signals = found(read('shared/signals/signals.ts'), /\| '([a-z]+\.[a-z_]+)'/g);
const metrics = found(read('shared/signals/instruments.ts'), /create\w+\('([\w.]+)'/g);

/** Dimensions by metric, where each is recorded. */
const DIMENSIONS: Readonly<Record<string, readonly string[]>> = {
  'argus.pool.utilisation': found(read('shared/signals/instruments.ts'), /record\(share, \{ (\w+) \}\)/g),
  'argus.cost': found(
    /recordCost\(.+?\{(.+?)\}\)/.exec(read('shared/modelCalls/callDeployment.ts'))?.[1] ?? '',
    /(?:^|,) (\w+)/g,
  ),
};

/** Facts that signals of the pool and of an ended analysis have. */
const facts = [
  ...found(/export type PoolSignal =(.+?)\n\n/s.exec(read('shared/pool/ledger.ts'))?.[1] ?? '', /readonly (\w+):/g),
  ...found(/const facts = .+?;\n.+?;/s.exec(read('shared/records/signalEnd.ts'))?.[0] ?? '', /(\w+):/g),
];

describe('the queries of the workbook', () => {
  it('are there for everything that an operator looks for', () => {
    expect(queries.map(([name]) => name)).toEqual([
      'backlog',
      'circuits',
      'expectedEnd',
      'failures',
      'money',
      'refusals',
      'utilisation',
    ]);
  });

  it.each(queries)('%s is right for the parser of Kusto', (_name, query) => {
    expect(syntaxErrors(query)).toEqual([]);
  });

  it('are refused by that parser where they are wrong', () => {
    expect(syntaxErrors('AppTraces | where Message == | take 3')).toEqual(['Missing expression']);
  });

  it.each(queries)('%s reads signals, metrics, dimensions and facts that the application writes', (_name, query) => {
    const named = found(query, /"([a-z]+\.[a-z_.]+)"/g);
    expect(named.length).toBeGreaterThan(0);
    for (const name of named) expect([...signals, ...metrics]).toContain(name);
    const dimensions = named.flatMap((name) => DIMENSIONS[name] ?? []);
    for (const name of found(query, /Properties\["(\w+)"\]/g)) expect(dimensions).toContain(name);
    for (const fact of found(query, /signal\.(\w+)/g)) expect(['event', ...facts]).toContain(fact);
  });

  it.each(queries)('%s looks at this installation alone, also in a workspace of many', (_name, query) => {
    const tables = query.match(/^(?:let .*)?\(?.*App(?:Traces|Metrics)$/gm) ?? [];
    expect(tables.length).toBeGreaterThan(0);
    expect(query.match(/where _ResourceId =~ "\{component\}"/g)).toHaveLength(tables.length);
  });
});

describe('the workbook', () => {
  it.each([...goldenSnapshots])('%s has every query, filled in, and a name that stays', (_example, snapshot) => {
    const [workbook, ...others] = ofType(snapshot, 'Microsoft.Insights/workbooks');
    expect(others).toEqual([]);
    expect(workbook?.name).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    const { items } = JSON.parse(workbook?.properties.serializedData);
    const shown = items.flatMap(({ content }: { content: { query?: string } }) => content.query ?? []);
    const component = ofType(snapshot, 'Microsoft.Insights/components')[0]?.id ?? '';
    expect(shown.toSorted()).toEqual(queries.map(([, query]) => query.replaceAll('{component}', component)).toSorted());
  });
});
