import { z } from 'zod';
import type { Sight } from '../tokens/legibility.ts';
import { inOrder, type PartReply, partsReply } from './parts/partsReply.ts';
import type { Answer, Finding } from './reading.ts';
import { inEnvelope } from './reply/inEnvelope.ts';
import { keepValid } from './reply/keepValid.ts';
import { type JsonSchema, wireSchemaOf } from './schema/jsonSchema.ts';
import { isRecord } from './schema/jsonValue.ts';
import type { PartsGrid, TaskName, TaskRequest } from './taskRequest.ts';

/** The constant parts of a task. */
interface TaskTraits {
  readonly name: TaskName;
  /** Rises with every change of instructions, shape or checks; stands in the record. */
  readonly version: number;
  readonly defaultQuality: 'full' | 'balanced';
  /** What must be legible, which decides when an image is too small for the task. */
  readonly sight: Sight;
  /** `economy` shrinks the longest side to no less than this. */
  readonly economyFloorPx: number;
  readonly sampling: { readonly temperature: number; readonly topP: number };
  readonly expectedOutputTokens: number;
  /** The cap to start with; it is charged against quota when a request arrives. */
  readonly maxOutputTokens: number;
  /** The cap of the second model call for a cut answer. */
  readonly fullOutputTokens: number;
  readonly instructions: string;
  /** What the answer holds, as a heading where it has no title of its own. */
  readonly heading: string;
}

/** One task: what the model sends (`Reply`) and what Argus returns (`Given`). */
interface TaskSpec<Reply, Given extends Answer> extends TaskTraits {
  readonly reply: (request: TaskRequest) => z.ZodType<Reply>;
  readonly answer: () => z.ZodType<Given>;
  /** The key of the reply that holds all of the answer: some models leave it out and send what belongs there. */
  readonly content?: string;
  /** Of an image in parts the model answers for each, and this makes one answer of them; absent: it answers for the whole. */
  readonly joinParts?: (replies: readonly (Reply | undefined)[], grid: PartsGrid) => Reply;
  /** Where the schema to send is not made from `reply`. */
  readonly wireSchema?: (request: TaskRequest) => JsonSchema;
  /** Where what is kept of a misfit has another shape than was sent. */
  readonly keptShape?: (request: TaskRequest) => JsonSchema;
  /** Turns what the model sends into what `reply` checks. */
  readonly prepare?: (sent: Answer, request: TaskRequest) => Answer;
  /** `emptied`: paths of the reply whose values were missing or unreadable, and are now empty. */
  readonly complete: (reply: Reply, emptied: readonly string[], request: TaskRequest) => Given;
  /** `sent`: as `complete` took it. */
  readonly check: (answer: Given, request: TaskRequest, sent: Reply) => readonly Finding[];
  /** The model's own words, which follow the requested language. */
  readonly prose: (answer: Given) => readonly string[];
  /** The title that the answer gives the image, or the question; null or blank without one. */
  readonly title: (answer: Given, request: TaskRequest) => string | null;
  readonly firstLine: (answer: Given) => string;
  readonly markdown: (answer: Given, request: TaskRequest) => string;
}

export type Match =
  | { readonly kind: 'fits'; readonly answer: Answer; readonly findings: readonly Finding[] }
  | {
      readonly kind: 'misfit';
      readonly problems: readonly string[];
      readonly kept?: { readonly answer: Answer; readonly findings: readonly Finding[] };
    };

export interface Task extends TaskTraits {
  /** Whether an image in parts is answered part by part. */
  readonly answersByPart: boolean;
  /** The schema of what the model sends. */
  readonly wireSchema: (request: TaskRequest) => JsonSchema;
  /** The schema of what Argus hands out, for OpenAPI and docs/schemas. */
  readonly answerSchema: () => z.ZodType<Answer>;
  readonly match: (request: TaskRequest, value: unknown) => Match;
  readonly prose: (answer: Answer) => readonly string[];
  readonly title: (answer: Answer, request: TaskRequest) => string | null;
  readonly firstLine: (answer: Answer) => string;
  readonly markdown: (answer: Answer, request: TaskRequest) => string;
}

/** Hides a task's types, so that all nine tasks have one interface. Answers read from a record are checked again. */
export function defineTask<Reply, Given extends Answer>(spec: TaskSpec<Reply, Given>): Task {
  const { reply, answer, content, joinParts, complete, check, prose, title, firstLine, markdown, prepare, ...traits } =
    spec;
  const wholeSchema = spec.wireSchema ?? ((request: TaskRequest): JsonSchema => wireSchemaOf(reply(request)));
  const wireSchema = (request: TaskRequest): JsonSchema =>
    request.inParts && joinParts ? wireSchemaOf(partsReply(reply(request))) : wholeSchema(request);
  const keptShape = spec.keptShape ?? wholeSchema;
  const blanks = spec.wireSchema === undefined ? 'last' : 'zero';
  const given = (stored: Answer): Given => answer().parse(stored);
  const finish = (
    sent: Reply,
    emptied: readonly string[],
    request: TaskRequest,
  ): { answer: Given; findings: readonly Finding[] } => {
    const completed = complete(sent, emptied, request);
    return { answer: completed, findings: check(completed, request, sent) };
  };
  return {
    ...traits,
    wireSchema,
    answersByPart: joinParts !== undefined,
    answerSchema: answer,
    match: (request, value) => {
      const { inParts } = request;
      // Some models answer for the whole image anyway: accept that.
      if (inParts && joinParts && typeof value === 'object' && value !== null && 'parts' in value) {
        const schema = partsReply(reply(request));
        const joined = (parts: readonly PartReply<Reply>[]): ReturnType<typeof finish> => {
          const { replies, findings } = inOrder(parts, inParts);
          const whole = finish(joinParts(replies, inParts), [], request);
          return { ...whole, findings: [...findings, ...whole.findings] };
        };
        const parsed = schema.safeParse(value);
        if (parsed.success) return { kind: 'fits', ...joined(parsed.data.parts) };
        const problems = parsed.error.issues.map(problemOf);
        const kept = keepValid(schema, { parts: value.parts }, { shape: wireSchema(request), blanks });
        return { kind: 'misfit', problems, ...(kept && { kept: joined(kept.value.parts) }) };
      }
      const prepared = (sent: Answer): Answer => prepare?.(sent, request) ?? sent;
      const parsed = reply(request).safeParse(isRecord(value) ? prepared(value) : value);
      if (parsed.success) return { kind: 'fits', ...finish(parsed.data, [], request) };
      const problems = parsed.error.issues.map(problemOf);
      const shape = keptShape(request);
      const kept = keepValid(reply(request), prepared(inEnvelope(value, content, shape)), { shape, blanks });
      return {
        kind: 'misfit',
        problems,
        ...(kept === undefined ? {} : { kept: finish(kept.value, kept.emptied, request) }),
      };
    },
    prose: (stored) => prose(given(stored)),
    title: (stored, request) => title(given(stored), request),
    firstLine: (stored) => firstLine(given(stored)),
    markdown: (stored, request) => markdown(given(stored), request),
  };
}

/** A place and what belongs there. Keys that the model made up are not repeated: they may be words of the image. */
function problemOf({ path, code, message }: z.core.$ZodIssue): string {
  const place = z.core.toDotPath(path) || 'answer';
  if (code === 'unrecognized_keys') return `${place}: has keys that are not in the shape`;
  return `${place}: ${code === 'invalid_union' ? 'is missing or of another type' : message}`;
}
