import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installationFrom } from '../../infra/installation.ts';
import { grantSentence, readTemplateAccess } from '../../local/access/templateAccess.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { getModel } from '../../shared/catalog/catalog.ts';
import { ROUTES } from '../../shared/http/routes.ts';
import { quotaScopeOf } from '../../shared/pool/quotaScope.ts';
import type { AnalysisRecord } from '../../shared/records/analysisRecord.ts';
import type { AnalysisRequest } from '../../shared/requests/analysisRequest.ts';
import { resultName } from '../../shared/results/resultName.ts';
import { costMicroUsd } from '../../shared/tokens/cost.ts';
import { countImageTokens } from '../../shared/tokens/imageTokens.ts';
import { BROKEN_WITHOUT } from './brokenWithout.ts';
import { ROOT } from './compile.ts';
import { goldenSnapshots } from './snapshot.ts';

const deploy = readFileSync(join(ROOT, 'docs/deploy.md'), 'utf8');
const operate = readFileSync(join(ROOT, 'docs/operate.md'), 'utf8');

/** The rows of the table of costs: model, image tokens, USD per 1,000. */
const costs = [...deploy.matchAll(/^\| `([\w.-]+@[\w.-]+)` \| ([\d,]+) \| ([\d.]+) \|$/gm)].map(
  ([, model = '', tokens = '', usd = '']) => [model, Number(tokens.replace(',', '')), Number(usd)] as const,
);

const CALLERS = { application: 'the application', events: 'Event Grid', operator: 'the operator' };
const PLACES = { host: "the host's account", data: 'the account with the images', insights: 'Application Insights' };

/** A row of the table of roles. An operator is in one example alone, whose ingestion says nothing. */
function roleRow(grant: string, ingestions: ReadonlySet<string>): string {
  const [, caller = '', role = '', scope = ''] = /^(\w+): (.+) on (\S+)$/.exec(grant) ?? [];
  const [, service, name] = scope.split('/');
  const isModels = scope.startsWith('models/');
  const place =
    PLACES[scope as keyof typeof PLACES] ??
    (isModels ? 'each Azure OpenAI account' : `${service === 'blob' ? 'container' : 'queue'} \`${name}\``);
  const isForOne = ingestions.size === 1 && !isModels && caller !== 'operator';
  const on = isForOne ? `${place}, for ingestion \`${[...ingestions]}\`` : place;
  const broken = isModels ? 'the application cannot ask the models of a region' : BROKEN_WITHOUT[grant]?.[0];
  return `| ${CALLERS[caller as keyof typeof CALLERS]} | \`${role}\` | ${on} | ${broken} |`;
}

