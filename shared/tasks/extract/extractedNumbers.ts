import { type NumberContext, numberContext } from '../numbers/numberContext.ts';
import { numberFindings } from '../numbers/numberFindings.ts';
import { type NumberReading, parseAmount, readNumbers } from '../numbers/readNumbers.ts';
import type { Answer, Finding } from '../reading.ts';
import { choicesOf, type JsonSchema, typesOf } from '../schema/jsonSchema.ts';
import { isNumeric } from './askedAsPrinted.ts';

/** A caller's fields after their numbers were read. */
export interface ExtractedNumbers {
  readonly fields: Answer;
  /** The texts that were read as numbers, or could not be, by path, such as `lines[0].price`. */
  readonly printed: Readonly<Record<string, string>>;
  /** Paths that hold null or 0 because their text is no number, or may be two. */
  readonly blank: readonly string[];
  /** Those of them that the image shows. */
  readonly unread: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Fields as a model sends them, with their texts as numbers. Texts of one field in all lines are read together, then
 * with all others. A text that is not a number, or has two readings, becomes null if the schema allows it, else 0.
 */
export function extractNumbers(fields: Answer, schema: JsonSchema, language: string | undefined): ExtractedNumbers {
  const found: Found[] = [];
  const rebuild = collect(fields, { path: '', shapes: choicesOf(schema, schema), root: schema, found });
  const texts = found.flatMap(({ text }) => text ?? []);
  // A JSON number beside texts with separators may be a copy of the print: 1.234 for a thousand.
  const hasMarks = texts.some((text) => /[.,]/.test(text));
  const asText = found.map((one) => ({ ...one, text: one.text ?? (hasMarks ? String(one.given) : undefined) }));
  const document = asText.flatMap(({ text }) => text ?? []);
  const context = numberContext(document, language);
  const columns = new Map<string, Found[]>();
  for (const one of asText) {
    const column = one.path.replace(/\[\d+\]/g, '[]');
    columns.set(column, [...(columns.get(column) ?? []), one]);
  }
  const read = [...columns].map(([column, places]) => ({ column, readings: readColumn(places, context) }));
  const readings = new Map(read.flatMap(({ readings }) => [...readings]));
  return {
    fields: rebuild(readings) as Answer,
    printed: Object.fromEntries(found.flatMap(({ path, text }) => (hasText(text) ? [[path, text]] : []))),
    blank: found.flatMap(({ path }) => (readings.get(path)?.kind === 'value' ? [] : [path])),
    unread: [...readings].flatMap(([path, { kind }]) => (kind === 'unread' || kind === 'ambiguous' ? [path] : [])),
    findings: numberFindings(
      read.map(({ column, readings }) => ({ place: `fields.${column}`, readings: [...readings.values()] })),
      context.language,
    ),
  };
}

interface Found {
  readonly path: string;
  readonly text: string | undefined;
  /** The number where the model converted it itself. */
  readonly given?: number;
  readonly isInteger: boolean;
}

type Readings = ReadonlyMap<string, NumberReading>;

function readColumn(column: readonly Found[], { document, language }: NumberContext): Readings {
  const isContradicted = readNumbers(document).some(({ kind }) => kind === 'ambiguous');
  const texts = column.map(({ text }) => text ?? '');
  const readings = readNumbers(texts, { circles: [document], ...(language === undefined ? {} : { language }) });
  return new Map(
    column.map(({ path, text, given, isInteger }, place): [string, NumberReading] => {
      if (text === undefined && given !== undefined) return [path, { kind: 'value', value: given, by: 'values' }];
      const reading = readings[place] ?? { kind: 'none' };
      if (reading.kind !== 'value') return [path, reading];
      if (isInteger && !Number.isSafeInteger(reading.value)) return [path, { kind: 'unread' }];
      // 1.5 beside "12.500,00" may be what the model made of "1,5", or of "1.500".
      return [path, given !== undefined && isContradicted ? { ...reading, by: 'few' } : reading];
    }),
  );
}

interface At {
  readonly path: string;
  /** What may stand there. */
  readonly shapes: readonly JsonSchema[];
  readonly root: JsonSchema;
  readonly found: Found[];
}

/** Collects the texts in place of numbers; returns the value with those numbers once they are read. */
function collect(value: unknown, at: At): (readings: Readings) => unknown {
  const { path, shapes } = at;
  const isText = typeof value === 'string';
  if ((isText || (typeof value === 'number' && !Number.isInteger(value))) && isForNumbers(shapes)) {
    const types = shapes.flatMap(({ type }) => typesOf(type));
    at.found.push({
      path,
      text: isText ? value : undefined,
      isInteger: !types.includes('number'),
      ...(isText ? {} : { given: value }),
    });
    const blank = types.includes('null') ? null : 0;
    return (readings) => {
      const reading = readings.get(path);
      return reading?.kind === 'value' ? reading.value : blank;
    };
  }
  if (isText) {
    const choice = choiceIn(value, shapes);
    return () => choice;
  }
  if (typeof value !== 'object' || value === null) return () => value;
  const isList = Array.isArray(value);
  const entries = Object.entries(value).map(([key, item]: [string, unknown]) => {
    const name = path === '' ? key : `.${key}`;
    const inner = shapes.flatMap(({ items, properties }) => (isList ? items : properties?.[key]) ?? []);
    const choices = [...new Set(inner)].flatMap((schema) => choicesOf(schema, at.root));
    return [key, collect(item, { ...at, path: `${path}${isList ? `[${key}]` : name}`, shapes: choices })] as const;
  });
  return (readings) => {
    const rebuilt = entries.map(([key, item]) => [key, item(readings)] as const);
    return isList ? rebuilt.map(([, item]) => item) : Object.fromEntries(rebuilt);
  };
}

/** The number of a fixed choice that a text prints, where no text is among them; else the text. */
function choiceIn(text: string, shapes: readonly JsonSchema[]): unknown {
  const choices = shapes.flatMap((shape) => [...(shape.enum ?? []), ...('const' in shape ? [shape.const] : [])]);
  const mayBeText = choices.some((choice) => typeof choice === 'string') || shapes.some(isForText);
  const amount = mayBeText ? undefined : parseAmount(text);
  return amount !== undefined && choices.includes(amount) ? amount : text;
}

function isForText({ type, enum: choices, const: only }: JsonSchema): boolean {
  return choices === undefined && only === undefined && typesOf(type).includes('string');
}

function isForNumbers(shapes: readonly JsonSchema[]): boolean {
  return (
    shapes.some(isNumeric) &&
    !shapes.some(({ type, enum: choices }) => choices !== undefined || typesOf(type).includes('string'))
  );
}

function hasText(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}
