import { formatCount } from '../../shared/errors.ts';
import { quotaScopeOf } from '../../shared/pool/quotaScope.ts';
import type { DeletedAccounts, DeployedModels, OfferedModels, Usages } from './answers.ts';
import type { Facts } from './facts.ts';
import { offeredSku } from './models.ts';
import type { Plan, PlannedModel } from './plan.ts';
import { quotaUnit } from './quotaUnit.ts';
import { type Fact, fails, notChecked, ok, type Row, regionName, unknown } from './row.ts';

/** What one scope needs of one quota, beyond what its deployments hold already. */
interface Need {
  readonly usageName: string;
  readonly scope: string;
  readonly sku: string;
  /** Units by region. */
  readonly byRegion: ReadonlyMap<string, number>;
}

/** A quota as a region shows it, in units of capacity. */
interface Reading {
  readonly region: string;
  readonly need: number;
  readonly used: number;
  readonly limit: number;
}

type QuotaFacts = Pick<Facts, 'models' | 'usages' | 'deployed' | 'deletedAccounts'>;

/** Whether the quota left is enough: a row for each quota and scope. */
export function quotaRows(plan: Plan, facts: QuotaFacts): readonly Row[] {
  return needsOf(plan, facts).map((need) => {
    const check = `Quota ${need.usageName} (${need.scope})`;
    const readings = readingsOf(need, facts.usages);
    if (readings.kind === 'unknown') return notChecked(check, readings);
    const row = judge(check, need, readings.value, facts.deletedAccounts);
    const deployed = plan.models.map(({ account }) => facts.deployed.get(account));
    const blind = deployed.find((one) => one?.kind === 'unknown');
    // Deployments that are there already are in the usage: without them a failure may be none.
    return row.state === 'fails' && blind?.kind === 'unknown'
      ? notChecked(check, unknown(`${row.found} What is deployed already is not known: ${blind.why}`, blind.todo))
      : row;
  });
}

function needsOf({ models }: Plan, facts: QuotaFacts): readonly Need[] {
  const needs = new Map<string, Need & { readonly byRegion: Map<string, number> }>();
  for (const planned of models) {
    const usageName = usageNameOf(planned, facts.models.get(planned.region));
    const scope = quotaScopeOf(planned);
    const key = `${usageName} ${scope}`;
    const need = needs.get(key) ?? { usageName, scope, sku: planned.sku, byRegion: new Map<string, number>() };
    const more = planned.capacity - capacityNow(planned, facts.deployed.get(planned.account));
    need.byRegion.set(planned.region, (need.byRegion.get(planned.region) ?? 0) + more);
    needs.set(key, need);
  }
  return [...needs.values()];
}

/** As Azure names it for the type; by its custom where that is not known. */
function usageNameOf(planned: PlannedModel, offered: Fact<OfferedModels> | undefined): string {
  const sku = offered?.kind === 'known' ? offeredSku(offered.value, planned) : undefined;
  return sku?.usageName ?? `OpenAI.${planned.sku}.${planned.model}`;
}

function capacityNow({ deployment, model, sku }: PlannedModel, deployed: Fact<DeployedModels> | undefined): number {
  if (deployed?.kind !== 'known') return 0;
  const same = deployed.value.find(
    (one) => one.name === deployment && one.properties.model.name === model && one.sku.name === sku,
  );
  return same?.sku.capacity ?? 0;
}

function readingsOf(
  { usageName, byRegion }: Need,
  usages: ReadonlyMap<string, Fact<Usages>>,
): Fact<readonly Reading[]> {
  const readings: Reading[] = [];
  for (const [region, need] of byRegion) {
    const fact = usages.get(region);
    if (!fact) return unknown(`The usage of ${region} was not read.`, 'Run the check again.');
    if (fact.kind === 'unknown') return fact;
    const found = fact.value.find(({ name }) => name.value === usageName);
    // Azure shows a limit of 0 for what the subscription has no quota of; some regions leave the line out.
    readings.push({ region, need, used: found?.currentValue ?? 0, limit: found?.limit ?? 0 });
  }
  return { kind: 'known', value: readings };
}

function judge(check: string, { scope, sku }: Need, readings: readonly Reading[], deleted: Fact<DeletedAccounts>): Row {
  const unit = quotaUnit(sku);
  const need = readings.reduce((sum, one) => sum + one.need, 0);
  const [first] = readings;
  if (!first || need <= 0) return ok(check, 'The deployments are there already and need no more.');
  const isOneNumber = readings.every(({ used, limit }) => used === first.used && limit === first.limit);
  const isShared = readings.length > 1 && isOneNumber;
  const short = readings.filter((one) => one.need > leftOf(one));
  const found = isShared
    ? `${readings.length} regions need ${formatCount(need)} in all; ${leftText(first)}, one number for ${listOf(readings)}`
    : readings.map((one) => `In ${one.region} ${formatCount(one.need)} is needed; ${leftText(one)}`).join('. ');
  const counted = isOneNumber ? '' : ' The numbers differ by region, so Azure counts them by region.';
  const text = `${found}, in ${unit}.${counted}`;
  if (short.length === 0 && (!isShared || need <= leftOf(first))) return ok(check, text);
  const most = isShared
    ? `${formatCount(leftOf(first))} in all`
    : short.map((one) => `${formatCount(leftOf(one))} in ${one.region}`).join(', ');
  return fails(check, text, `${advice(most, scope)}${holders(readings, deleted)}`);
}

const leftOf = ({ used, limit }: Reading): number => Math.max(0, limit - used);

const leftText = (one: Reading): string =>
  `${formatCount(leftOf(one))} of ${formatCount(one.limit)} is left, ${formatCount(one.used)} is used`;

const listOf = (readings: readonly Reading[]): string => readings.map(({ region }) => region).join(', ');

function advice(most: string, scope: string): string {
  const noMore = scope.startsWith('region')
    ? ''
    : ' Another region of this type adds no tokens; another model or type does.';
  return `Lower \`capacity\` in the parameters to at most ${most}, or ask for quota: https://aka.ms/oai/quotaincrease.${noMore}`;
}

/** Deleted accounts hold their quota until they are purged. */
function holders(readings: readonly Reading[], deleted: Fact<DeletedAccounts>): string {
  if (deleted.kind === 'unknown') return '';
  const regions = readings.map(({ region }) => region);
  const names = deleted.value.filter(({ location }) => regions.includes(regionName(location))).map(({ name }) => name);
  return names.length === 0 ? '' : ` Deleted accounts hold quota for 48 hours, until purged: ${names.join(', ')}.`;
}
