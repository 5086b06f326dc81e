import type { OfferedModel, OfferedModels } from './answers.ts';
import type { Plan, PlannedModel } from './plan.ts';
import { type Fact, fails, notChecked, ok, type Row, warning } from './row.ts';

type OfferedSku = NonNullable<OfferedModel['skus']>[number];

/** The model's type of deployment as a region offers it to the subscription. */
export function offeredSku(offered: OfferedModels, { model, version, sku }: PlannedModel): OfferedSku | undefined {
  return offeredModel(offered, model, version)?.skus?.find(({ name }) => name === sku);
}

function offeredModel(offered: OfferedModels, name: string, version: string): OfferedModel | undefined {
  return ofOpenAi(offered).find((one) => one.name === name && one.version === version);
}

/** What an account of kind OpenAI can hold. */
function ofOpenAi(offered: OfferedModels): readonly OfferedModel[] {
  return offered.filter(({ kind, model }) => kind === 'OpenAI' && model.format === 'OpenAI').map(({ model }) => model);
}

/** Whether each region offers its models to the subscription: a row a model where all is well, else one a region. */
export function modelRows({ models }: Plan, offeredBy: ReadonlyMap<string, Fact<OfferedModels>>): readonly Row[] {
  const names = new Set(models.map(nameOf));
  return [...names].flatMap((name) => {
    const members = models.filter((one) => nameOf(one) === name);
    const rows = members.map((one) => rowOf(one, offeredBy.get(one.region)));
    const problems = rows.filter(({ state }) => state !== 'ok');
    const fine = members.filter((_, index) => rows[index]?.state === 'ok').map(({ region }) => region);
    return [...(fine.length > 0 ? [ok(`Model ${name}`, `Offered in ${fine.join(', ')}.`)] : []), ...problems];
  });
}

const nameOf = ({ model, version, sku }: PlannedModel): string => `${model}@${version} ${sku}`;

function rowOf(planned: PlannedModel, fact: Fact<OfferedModels> | undefined): Row {
  const check = `Model ${nameOf(planned)} in ${planned.region}`;
  if (!fact) return ok(check, '');
  if (fact.kind === 'unknown') return notChecked(check, fact);
  const model = offeredModel(fact.value, planned.model, planned.version);
  if (!model) return notOffered(check, planned, fact.value);
  const sku = offeredSku(fact.value, planned);
  if (!sku) {
    const others = (model.skus ?? []).map(({ name }) => name).join(', ') || 'none';
    return fails(check, `This type is not offered to the subscription there; offered are: ${others}.`, CHANGE);
  }
  return capacityRow(check, planned, sku) ?? lifecycleRow(check, model) ?? ok(check, '');
}

const CHANGE = 'Change `model`, `version`, `sku` or `region` of the deployment in the parameters.';

function notOffered(check: string, { model }: PlannedModel, offered: OfferedModels): Row {
  const versions = ofOpenAi(offered).filter(({ name }) => name === model);
  const found =
    versions.length === 0
      ? `${model} is not offered to the subscription there.`
      : `This version is not offered to the subscription there; offered are: ${versions.map(({ version }) => version).join(', ')}.`;
  return fails(check, found, CHANGE);
}

function capacityRow(check: string, { capacity }: PlannedModel, { capacity: bounds }: OfferedSku): Row | undefined {
  const { minimum, maximum, step } = bounds ?? {};
  const limits = [
    ...(minimum != null && capacity < minimum ? [`the least is ${minimum}`] : []),
    ...(maximum != null && capacity > maximum ? [`the most is ${maximum}`] : []),
    ...(step != null && step > 0 && (capacity - (minimum ?? 0)) % step !== 0 ? [`it grows in steps of ${step}`] : []),
  ];
  if (limits.length === 0) return undefined;
  return fails(check, `capacity is ${capacity}; ${limits.join(', ')}.`, 'Change `capacity` in the parameters.');
}

function lifecycleRow(check: string, { lifecycleStatus, deprecation }: OfferedModel): Row | undefined {
  if (lifecycleStatus !== 'Deprecating' && lifecycleStatus !== 'Deprecated') return undefined;
  const until = deprecation?.inference ? `; it answers until ${deprecation.inference.slice(0, 10)}` : '';
  return warning(
    check,
    `Azure has it as ${lifecycleStatus}${until}. New deployments of it may be refused.`,
    'Choose a model that stays longer: docs/models.md has the dates.',
  );
}
