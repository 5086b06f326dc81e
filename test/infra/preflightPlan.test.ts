import { describe, expect, it, vi } from 'vitest';
import { EXAMPLES } from '../../infra/examples.ts';
import { KNOWN_API_VERSIONS } from '../../infra/knownToAzure.ts';
import { bicepLiteral } from '../../infra/preflight/bicepLiteral.ts';
import { compilePlan } from '../../infra/preflight/compilePlan.ts';
import { planOf } from '../../infra/preflight/plan.ts';
import { targetFrom } from '../../infra/preflight/target.ts';
import { hasCompiler } from './compile.ts';
import { buildParametersRun, goldenSnapshots, madeBy } from './snapshot.ts';

vi.setConfig({ testTimeout: 300_000 });

describe('planOf', () => {
  it('has of the default parameters what is checked', () => {
    const plan = planOf(goldenSnapshots.get('infra/main.bicepparam'));
    expect(plan).toMatchObject({
      otherProviders: [],
      groups: ['/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-argus-example'],
      sites: [{ name: 'argus-dev-g2t6ktchvobam', region: 'swedencentral' }],
      storageAccounts: ['stg2t6ktchvobamhost', 'stg2t6ktchvobamdata'],
    });
    expect(plan.models[1]).toEqual({
      account: 'argus-dev-eastus2-g2t6ktchvobam',
      deployment: 'gpt-5.4-mini-globalstandard',
      region: 'eastus2',
      model: 'gpt-5.4-mini',
      version: '2026-03-17',
      sku: 'GlobalStandard',
      capacity: 100,
    });
  });

  it('knows between its examples every type and version that the templates name', () => {
    const planned = EXAMPLES.flatMap((example) => planOf(goldenSnapshots.get(example)).types);
    const names = new Set(planned.map(({ type, apiVersion }) => `${type}@${apiVersion}`));
    expect([...names].toSorted()).toEqual(
      KNOWN_API_VERSIONS.map(({ type, version }) => `${type}@${version}`).toSorted(),
    );
  });

  it('needs Microsoft.App where the app is in a network', () => {
    expect(planOf(goldenSnapshots.get('infra/examples/private.bicepparam')).otherProviders).toEqual(['Microsoft.App']);
  });
});

describe('bicepLiteral', () => {
  it.each([
    [`it's \${here}\n\\`, `'it\\'s \\\${here}\\n\\\\'`],
    [42, '42'],
    [0.5, "json('0.5')"],
    [null, 'null'],
    [true, 'true'],
    [[], '[]'],
    [{}, '{}'],
    [[1, { 'a-b': [] }], "[\n  1\n  {\n    'a-b': []\n  }\n]"],
  ])('writes %j', (value, expected) => {
    expect(bicepLiteral(value)).toBe(expected);
  });
});

describe.runIf(await hasCompiler())('with a compiler', () => {
  it('what is written as Bicep comes back as it was', async () => {
    const tags = { "it's": `\${x}`, 'line\n': '\\n\t' };
    const parameters = { environmentName: 'dev', deployments: [ENTRY], tags };
    const text = Object.entries(parameters).map(([name, value]) => `param ${name} = ${bicepLiteral(value)}`);
    const built = JSON.parse(madeBy(await buildParametersRun(text.join('\n'))));
    expect(built.parameters.tags.value).toEqual(tags);
  });

  it('a parameter file gives the plan of its golden file, and leaves that as it is', () => {
    const target = targetFrom({
      AZURE_SUBSCRIPTION_ID: '00000000-0000-0000-0000-000000000000',
      AZURE_RESOURCE_GROUP: 'rg-argus-example',
    });
    const golden = planOf(goldenSnapshots.get('infra/examples/provisioned.bicepparam'));
    expect(compilePlan('infra/examples/provisioned.bicepparam', target)).toEqual({ kind: 'plan', plan: golden });
  });
});

const ENTRY = { region: 'eastus2', model: 'gpt-5.4-mini', version: '2026-03-17', sku: 'GlobalStandard', capacity: 1 };
