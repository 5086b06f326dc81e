import { z } from 'zod';
import { once } from '../concurrency/once.ts';
import { formatCount, InvalidRequest, type Problem } from '../errors.ts';
import { checkSchemaSubset } from './schema/checkSchemaSubset.ts';
import { TASK_NAMES, type TaskRequest } from './taskRequest.ts';

const MAX_TEXT_CHARACTERS = 4000;
const MAX_SHOWN_CHARACTERS = 60;

/** A caller's own words: neither blank nor longer than a page. */
function ownWords(name: string): z.ZodType<string> {
  const limit = formatCount(MAX_TEXT_CHARACTERS);
  return z.string({ error: `${name} must be text.` }).check((context) => {
    const { length } = context.value;
    if (context.value.trim() === '') context.issues.push({ code: 'custom', input: '', message: `${name} is empty.` });
    else if (length > MAX_TEXT_CHARACTERS) {
      const message = `${name} has ${formatCount(length)} characters; the limit is ${limit}.`;
      context.issues.push({ code: 'custom', input: '', message });
    }
  });
}

/** The fields of a task request, for the schemas of HTTP calls. */
const taskRequestSchema = once(() =>
  z.object(
    {
      task: z.enum(TASK_NAMES, {
        error: ({ input }) => `task ${shown(input)} is not one of ${TASK_NAMES.join(', ')}.`,
      }),
      question: ownWords('question').optional().describe('Required for task ask, and only there.'),
      instructions: ownWords('instructions').optional().describe("The caller's own words, added to the task's."),
      schema: z
        .record(z.string(), z.unknown(), { error: 'schema must be a JSON Schema, an object.' })
        .optional()
        .describe(
          'JSON Schema of the fields, within the subset of structured outputs. Required for task extract, and only there.',
        ),
      language: z
        .string({ error: 'language must be a BCP 47 tag such as "de" or "pt-BR".' })
        .refine(isLanguageTag, {
          error: ({ input }) => `language ${shown(input)} is no BCP 47 tag such as "de" or "pt-BR".`,
        })
        .optional()
        .describe("BCP 47 tag of the language to answer in; without it the image's own."),
    },
    { error: 'The request must be an object.' },
  ),
);

/**
 * Checks what a caller requests.
 *
 * @throws {InvalidRequest} with every problem at once.
 */
export function parseTaskRequest(input: unknown): TaskRequest {
  const parsed = taskRequestSchema().safeParse(input);
  const given = typeof input === 'object' && input !== null ? input : {};
  const problems: Problem[] = [
    ...(parsed.error?.issues.map(({ path, message }) => ({ path: z.core.toDotPath(path), message })) ?? []),
    ...presenceProblems(given),
    ...('schema' in given ? checkSchemaSubset(given.schema) : []),
  ];
  if (!parsed.success || problems.length > 0) throw new InvalidRequest(problems);
  const { task, question, instructions, schema, language } = parsed.data;
  return {
    task,
    ...(question === undefined ? {} : { question }),
    ...(instructions === undefined ? {} : { instructions }),
    ...(schema === undefined ? {} : { schema }),
    ...(language === undefined ? {} : { language: new Intl.Locale(language).baseName }),
  };
}

function presenceProblems(given: object): readonly Problem[] {
  const task: unknown = Reflect.get(given, 'task');
  if (!TASK_NAMES.some((name) => name === task)) return [];
  return (
    [
      ['question', 'ask'],
      ['schema', 'extract'],
    ] as const
  ).flatMap(([path, owner]): readonly Problem[] => {
    const isGiven = Reflect.get(given, path) !== undefined;
    if (task === owner && !isGiven) return [{ path, message: `task ${owner} needs a ${path}.` }];
    if (task !== owner && isGiven)
      return [{ path, message: `${path} is only for task ${owner}, not for ${String(task)}.` }];
    return [];
  });
}

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1 && !/^(und|mul|zxx)\b/i.test(tag);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** A wrong value as a message quotes it. */
function shown(input: unknown): string {
  const json = JSON.stringify(input) ?? '(none)';
  return json.length <= MAX_SHOWN_CHARACTERS ? json : `${json.slice(0, MAX_SHOWN_CHARACTERS)}…`;
}
