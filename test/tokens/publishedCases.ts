/** Published and derived token counts, and what some implementations wrongly give, with the catalogue's rows they stand for. */

import { readFileSync } from 'node:fs';
import { allModels, getModel } from '../../shared/catalog/catalog.ts';
import type { Detail, ImageTokenRule, Model } from '../../shared/catalog/model.ts';

export interface PublishedCase {
  readonly kind: 'published' | 'derived' | 'contradicting-implementation';
  readonly model: string;
  readonly width: number;
  readonly height: number;
  readonly detail: Detail;
  readonly tokens: number;
  readonly patches?: number;
  readonly rejected?: string;
}

const file = new URL('../fixtures/image-token-cases.json', import.meta.url);
const cases: readonly PublishedCase[] = JSON.parse(readFileSync(file, 'utf8'));

/** Two rows of the file tell prices for images of unstated size: they cannot be computed. */
export function ofKind(kind: PublishedCase['kind']): readonly PublishedCase[] {
  return cases.filter((row) => row.kind === kind && row.width !== null);
}

/** The rows of the catalogue that a name in the file means. */
const ROWS_OF_NAME: Readonly<Record<string, readonly string[]>> = {
  'gpt-4-vision-preview': ['gpt-4@vision-preview', 'gpt-4@turbo-2024-04-09'],
  'gpt-4o': ['gpt-4o@2024-11-20', 'gpt-4o@2024-08-06', 'gpt-4o@2024-05-13', 'gpt-4.1', 'gpt-4.5-preview'],
  'gpt-5.1': ['gpt-5.1', 'gpt-5', 'gpt-5-pro'],
  o3: ['o3', 'o1', 'o3-pro'],
  'gpt-5.6-*/gpt-6-*': allModels().flatMap(({ name }) => (/^gpt-(5\.6|6)/.test(name) ? [name] : [])),
  'gpt-5.4': ['gpt-5.4', 'gpt-5.4-mini', 'gpt-5.4-nano', 'gpt-5.4-pro'],
};

/** Rules that an earlier state of the guide gave: kept as alternatives of these rows. */
const ALTERNATIVE_OF_NAME: Readonly<Record<string, string>> = {
  'patch-1536 (multiplier 1)': 'gpt-5.2',
  'gpt-4.1-mini (older rule)': 'gpt-4.1-mini',
};

export function rowsOf({ model }: PublishedCase): readonly Model[] {
  return (ROWS_OF_NAME[model] ?? [model]).map(getModel);
}

export function rulesOf(row: PublishedCase): readonly ImageTokenRule[] {
  const older = ALTERNATIVE_OF_NAME[row.model];
  const rules = older
    ? getModel(older).imageTokens.alternatives.map(({ rule }) => rule)
    : rowsOf(row).map(({ imageTokens }) => imageTokens.rule);
  const known = rules.filter((rule) => rule.kind !== 'unknown');
  if (known.length === 0) throw new Error(`No rule of the catalogue stands for ${row.model}.`);
  return known;
}
