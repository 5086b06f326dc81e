import { writeFile } from 'node:fs/promises';
import { allModels, modelKey } from '../../shared/catalog/catalog.ts';
import type { Model, Rate } from '../../shared/catalog/model.ts';
import catalogue from '../../shared/catalog/models.json' with { type: 'json' };
import { PRICE_MAX_AGE_DAYS } from '../../shared/catalog/price.ts';
import { count, table } from './markdownTable.ts';
import { imageSections } from './modelsPageImages.ts';

/** docs/models.md: the catalogue as a person reads it. */
export function modelsPage(): string {
  const models = allModels();
  return [
    '# Models',
    'Made from `shared/catalog/models.json` by `node local/make/generateModelsPage.ts`; a test checks that it is fresh. How to change a',
    'fact: [update-the-catalogue.md](update-the-catalogue.md). A model is written `name@version`; the name alone means, in an',
    'estimate, the newest version that is not retired, else the newest.',
    '',
    '## Which models',
    'Context and answer are in tokens. API `responses` only: Argus estimates such a model and refuses it in a pool.',
    '',
    ...table(
      ['model', 'stage', 'retires', 'context', 'longest answer', 'API', 'JSON Schema', 'thinks', 'text encoding'],
      models.map((model) => [
        modelKey(model),
        model.lifecycle.stage,
        model.lifecycle.retires ?? 'no date',
        count(model.limits.contextTokens),
        count(model.limits.maxOutputTokens),
        [model.parameters.chatCompletions && 'chat', model.parameters.responses && 'responses']
          .filter(Boolean)
          .join(', '),
        model.parameters.jsonSchema ? 'yes' : 'no',
        model.parameters.reasoningEfforts.join(', ') || 'no',
        `${model.textEncoding.name}${model.textEncoding.confidence === 'stated' ? '' : ' (assumed)'}`,
      ]),
    ),
    ...imageSections(models),
    '## Prices',
    `USD per million tokens. Shown as stale ${PRICE_MAX_AGE_DAYS} days after their date (a bare year counts from its first day).`,
    'Of several rows that apply, the one with more conditions holds. "Derived" is no listed price but follows from one.',
    '',
    ...table(
      ['model', 'SKU', 'when', 'input', 'cached', 'output', 'derived', 'as of'],
      models.flatMap((model) =>
        model.prices.rates.map((rate) => [
          modelKey(model),
          rate.sku,
          whenText(rate),
          price(rate.input),
          price(rate.cachedInput),
          price(rate.output),
          rate.derived ?? '',
          model.prices.asOf,
        ]),
      ),
    ),
    '## Regions',
    'As ARM writes them. "Seen": no complete list was published; other regions are not ruled out.',
    '',
    ...table(
      ['model', 'SKU', 'regions', 'known'],
      models.flatMap((model) =>
        Object.entries(model.regions.bySku).map(([sku, regions]) => [
          modelKey(model),
          sku,
          regions.join(', ') || 'none',
          model.regions.complete ? `complete, ${model.regions.asOf}` : `seen, ${model.regions.asOf}`,
        ]),
      ),
    ),
    '## Quota',
    'Requests per minute that come with 1,000 tokens per minute, where a deployment states none of its own; default tokens per',
    'minute in the lowest and the highest usage tier.',
    '',
    ...table(
      ['model', 'SKU', 'requests per 1,000 tokens', 'tokens per minute'],
      models.flatMap((model) =>
        Object.entries(model.quota.bySku).map(([sku, quota]) => {
          const tiers = quota.tokensPerMinuteByTier.filter((tier) => tier !== null);
          const [lowest, highest] = [quota.tokensPerMinuteDefault ?? tiers[0], tiers.at(-1)];
          return [
            modelKey(model),
            sku,
            String(quota.requestsPer1kTokens),
            lowest === undefined
              ? 'unknown'
              : count(lowest) + (highest && highest !== lowest ? ` to ${count(highest)}` : ''),
          ];
        }),
      ),
    ),
    '## Notes',
    ...models.flatMap(notesOf),
    '',
    '## Sources',
    ...Object.entries(catalogue.sources).map(
      ([title, { where, dates }]) => `- ${title}: ${where} (${dates.join(', ')})`,
    ),
    '',
  ].join('\n');
}

function whenText({ zone, from, until, aboveInputTokens }: Rate): string {
  const parts = [
    zone && `zone ${zone}`,
    from && `from ${from}`,
    until && `until ${until}`,
    aboveInputTokens && `prompt over ${count(aboveInputTokens)} tokens`,
  ];
  return parts.filter(Boolean).join(', ');
}

function notesOf(model: Model): readonly string[] {
  const { lifecycle, limits, parameters, regions, quota, prices } = model;
  const notes = [lifecycle, limits, parameters, regions, quota, prices].flatMap(({ note }) => note ?? []);
  return notes.length > 0 ? [`- ${modelKey(model)}: ${notes.join(' ')}`] : [];
}

function price(usdPerMillion: number | null): string {
  return usdPerMillion === null ? 'unknown' : String(usdPerMillion);
}

// node local/make/generateModelsPage.ts
if (import.meta.filename === process.argv[1]) {
  await writeFile(new URL('../../docs/models.md', import.meta.url), modelsPage());
}
