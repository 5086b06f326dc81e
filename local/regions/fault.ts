import { z } from 'zod';
import { filterCategories } from './contentFilter.ts';
import { headerChangesSchema } from './headerChanges.ts';
import { oddAnswerNames } from './oddAnswers.ts';
import { publishedErrorNames } from './publishedErrors.ts';

/** Every kind may change the headers of its reply, the kind `none` too. */
function fault<Kind extends string, Fields extends z.ZodRawShape>(kind: Kind, fields: Fields) {
  return z.strictObject({ kind: z.literal(kind), headers: headerChangesSchema.optional(), ...fields });
}

const category = z.enum(filterCategories).default('violence');
const hint = {
  /** Written as the `retry-after-ms` header. */
  retryAfterMs: z.number().nonnegative().optional(),
  /** Written as the `retry-after` header as it stands: seconds, an HTTP date, nonsense. Neither of the two: no hint. */
  retryAfter: z.string().optional(),
  /**
   * The sentence in place of the service's own: "Please retry after 86400 seconds" (alex-wolf-ps/dbchatprov2#2,
   * 2024-07-16), "Try again in 40 seconds" (Azure/azure-sdk-for-net#47779, 2025-01-10), or one without a hint.
   */
  sentence: z.string().optional(),
};

/** How one request goes wrong. What is said about charging is what the charge log will show. */
export const faultSchema = z.discriminatedUnion('kind', [
  /** Nothing: a place in a script where a request goes well. */
  fault('none', {}),
  /** 429 as for a full quota, with any hint or none. */
  fault('throttle', { over: z.enum(['tokens', 'requests']).default('tokens'), ...hint }),
  /** 429 for want of capacity in the region, whatever the quota. */
  fault('capacity', hint),
  /** The limit is lowered for this request; as a standing fault, until it is cleared. */
  fault('lowered-limit', { tokensPerMinute: z.int().nonnegative() }),
  fault('server-error', { status: z.int().min(500).max(599).default(500) }),
  /** Takes the request, works, is billed and never answers. */
  fault('timeout', {}),
  /** Cuts the connection: before any work, or after it, billed. */
  fault('reset', { when: z.enum(['before', 'after']) }),
  /** Answers rightly, this much later. */
  fault('slow', { ms: z.number().nonnegative() }),
  /** Sends the headers at once and the body in pieces over this time. */
  fault('slow-body', { ms: z.number().nonnegative() }),
  /** Any reply of the service or of a gateway before it. */
  fault('reply', {
    status: z.int().min(200).max(599),
    contentType: z.string().default('application/json'),
    /** Text is sent as it stands; any other JSON is written as JSON. */
    body: z.json().default(''),
    /** Sent so much later. An image that could not be loaded gave 500 after 30 to 40 s (Azure/azure-sdk-for-net#44907, 2024-07-09). */
    afterMs: z.number().nonnegative().default(0),
    /** The request is admitted, worked on and billed, and this is sent in place of the answer. */
    billed: z.boolean().default(false),
  }).refine(({ status, body }) => body === '' || (status !== 204 && status !== 304), {
    message: 'must be empty: replies with the status 204 or 304 have no body',
    path: ['body'],
  }),
  /** 200 with a page of HTML, as from a proxy; nothing was charged. */
  fault('html', {}),
  /** Billed; the connection ends within the body. */
  fault('cut-json', {}),
  /** Billed; the body is whole by its length and no JSON. */
  fault('broken-json', {}),
  /** An error in the words that callers have published; unbilled. A 400 counts against the quota, the others do not. */
  fault('refuse', { as: z.enum(publishedErrorNames) }),
  fault('filter-image', { category }),
  /** Billed; `finish_reason` is content_filter and the text is cut. */
  fault('filter-answer', { category }),
  /** Billed; the model says this instead of what it was asked for. */
  fault('answer', { text: z.string() }),
  /** Billed; a 200 whose body is not what a client expects. */
  fault('odd-answer', { as: z.enum(oddAnswerNames) }),
]);

export type Fault = z.output<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;

/** What the charge log calls a fault: its kind, and which one of that kind; null for none. */
export function faultName(met: Fault): string | null {
  if (met.kind === 'none') return null;
  return met.kind === 'refuse' || met.kind === 'odd-answer' ? `${met.kind} ${met.as}` : met.kind;
}
