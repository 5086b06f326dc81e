import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { grantSentence, readTemplateAccess } from '../../local/access/templateAccess.ts';
import { getModel } from '../../shared/catalog/catalog.ts';
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

  it('names only files that exist', () => {
    const links = [...`${deploy}${operate}`.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(4);
    for (const link of links) expect(existsSync(join(ROOT, 'docs', link)), link).toBe(true);
    const commands = [...`${deploy}${operate}`.matchAll(/(?:infra|local)\/[\w/]+\.(?:ts|bicepparam|bicep)/g)];
    for (const [file] of commands) expect(existsSync(join(ROOT, file)), file).toBe(true);
  });
});
