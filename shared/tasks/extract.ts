import { z } from 'zod';
import { once, oncePer } from '../concurrency/once.ts';
import { askedAsPrinted } from './extract/askedAsPrinted.ts';
import { type ExtractedNumbers, extractNumbers } from './extract/extractedNumbers.ts';
import { missingFields } from './extract/missingFields.ts';
import type { Answer, Finding } from './reading.ts';
import { escapeLine } from './rendering/escapeMarkdown.ts';
import { tableMarkdown } from './rendering/tableMarkdown.ts';
import type { JsonSchema } from './schema/jsonSchema.ts';
import { defineTask } from './task.ts';
import type { TaskRequest } from './taskRequest.ts';

const extractAnswer = once(() =>
  z.object({
    fields: z.record(z.string(), z.unknown()).describe("What was found, in the caller's own shape."),
    notFound: z
      .array(z.string())
      .describe('Paths of the fields that the image does not show, or whose number could not be read: lines[0].unit.'),
    printed: z
      .record(z.string(), z.string())
      .default({})
      .describe('Of the numbers, by path: the text that was read, as the model gave it.'),
  }),
);

/** Where the caller's fields stand in what the model sends. */
const ENVELOPE = 'fields.';

type ExtractAnswer = z.infer<ReturnType<typeof extractAnswer>>;
type ExtractReply = z.infer<ReturnType<typeof replyFor>>;

/** The caller's own fields, read from the image, and the fields that it does not show. */
export const extract = defineTask<ExtractReply, ExtractAnswer>({
  name: 'extract',
  heading: 'Fields',
  version: 4,
  defaultQuality: 'full',
  sight: 'print',
  economyFloorPx: 1280,
  sampling: { temperature: 0, topP: 1 },
  expectedOutputTokens: 300,
  maxOutputTokens: 800,
  fullOutputTokens: 4096,
  instructions:
    'Read the fields of the given shape from the image, exactly as shown: text as printed, numbers too ("1.234,50"), with ' +
    'their separators and sign, without unit, never converted; dates as YYYY-MM-DD unless a field says otherwise. Never ' +
    'compute, complete or guess. What the image does not show: null where the shape allows it, else "", and its path in ' +
    'notFound, such as lines[0].unit.',
  reply: (request) => replyFor(fieldsSchema(request)),
  wireSchema: (request) => inReply(askedAsPrinted(fieldsSchema(request))),
  keptShape: (request) => inReply(fieldsSchema(request)),
  prepare: (sent, request) => {
    const { fields } = sent;
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return { ...sent, numbers: undefined };
    const numbers = extractNumbers(fields as Answer, fieldsSchema(request), request.language);
    return { ...sent, fields: numbers.fields, numbers };
  },
  answer: extractAnswer,
  content: 'fields',
  complete: ({ fields, notFound, numbers }, emptied, request) => {
    const empty = leaves(fields).flatMap(([path, value]) => (value === null || value === '' ? [path] : []));
    const unread = emptied.filter((place) => place.startsWith(ENVELOPE)).map((place) => place.slice(ENVELOPE.length));
    const named = missingFields(notFound, fields, fieldsSchema(request));
    const blank = numbers?.blank ?? [];
    return {
      fields,
      notFound: [...new Set([...named, ...empty, ...blank, ...unread])],
      printed: numbers?.printed ?? {},
    };
  },
  check: (answer, _, { numbers }) => [...checkExtract(answer, numbers), ...(numbers?.findings ?? [])],
  prose: () => [],
  title: () => null,
  firstLine: ({ fields }) =>
    leaves(fields)
      .map(([path, value]) => `${path}: ${shown(value)}`)
      .join(', ') || 'No fields.',
  markdown: ({ fields, notFound }) =>
    [
      tableMarkdown({ header: ['Field', 'Value'], rows: leaves(fields).map(([path, value]) => [path, shown(value)]) }),
      notFound.length === 0 ? '' : `Not found: ${escapeLine(notFound.join(', '))}`,
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
});

/** A warning without a repair: a second model call would see no more. */
function checkExtract({ notFound }: ExtractAnswer, numbers: ExtractedNumbers | undefined): readonly Finding[] {
  const missing = notFound.filter((path) => !numbers?.unread.includes(path));
  if (missing.length === 0) return [];
  const fields = missing.length === 1 ? '1 field was' : `${missing.length} fields were`;
  return [{ code: 'fields-not-found', detail: `${fields} not found in the image.`, repair: false }];
}

/** The subset that was checked when the request came in is within what zod reads. */
const replyFor = oncePer((schema: JsonSchema) => {
  const fields = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  return z.object({
    fields: z.pipe(fields, z.record(z.string(), z.unknown())),
    notFound: z.array(z.string()),
    numbers: z.custom<ExtractedNumbers | undefined>(),
  });
});

const NO_FIELDS: JsonSchema = { type: 'object', properties: {}, required: [], additionalProperties: false };

function fieldsSchema({ schema }: TaskRequest): JsonSchema {
  return schema ?? NO_FIELDS;
}

/** What a model sends: the caller's fields and the missing ones. */
function inReply(schema: JsonSchema): JsonSchema {
  const { $defs, ...fields } = moveReferences(schema);
  return {
    type: 'object',
    properties: { fields, notFound: { type: 'array', items: { type: 'string' } } },
    required: ['fields', 'notFound'],
    additionalProperties: false,
    ...($defs === undefined ? {} : { $defs }),
  };
}

/** The caller's schema moves one level down, so references to its root must change. Definitions stay at the root. */
function moveReferences(schema: JsonSchema): JsonSchema {
  const moved = JSON.stringify(schema, (key, value: unknown) =>
    key === '$ref' && (value === '#' || (typeof value === 'string' && value.startsWith('#/properties/')))
      ? `#/properties/fields${value.slice(1)}`
      : value,
  );
  return JSON.parse(moved) as JsonSchema;
}

/** The values within, each with its path: `[['lines[0].unit', null], ...]`; an empty list is one of them. */
function leaves(value: unknown, path = ''): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  if (Array.isArray(value)) {
    return value.length === 0 ? [[path, value]] : value.flatMap((item, place) => leaves(item, `${path}[${place}]`));
  }
  return Object.entries(value).flatMap(([name, item]) => leaves(item, path === '' ? name : `${path}.${name}`));
}

function shown(value: unknown): string {
  return value === null ? '' : String(value);
}