describe('docs/deploy.md', () => {
  it.each(costs)(
    'gives for %s the %i image tokens and %f USD per 1,000 images that the catalogue gives',
    (name, tokens, usd) => {
      const model = getModel(name);
      expect(countImageTokens(model, { width: 1024, height: 1024 }, 'high')).toMatchObject({ tokens });
      const sku = name.startsWith('gpt-4@') ? 'Standard' : 'GlobalStandard';
      const microUsd = costMicroUsd(
        model,
        { promptTokens: tokens + 200, cachedTokens: 0, completionTokens: 300 },
        { sku, atMs: Date.UTC(2026, 10, 23) },
      );
      expect(Number(((microUsd ?? 0) / 1000).toFixed(2))).toBe(usd);
    },
  );

  it('has such a row for the model that azd deploys', () => {
    expect(costs.map(([model]) => model)).toContain('gpt-5.4-mini@2026-03-17');
  });

  it('names every provider whose resources are deployed, and the one that Flex Consumption runs on', () => {
    const providers = /Once per subscription the providers must be registered: .+?\.\n/s.exec(deploy)?.[0] ?? '';
    const deployed = [...goldenSnapshots.values()].flatMap(({ predictedResources }) =>
      predictedResources.map(({ type }) => type.split('/')[0] ?? ''),
    );
    // Authorization is registered in every subscription.
    const needed = new Set(['Microsoft.App', ...deployed.filter((provider) => provider !== 'Microsoft.Authorization')]);
    expect((providers.match(/Microsoft\.\w+/g) ?? []).sort()).toEqual([...needed].sort());
  });

  it('lists every role that the template assigns, on what, and what fails without it', () => {
    const assigned = new Map<string, Set<string>>();
    for (const { predictedResources } of goldenSnapshots.values()) {
      const isQueue = predictedResources.some(({ properties }) => properties?.INGESTION === 'queue');
      for (const grant of readTemplateAccess(predictedResources).grants.map(grantSentence)) {
        assigned.set(grant, (assigned.get(grant) ?? new Set()).add(isQueue ? 'queue' : 'blob'));
      }
    }
    const rows = [...assigned].map(([grant, ingestions]) => roleRow(grant, ingestions));
    const section = /## Who may do what\n.*?\n## /s.exec(deploy)?.[0] ?? '';
    const written = section.match(/^\| (?:the|Event) .*$/gm) ?? [];
    expect(written.toSorted()).toEqual([...new Set(rows)].toSorted());
  });

  it('signs in to the Azure CLI before the first of its commands that needs it, with azd and without', () => {
    for (const section of deploy.split(/^##+ /m).slice(1, 3)) {
      const commands = [...section.matchAll(/^.*\baz (?:login|[a-z]+ [a-z]+)/gm)].map(([command]) => command);
      expect(commands.length).toBeGreaterThan(2);
      expect(commands[0]).toBe('az login');
    }
  });

  /** Commands of the walk, with azd and without, and of the other sections: every line inside a fence of `sh`. */
  const lines = [...`${deploy}${operate}`.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) => block.split('\n'));
  const template = readFileSync(join(ROOT, 'infra/main.bicep'), 'utf8');
  const outputs = [...template.matchAll(/^output (\w+)/gm)].map(([, name = '']) => name);

  it('reads in the walk only values that the template gives or azd keeps', () => {
    const ofAzd = ['AZURE_SUBSCRIPTION_ID', 'AZURE_RESOURCE_GROUP'];
    const read = lines.flatMap((line) => [...line.matchAll(/azd env get-value (\w+)/g)].map(([, name = '']) => name));
    expect(read.length).toBeGreaterThan(4);
    expect(read.filter((name) => !outputs.includes(name) && !ofAzd.includes(name))).toEqual([]);
    // Without azd a loop reads them by name, as many as the second phase asks for.
    const [, looped = ''] = /^for name in (.+); do$/m.exec(deploy) ?? [];
    expect(looped.split(' ').filter((name) => !outputs.includes(name))).toEqual([]);
    const exported = Object.fromEntries([...looped.split(' '), ...ofAzd].map((name) => [name, 'blob']));
    expect(installationFrom(exported)).toMatchObject({ ingestion: 'blob' });
  });

  it('names in its commands only containers that are made, and the result by its name', () => {
    const made = [...goldenSnapshots.values()].flatMap(({ predictedResources }) =>
      predictedResources.flatMap(({ type, name }) => (type.endsWith('/containers') ? [name.split('/').at(-1)] : [])),
    );
    const used = lines.flatMap((line) =>
      / storage blob /.test(line) ? [...line.matchAll(/ -[cs] (\w+)/g)].map(([, name = '']) => name) : [],
    );
    expect(new Set(used)).toEqual(new Set(['images', 'results']));
    for (const container of used) expect(made).toContain(container);
    const request = { task: 'analyze' } as AnalysisRequest;
    const source = { kind: 'blob', name: 'photo.jpg' } as AnalysisRecord['source'];
    expect(deploy).toContain(`-n ${resultName({ id: '', source, request })}.md`);
  });

  it('calls only paths that the app has, scripts that there are, and hooks that azd runs', () => {
    const paths = lines.flatMap((line) =>
      [...line.matchAll(/get-value API_URL\)(\/\w+)/g)].map(([, path = '']) => path),
    );
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(Object.values(ROUTES).map((route) => route.path)).toContain(path);
    const scripts = lines.flatMap((line) => [...line.matchAll(/npm run ([\w:]+)/g)].map(([, script = '']) => script));
    expect(new Set(scripts)).toEqual(new Set(['preflight', 'build', 'connect', 'smoke']));
    for (const script of scripts) expect(Object.keys(packageFile.scripts)).toContain(script);
    const azd = readFileSync(join(ROOT, 'azure.yaml'), 'utf8');
    const hooks = [...`${deploy}${operate}`.matchAll(/azd hooks run (\w+)/g)].map(([, hook = '']) => hook);
    expect(hooks.length).toBeGreaterThan(2);
    for (const hook of hooks) expect(azd).toContain(`\n  ${hook}:\n`);
  });

  it('adds up quota by the catalogue: what the default takes, and what a model has in all scopes', () => {
    const tier1 = (name: string, sku: string): number =>
      Math.round((getModel(name).quota.bySku[sku]?.tokensPerMinuteByTier[0] ?? 0) / 1000);
    const models = goldenSnapshots
      .get('infra/main.bicepparam')
      ?.predictedResources.filter(({ type }) => type === 'Microsoft.CognitiveServices/accounts/deployments');
    const capacities = (models ?? []).map(({ sku }) => (sku as { capacity: number }).capacity);
    const taken = capacities.reduce((sum, one) => sum + one, 0);
    expect(taken).toBeLessThanOrEqual(tier1('gpt-5.4-mini', 'GlobalStandard'));
    expect(deploy).toContain(
      `| \`global\` | ${capacities.length} × ${capacities[0]} = ${taken} | ` +
        `${tier1('gpt-5.4-mini', 'GlobalStandard').toLocaleString('en-US')} |`,
    );
    const rows = [...deploy.matchAll(/^\| `(gpt-5\.1)` `(\w+)`(?: in `(\w+)`)?.* \| `([\w:]+)` \| ([\d,]+) \|$/gm)];
    expect(rows).toHaveLength(4);
    let sum = 0;
    for (const [row, model = '', sku = '', region = 'eastus2', scope, most = ''] of rows) {
      expect(scope, row).toBe(quotaScopeOf({ sku, region }));
      expect(Number(most.replace(',', '')), row).toBe(tier1(model, sku));
      expect(getModel(model).regions.bySku[sku], row).toContain(region);
      sum += tier1(model, sku);
    }
    expect(deploy).toContain(`| sum | | ${sum.toLocaleString('en-US')} |`);
  });

  it('says that a teardown takes the whole group, and what is kept for how long', () => {
    const section = /## Take it down\n.*/s.exec(deploy)?.[0] ?? '';
    expect(section).toContain('deletes the **whole resource group**');
    expect(section).toMatch(/Azure OpenAI accounts \| without `--purge` they are kept for 48 hours/);
  });

  it('names only files that exist', () => {
    const links = [...`${deploy}${operate}`.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(4);
    for (const link of links) expect(existsSync(join(ROOT, 'docs', link)), link).toBe(true);
    const commands = [...`${deploy}${operate}`.matchAll(/(?:infra|local)\/[\w/]+\.(?:ts|bicepparam|bicep)/g)];
    for (const [file] of commands) expect(existsSync(join(ROOT, file)), file).toBe(true);
  });
});
