import { describe, expect, it } from 'vitest';
import { InvalidRequest, type Problem } from '../../shared/errors.ts';
import { parseTaskRequest } from '../../shared/tasks/parseTaskRequest.ts';
import { promptFor } from '../../shared/tasks/prompts/promptFor.ts';
import { readAnswer } from '../../shared/tasks/readAnswer.ts';
import { TASK_NAMES } from '../../shared/tasks/taskRequest.ts';
import { invoiceSchema, replies, requests } from './answers.ts';

function problemsOf(input: unknown): readonly Problem[] {
  try {
    parseTaskRequest(input);
  } catch (error) {
    if (error instanceof InvalidRequest) return error.problems;
    throw error;
  }
  return [];
}

describe('parseTaskRequest', () => {
  it.each(TASK_NAMES)('takes a request for %s', (name) => {
    expect(parseTaskRequest(requests[name])).toEqual(requests[name]);
  });

  it('writes a language tag as the standard does, and leaves out what it does not know', () => {
    expect(parseTaskRequest({ task: 'text', language: 'PT-br', image: {} })).toEqual({
      task: 'text',
      language: 'pt-BR',
    });
  });

  it.each<readonly [unknown, string, string]>([
    [{ task: 'paint' }, 'task', `task "paint" is not one of ${TASK_NAMES.join(', ')}.`],
    [{}, 'task', `task (none) is not one of ${TASK_NAMES.join(', ')}.`],
    [{ task: 'ask' }, 'question', 'task ask needs a question.'],
    [{ task: 'text', question: 'Why?' }, 'question', 'question is only for task ask, not for text.'],
    [{ task: 'ask', question: ' ' }, 'question', 'question is empty.'],
    [{ task: 'ask', question: 7 }, 'question', 'question must be text.'],
    [{ task: 'ask', question: 'x'.repeat(4001) }, 'question', 'question has 4,001 characters; the limit is 4,000.'],
    [{ task: 'text', instructions: '' }, 'instructions', 'instructions is empty.'],
    [{ task: 'extract' }, 'schema', 'task extract needs a schema.'],
    [{ task: 'extract', schema: [] }, 'schema', 'schema must be a JSON Schema, an object.'],
    [{ task: 'text', schema: invoiceSchema }, 'schema', 'schema is only for task extract, not for text.'],
    [{ task: 'text', language: 'German!' }, 'language', 'language "German!" is no BCP 47 tag such as "de" or "pt-BR".'],
    [{ task: 'text', language: 'und' }, 'language', 'language "und" is no BCP 47 tag such as "de" or "pt-BR".'],
    [{ task: 'text', language: 1 }, 'language', 'language must be a BCP 47 tag such as "de" or "pt-BR".'],
    [null, '', 'The request must be an object.'],
  ])('refuses %j', (input, path, message) => {
    expect(problemsOf(input)).toEqual([{ path, message }]);
  });

  it.each([
    ['de-u-co-phonebk', 'de'],
    ['zh-hans-cn', 'zh-Hans-CN'],
    ['sl-rozaj-biske', 'sl-biske-rozaj'],
  ])('reduces the language tag %s to %s', async (language, base) => {
    const request = parseTaskRequest({ task: 'describe', language });
    expect(request.language).toBe(base);
    expect((await promptFor(request, { jsonSchema: false, encoding: 'o200k_base' })).user).toContain(`(${base})`);
    expect(readAnswer(request, JSON.stringify(replies.describe), 'stop').kind).toMatch(/valid|repair/);
  });

  it('names all problems at once', () => {
    const paths = problemsOf({
      task: 'extract',
      question: 'x',
      instructions: '',
      language: '-',
      schema: { type: 'array' },
    });
    expect(paths.map(({ path }) => path)).toEqual(['instructions', 'language', 'question', 'schema', 'schema.items']);
  });
});
