import { mkdir, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { countPrompt, type PromptTokens } from '../shared/tasks/countPrompt.ts';
import { promptTexts } from '../shared/tasks/promptTexts.ts';
import { taskOf } from '../shared/tasks/taskOf.ts';
import { TASK_NAMES } from '../shared/tasks/taskRequest.ts';

/** What is generated from the tasks: a schema of each answer for readers, the tokens of each constant prompt for estimates. */
export async function generatedTaskFiles(): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const schemas = TASK_NAMES.map((name) => ({
    path: `docs/schemas/${name}.json`,
    text: asText(z.toJSONSchema(taskOf(name).answerSchema())),
  }));
  const counted: Record<string, Record<string, Record<string, PromptTokens>>> = {};
  for (const task of TASK_NAMES) {
    counted[task] = {};
    for (const mode of ['words', 'schema'] as const) {
      const texts = promptTexts({ task }, mode);
      counted[task][mode] = {
        cl100k_base: await countPrompt(texts, 'cl100k_base'),
        o200k_base: await countPrompt(texts, 'o200k_base'),
      };
    }
  }
  return [...schemas, { path: 'shared/tasks/promptTokens.json', text: asText(counted) }];
}

function asText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

// node local/generateTaskSchemas.ts
if (import.meta.filename === process.argv[1]) {
  await mkdir(new URL('../docs/schemas/', import.meta.url), { recursive: true });
  for (const { path, text } of await generatedTaskFiles()) {
    await writeFile(new URL(`../${path}`, import.meta.url), text);
    console.log(path);
  }
}
