import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { modelsPage } from '../../local/make/generateModelsPage.ts';
import { allModels, modelKey } from '../../shared/catalog/catalog.ts';

const page = readFileSync(new URL('../../docs/models.md', import.meta.url), 'utf8');

describe('docs/models.md', () => {
  it('is fresh: `node local/make/generateModelsPage.ts` writes it', () => {
    expect(page).toBe(modelsPage());
  });

  it.each(allModels().map(modelKey))('has a row about %s', (key) => {
    expect(page).toContain(`| ${key} |`);
  });
});
