import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { KNOWN_API_VERSIONS } from '../../infra/knownToAzure.ts';
import { type Template, withNested } from './builtRules.ts';
import { hasCompiler, ROOT } from './compile.ts';
import { TEMPLATES, templateOf } from './snapshot.ts';

vi.setConfig({ testTimeout: 300_000 });

const known = new Set(KNOWN_API_VERSIONS.map(({ type, version }) => `${type}@${version}`));

/** `type@version` wherever a template writes it: of resources, parents, and types taken from resources. */
function writtenVersions(): readonly string[] {
  return globSync('infra/**/*.bicep', { cwd: ROOT }).flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(/'(Microsoft\.[\w./]+@[\w-]+)'/g)].map(
      ([, found = '']) => found,
    ),
  );
}

/** `type@version` of every resource of a built template, those of modules and existing ones too. */
function resourceVersions(template: Template): readonly string[] {
  return withNested(template).flatMap(({ resources }) =>
    Object.values(resources).map(({ type, apiVersion }) => `${type}@${apiVersion}`),
  );
}

/** `type@version` of every call in an expression that names a version: `reference(…, '2025-02-15')`, `listKeys(…)`. */
function callVersions(template: Template): readonly string[] {
  return withNested(template).flatMap((one) => {
    const own = {
      ...one,
      resources: Object.values(one.resources).map(({ properties, ...rest }) => ({
        ...rest,
        properties: { ...properties, template: undefined },
      })),
    };
    const calls = JSON.stringify([own.resources, one.outputs]).matchAll(
      /\b(?:reference|list[A-Z]\w*)\((?:'(\w+)'|.*?'(Microsoft\.[\w./]+)'.*?), '(\d{4}-\d\d-\d\d[\w-]*)'/g,
    );
    return [...calls].map(([, symbol, type, version]) => `${type ?? one.resources[symbol ?? '']?.type}@${version}`);
  });
}

describe('API versions', () => {
  it('are each in the table once, with where and when Azure was seen to know them', () => {
    const types = KNOWN_API_VERSIONS.map(({ type }) => type);
    expect(types).toEqual([...new Set(types)].toSorted());
    for (const { type, version, seen, source, on, note } of KNOWN_API_VERSIONS) {
      expect(['deployed', 'registered'], type).toContain(seen);
      expect(source, type).toMatch(/^https:\/\/github\.com\//);
      expect(Number.isNaN(Date.parse(on)), type).toBe(false);
      expect(on > version.slice(0, 10), `${type} was seen after its date`).toBe(true);
      expect(note.length, type).toBeGreaterThan(5);
    }
  });

  it('that the templates write are those of the table', () => {
    expect(writtenVersions().filter((found) => !known.has(found))).toEqual([]);
  });

  it('of metric alerts is the one that is registered, whatever newer ones the compiler knows', () => {
    expect(known).toContain('Microsoft.Insights/metricAlerts@2018-03-01');
  });

  it('are asked for by the deployment scripts through the table alone', () => {
    for (const file of globSync('infra/*.ts', { cwd: ROOT })) {
      expect(readFileSync(join(ROOT, file), 'utf8'), file).not.toMatch(/'\d{4}-\d\d-\d\d/);
    }
  });

  it('are not held to be recent by the linter: the newest may be one that Azure refuses', () => {
    const config = JSON.parse(readFileSync(join(ROOT, 'infra/bicepconfig.json'), 'utf8'));
    expect(config.analyzers.core.rules['use-recent-api-versions']).toEqual({ level: 'off' });
  });
});

describe.runIf(await hasCompiler())('API versions of the built templates', () => {
  let built: readonly Template[];
  beforeAll(async () => {
    built = await Promise.all(TEMPLATES.map(templateOf));
  });

  it('are those of the table, in modules too, and every row of the table is one of them', () => {
    const used = new Set(built.flatMap(resourceVersions));
    expect([...used].toSorted()).toEqual([...known].toSorted());
  });

  it('in calls are those of what is called', () => {
    const called = built.flatMap(callVersions);
    expect(new Set(called)).toEqual(
      new Set(['Microsoft.EventGrid/systemTopics@2025-02-15', 'Microsoft.Web/sites@2025-03-01']),
    );
    for (const found of called) expect(known).toContain(found);
  });
});
