import { modelKey } from '../../shared/catalog/catalog.ts';
import type { ImageTokenRule, Model } from '../../shared/catalog/model.ts';
import { usualSku } from '../../shared/catalog/price.ts';
import { microUsdOf, promptPicoUsd, usdOf } from '../../shared/tokens/cost.ts';
import { countImageTokens } from '../../shared/tokens/imageTokens.ts';
import { count, table } from './markdownTable.ts';

/** Sizes that people ask about: an icon's tile, a screenshot, a scanned page at 93 dpi, a photo of 12 megapixels. */
const EXAMPLES = [
  { name: '150 x 150', width: 150, height: 150 },
  { name: '1024 x 768', width: 1024, height: 768 },
  { name: '768 x 1086 (A4)', width: 768, height: 1086 },
  { name: '4000 x 3000 (12 MP)', width: 4000, height: 3000 },
] as const;

/** The sections of docs/models.md about how images are counted, where sources contradict, and what an image costs. */
export function imageSections(models: readonly Model[]): readonly string[] {
  return [
    '## How images are counted',
    'Tiles: the image is fitted into the box, its shortest side brought down to 768 px, and 512 px squares are counted; `low` is',
    'the base alone. Patches: it is fitted into the box, shrunk until its 32 px squares fit the budget, and their number is',
    'multiplied and rounded up. Nothing is ever enlarged. More than 30,000 patches are refused by the service.',
    '',
    ...table(
      ['model', 'rule', 'without a detail', 'how sure'],
      models.map((model) => [
        modelKey(model),
        ruleText(model.imageTokens.rule),
        model.imageTokens.automaticDetail,
        model.imageTokens.confidence,
      ]),
    ),
    '### Where sources contradict',
    "An estimate shows the main rule and the range; quota is booked by the range's upper end.",
    '',
    ...table(
      ['model', 'other rule', 'says', 'source'],
      models.flatMap((model) =>
        model.imageTokens.alternatives.map(({ rule, says, source }) => [
          modelKey(model),
          ruleText(rule),
          says,
          source.join('; '),
        ]),
      ),
    ),
    'Settled, so that they widen no range:',
    '',
    ...settled(models),
    '',
    '## What one image costs',
    'Tokens at detail `high`, and USD for them alone (no text, no answer, prices as listed, long prompts apart). A second figure',
    "is the range's other end.",
    '',
    ...table(
      ['model', ...EXAMPLES.map(({ name }) => name)],
      models.filter(isCountable).map((model) => [modelKey(model), ...EXAMPLES.map((size) => exampleText(model, size))]),
    ),
  ];
}

function isCountable({ imageTokens }: Model): boolean {
  return imageTokens.rule.kind !== 'unknown';
}

function ruleText(rule: ImageTokenRule | { readonly kind: 'unknown' }): string {
  if (rule.kind === 'unknown') return 'unknown';
  if (rule.kind === 'tile') return `tiles: ${rule.baseTokens} + ${rule.tokensPerTile} each; low ${rule.lowTokens}`;
  const levels = Object.entries(rule.byDetail).map(([detail, { fitWithinPx, patchBudget }]) => {
    const budget = patchBudget === null ? 'no budget' : `${count(patchBudget)} patches`;
    return `${detail} ${fitWithinPx === null ? 'any size' : `${count(fitWithinPx)} px`}, ${budget}`;
  });
  return `patches x ${rule.multiplier}: ${levels.join('; ')}`;
}

function settled(models: readonly Model[]): readonly string[] {
  const named = new Map<string, string[]>();
  for (const model of models) {
    for (const { says, decided, source } of model.imageTokens.disputes) {
      const text = `${says} (${source.join('; ')}) ${decided}`;
      named.set(text, [...(named.get(text) ?? []), modelKey(model)]);
    }
  }
  return [...named].map(
    ([text, keys]) => `- ${text} Holds for ${keys.length > 6 ? `${keys.length} models` : keys.join(', ')}.`,
  );
}

function exampleText(model: Model, size: { readonly width: number; readonly height: number }): string {
  const counted = countImageTokens(model, size, 'high');
  if (counted.kind !== 'counted') return 'unknown';
  const { tokens, range } = counted;
  const rate = model.prices.rates.find(({ sku }) => sku === usualSku(model));
  const pico = promptPicoUsd(rate, tokens);
  const money = pico === null ? 'price unknown' : `$${usdOf(microUsdOf(pico))}`;
  const other = range[0] === range[1] ? '' : ` (${count(range[0])} to ${count(range[1])})`;
  return `${count(tokens)}${other}, ${money}`;
}
