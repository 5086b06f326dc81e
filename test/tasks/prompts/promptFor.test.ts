import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { generatedTaskFiles } from '../../../local/make/generateTaskSchemas.ts';
import { countPrompt, countTextTokens } from '../../../shared/tasks/prompts/countTextTokens.ts';
import { promptFor, repairPrompt } from '../../../shared/tasks/prompts/promptFor.ts';
import { checkSchemaSubset } from '../../../shared/tasks/schema/checkSchemaSubset.ts';
import { taskOf } from '../../../shared/tasks/taskOf.ts';
import { TASK_NAMES } from '../../../shared/tasks/taskRequest.ts';
import { requests } from '../answers.ts';

const ENCODINGS = ['cl100k_base', 'o200k_base'] as const;
const seed = { jsonSchema: false, encoding: 'cl100k_base' } as const;
const newer = { jsonSchema: true, encoding: 'o200k_base' } as const;

describe('promptFor', () => {
  describe.each(ENCODINGS)('counted with %s', (encoding) => {
    it.each(TASK_NAMES)('instructs a model without JSON Schema within the budget: %s', async (task) => {
      const { system } = await promptFor({ task }, { jsonSchema: false, encoding });
      expect(await countTextTokens(system, encoding)).toBeLessThanOrEqual(task === 'analyze' ? 600 : 250);
    });

    it.each(TASK_NAMES)('knows the tokens of %s without counting', async (task) => {
      for (const jsonSchema of [true, false]) {
        const prompt = await promptFor({ task }, { jsonSchema, encoding });
        const { textTokens, schemaTokens } = prompt;
        expect({ textTokens, schemaTokens }).toEqual(await countPrompt(prompt, encoding));
      }
    });
  });

  it.each(TASK_NAMES)(
    'begins with the name of the task and ends, in words, with a shape that is JSON: %s',
    async (task) => {
      const { system, responseSchema } = await promptFor(requests[task], seed);
      expect(responseSchema).toBeUndefined();
      expect(system.split('\n')[0]).toBe(`Task: ${task}.`);
      const shape: unknown = JSON.parse(system.split('\nShape: ')[1] ?? '');
      expect(shape).toHaveProperty('instructionsInImage', ['string']);
    },
  );

  it.each(TASK_NAMES)('sends a JSON Schema that structured outputs take, and no shape in words: %s', async (task) => {
    const { system, responseSchema } = await promptFor(requests[task], newer);
    expect(system).not.toContain('Shape:');
    expect(responseSchema?.name).toBe(task);
    expect(checkSchemaSubset(responseSchema?.schema)).toEqual([]);
  });

  it('puts what a caller says last, so that what comes before can be cached', async () => {
    const request = { task: 'ask', question: 'How many?', instructions: 'Be brief.', language: 'de' } as const;
    const { system, user } = await promptFor(request, seed);
    expect(system).toBe((await promptFor({ task: 'ask', question: 'Which?' }, seed)).system);
    expect(user).toBe(
      'Look at the image.\n' +
        'Write your own words in German (de); text copied from the image stays as it is.\n' +
        'Question: How many?\nFurther instructions: Be brief.',
    );
  });

  it('counts what a caller adds, even what looks like a special token', async () => {
    const question = 'What does <|endoftext|> mean?';
    const { system, user, textTokens } = await promptFor({ task: 'ask', question }, seed);
    expect(user).toContain(question);
    expect(textTokens).toBe(
      11 + (await countTextTokens(system, 'cl100k_base')) + (await countTextTokens(user, 'cl100k_base')),
    );
  });

  it('samples with temperature 0 to read and count, as the service suggests to describe', () => {
    const warm = TASK_NAMES.filter((name) => taskOf(name).sampling.temperature > 0);
    expect(warm).toEqual(['describe', 'insights', 'ask']);
    expect(taskOf('describe').sampling).toEqual({ temperature: 0.7, topP: 0.95 });
    expect(taskOf('text').sampling).toEqual({ temperature: 0, topP: 1 });
  });

  it('looks at every pixel where small print matters', () => {
    const full = TASK_NAMES.filter((name) => taskOf(name).defaultQuality === 'full');
    expect(full).toEqual(['analyze', 'text', 'tables', 'chart', 'extract']);
  });

  it('says which columns of a table hold numbers, as answers are checked for it', async () => {
    const { system } = await promptFor({ task: 'tables' }, seed);
    expect(system).toContain('type (number if most cells are one number each, date if dates, else text)');
  });

  it("carries a caller's descriptions into the shape in words", async () => {
    const { system } = await promptFor(requests.extract, seed);
    expect(system).toContain('"number":"string: The invoice number."');
  });
});

describe('repairPrompt', () => {
  it('adds what was wrong and never counts it too low', async () => {
    const prompt = await promptFor({ task: 'objects' }, seed);
    const repaired = repairPrompt(prompt, ['objects[0].count is 3, its instances are 2.', 'フィールド: 表']);
    expect(repaired.system).toBe(prompt.system);
    expect(repaired.user).toContain('\n- objects[0].count is 3, its instances are 2.\n');
    expect(repaired.textTokens).toBeGreaterThanOrEqual((await countPrompt(repaired, 'cl100k_base')).textTokens);
  });
});

describe('the generated files', () => {
  it('are fresh (node local/make/generateTaskSchemas.ts writes them)', async () => {
    for (const { path, text } of await generatedTaskFiles()) {
      expect(await readFile(new URL(`../../../${path}`, import.meta.url), 'utf8'), path).toBe(text);
    }
  });
});
